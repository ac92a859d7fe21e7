"""One conversation: heading, messages, and where one writes. Reads and writes through the bridge."""

from collections.abc import Callable
from typing import TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from client_tui.bridge import Bridge
from client_tui.text.safe import safe_name
from client_tui.widgets.banner import Banner
from client_tui.widgets.composer import Composer
from client_tui.widgets.line import Line
from client_tui.widgets.people import trust_badge
from client_tui.widgets.said import Said
from client_tui.widgets.transcript import Transcript
from securemsg.client import Profile
from securemsg.client.views import ConversationView, Direction, MessageState, Trust
from securemsg.errors import LocalError, RemoteError

T = TypeVar("T")

PAGE = 150
"""Messages loaded at once: several screens."""

MOST_HELD = 1_500
"""Messages held at most: beyond it the latest are dropped from the window while one reads far above."""

NOBODY = Content.assemble(
    ("Nobody here yet.\n\n", "bold $strong"),
    ("F3", "bold $accent"),
    "  adds a contact from a link that somebody gave you.\n",
    ("F7", "bold $accent"),
    "  shows your own link, to give away.\n",
    ("F1", "bold $accent"),
    "  shows all keys.",
)

SILENCE = Content.assemble(("No messages yet. What you write here is end-to-end encrypted.", "$muted"))


class Talk(Vertical):
    """Shows the conversation with one contact and sends into it."""

    DEFAULT_CSS = """
    Talk { width: 1fr; height: 1fr; }
    Talk #heading { background: $surface; padding: 0 1; }
    Talk Transcript { height: 1fr; padding-left: 1; }
    Talk #above-composer { color: $rule; }
    """

    def __init__(self, bridge: Bridge) -> None:
        """Start without a conversation."""
        super().__init__(id="talk")
        self._bridge = bridge
        self._drafts: dict[int, str] = {}
        self._detached = False
        self._asked_twice = False
        self.view: ConversationView | None = None
        self.transcript = Transcript()
        self.composer = Composer()
        self._heading = Line("heading")
        self._rule = Line("above-composer")
        self._banner = Banner()

    def compose(self) -> ComposeResult:
        """Lay out the parts from top to bottom."""
        yield self._heading
        yield self.transcript
        yield self._rule
        yield self._banner
        yield self.composer

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.transcript.open([], None, NOBODY)
        self.composer.disabled = True

    def on_resize(self) -> None:
        """Draw the rule above the composer for this width."""
        self._rule.show(Content("\u2500" * self.size.width))

    @property
    def has_draft(self) -> bool:
        """Whether something was written and not sent, here or in another conversation."""
        return bool(self.composer.text.strip()) or any(self._drafts.values())

    async def open(self, view: ConversationView, around: int | None = None) -> None:
        """Show the conversation of `view`, from its end or around the message `around`."""
        before = None if around is None else around + PAGE // 3
        messages = await self._bridge.perform(
            lambda held: held.messages(view.contact, before=before, limit=PAGE)
        )
        self._detached = around is not None
        incoming = [message.row for message in messages if message.direction is Direction.IN]
        unread = min(view.unread, len(incoming))
        # No waiting from here on: what is written, and to whom, changes together.
        if self.composer.contact is not None:
            self._drafts[self.composer.contact] = self.composer.text
        self.composer.turn_to(view.contact, self._drafts.pop(view.contact, ""))
        self.view = None
        self.show_view(view)
        self.transcript.open(messages, incoming[-unread] if unread else None, SILENCE)
        if around is not None:
            self.transcript.select(around)
        await self.read()

    async def succeed(self, view: ConversationView) -> None:
        """Show the contact that took over the name of the open one, with what was being written."""
        draft = self.composer.text
        if self.view is not None and self.view.contact != view.contact:
            self.composer.load_text("")
            self._drafts[view.contact] = draft
        await self.open(view)

    def show_view(self, view: ConversationView) -> None:
        """Show what is known of the contact now; a changed identity takes the composer away."""
        if self.view is None or view.trust is not self.view.trust:
            self._asked_twice = False
            self._banner.explain(view.alias)
        changed = view.trust is Trust.CHANGED
        if self._banner.display is not changed:
            self._banner.display, self.composer.display = changed, not changed
        self.view = view
        name, alias = safe_name(view.name), safe_name(view.alias)
        also = f"  calls themselves {name}" if name and name != alias else ""
        reduced, why = (
            ("  \u25bd reduced", "  forward secrecy is reduced until the next answer")
            if view.reduced
            else ("", "")
        )
        # What we say stands before what they say: no name pushes it out or pretends to be it.
        parts = [
            trust_badge(view),
            (reduced, "$warning"),
            ("   ", ""),
            (alias, "bold $strong"),
            (why, "$warning"),
            (also, "$muted"),
        ]
        self._heading.show(Content.assemble(*parts))

    async def reload(self) -> None:
        """Read the window again after a change."""
        view = self.view
        if view is None or self._detached:
            return
        limit = max(PAGE, len(self.transcript.messages))
        messages = await self._bridge.perform(lambda held: held.messages(view.contact, limit=limit))
        if self.view is not None and self.view.contact == view.contact:
            self.transcript.update_messages(messages)

    async def read(self) -> None:
        """Note that the messages of this conversation were seen."""
        view = self.view
        if view is not None and view.unread:
            await self._bridge.perform(lambda held: held.mark_read(view.contact))

    def proceed(self) -> bool:
        """Return whether to go on without verifying: yes at the second time of asking."""
        if self.view is None or self.view.trust is not Trust.CHANGED:
            return False
        if not self._asked_twice:
            self._asked_twice = True
            self._banner.confirm(self.view.alias)
            return False
        return True

    def take_back(self) -> None:
        """Forget that the person asked to go on."""
        if self._asked_twice and self.view is not None:
            self._asked_twice = False
            self._banner.explain(self.view.alias)

    def write(self) -> None:
        """Put the cursor where one writes, or into the messages where one may not."""
        self.transcript.select(None)
        target = self.composer if self.composer.display and not self.composer.disabled else self.transcript
        target.focus()

    @on(Composer.Submitted)
    @work
    async def send(self, event: Composer.Submitted) -> None:
        """Put the text on disk; the engine sends it. A refusal gives it back to where it was written."""
        if not await self._attempt(lambda held: held.queue_text(event.contact, event.text)):
            self._give_back(event.contact, event.text)
        elif self.view is not None and self.view.contact == event.contact:
            self._detached = False
            await self.reload()
            self.transcript.scroll_end(animate=False)

    def _give_back(self, contact: int, text: str) -> None:
        here = contact == self.composer.contact
        since = self.composer.text if here else self._drafts.get(contact, "")
        draft = f"{text}\n{since}" if since else text
        if here:
            self.composer.turn_to(contact, draft)
        else:
            self._drafts[contact] = draft

    @on(Composer.UpFromEmpty)
    def into_messages(self) -> None:
        """Select the last message."""
        if self.transcript.messages:
            self.transcript.focus()
            self.transcript.action_select_up()

    @on(Transcript.Left)
    def out_of_messages(self) -> None:
        """Back to writing."""
        self.write()

    @on(Transcript.OlderWanted)
    @work(exclusive=True, group="older")
    async def load_older(self) -> None:
        """Load the page above the window."""
        view, held_messages = self.view, self.transcript.messages
        if view is None or not held_messages:
            return
        first = held_messages[0].row
        older = await self._bridge.perform(lambda held: held.messages(view.contact, before=first, limit=PAGE))
        still = self.transcript.messages
        if older and still and still[0].row == first:
            if len(still) > MOST_HELD:
                self.transcript.messages = still[: MOST_HELD - PAGE]
                self._detached = True
            self.transcript.prepend(older)

    @on(Transcript.LatestWanted)
    @work(exclusive=True, group="older")
    async def load_latest(self) -> None:
        """Go to the end of the conversation, loading it if the window has left it."""
        if self._detached:
            self._detached = False
            await self.reload()
        self.transcript.scroll_end(animate=False)

    @on(Transcript.Asked)
    @work
    async def change_message(self, event: Transcript.Asked) -> None:
        """Retry or cancel the selected message."""
        message = self.transcript.message_selected()
        if message is None or message.direction is Direction.IN:
            return
        failed, queued = (message.state is state for state in (MessageState.FAILED, MessageState.QUEUED))
        if event.verb == "retry" and failed:
            done = await self._attempt(lambda held: held.retry(event.row))
        elif event.verb == "cancel" and (failed or queued):
            done = await self._attempt(lambda held: held.cancel(event.row))
        else:
            done = False
        if done:
            await self.reload()

    async def _attempt(self, function: Callable[[Profile], object]) -> bool:
        try:
            await self._bridge.perform(function)
        except (LocalError, RemoteError) as error:
            self.post_message(Said(str(error), wrong=True))
            return False
        return True
