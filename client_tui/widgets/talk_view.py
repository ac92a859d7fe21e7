"""One conversation on the screen: heading, messages, and where one writes or reads why one may not."""

import contextlib
from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from client_tui.bridge import Bridge
from client_tui.clock import now
from client_tui.text.language import _
from client_tui.text.safe import safe_name
from client_tui.text.signs import Sign
from client_tui.text.when import brief, lasting
from client_tui.widgets.banner import Banner, bar_of
from client_tui.widgets.compose_line import ComposeLine
from client_tui.widgets.composer import Composer
from client_tui.widgets.key_names import key_for
from client_tui.widgets.line import Line, sides
from client_tui.widgets.menu_row import MenuRow
from client_tui.widgets.people import is_muted, shown_name, trust_badge, warning_of
from client_tui.widgets.reader import Reader
from client_tui.widgets.transcript import Transcript
from client_tui.widgets.transcript_wishes import EndSeen, LatestWanted, NewerWanted, OlderWanted
from client_tui.widgets.window import Window
from client_tui.widgets.writer import Writer, load_draft
from securemsg.client.views import ConversationView, Trust
from securemsg.errors import LocalError
from securemsg.instant import DAY, Instant

FOR_GOOD = 10 * 366 * DAY
"""Ahead of this no year is named."""


class TalkView(Vertical):
    """Shows the conversation with one contact."""

    DEFAULT_CSS = """
    TalkView { width: 1fr; height: 1fr; }
    TalkView #heading { background: $surface; padding: 0 1; }
    TalkView Transcript { height: 1fr; padding-left: 1; }
    """

    def __init__(self, bridge: Bridge) -> None:
        """Start without a conversation."""
        super().__init__(id="talk")
        self.bridge = bridge
        self.asked_twice = False
        self.wanted = 0
        self.view: ConversationView | None = None
        self.transcript = Transcript()
        self.composer = Composer()
        self.menu = MenuRow()
        self.banner = Banner()
        self.line = ComposeLine()
        self.writer = Writer(bridge, self.composer, self.line)
        self.reader = Reader(bridge, self.transcript)
        self._heading = Line("heading")

    def compose(self) -> ComposeResult:
        """Lay out the parts from top to bottom."""
        yield self._heading
        yield self.transcript
        yield self.menu
        yield self.line
        yield self.banner
        yield self.composer

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.show_nobody(())
        self.composer.disabled = True

    def show_nobody(self, views: Sequence[ConversationView]) -> None:
        """Say what to do while no conversation is open."""
        self.transcript.open(Window(), None, nobody(views))

    def on_resize(self) -> None:
        """Draw the heading for this width."""
        self._draw_heading()

    async def open(self, view: ConversationView, around: int | None = None) -> bool:
        """Show the conversation of `view`: from its unread line, its end, or around a message.

        Tells whether nobody wanted another one meanwhile: what was wanted last is shown.
        """
        self.wanted += 1
        wanted = self.wanted
        if view.contact != self.composer.contact:
            await self.writer.settle()
            begun = await self.bridge.perform(lambda held: load_draft(held, view.contact))
            if wanted != self.wanted:
                return False
            # No waiting before the composer has turned: what is written, and to whom, changes together.
            late = self.writer.unsaved()
            self.writer.turn_to(view.contact, begun)
            self.view = None
            self.show_view(view)
            await self.writer.save(late)
        else:
            self.show_view(view)
        if wanted == self.wanted:
            await self.reader.open(view, around)
        return wanted == self.wanted

    def show_view(self, view: ConversationView) -> None:
        """Show what is known of the contact now; where one may not write, the reason stands instead."""
        before, self.view = self.view, view
        bar = bar_of(view)
        if before is None or bar_of(before) is not bar or view.alias != before.alias:
            self.asked_twice = False
            self.banner.explain(view)
        if self.banner.display is not (bar is not None):
            held_focus = self.composer.has_focus or self.banner.has_focus
            self.banner.display, self.composer.display = bar is not None, bar is None
            if held_focus:
                self.write()
        self._draw_heading()
        self.transcript.set_unseen(view.unread)

    def _draw_heading(self) -> None:
        view = self.view
        if view is None:
            return
        # What we say stands before what they say: no name pushes it out or pretends to be it.
        left: list[tuple[str, str]] = [] if view.own else [trust_badge(view)]
        if view.reduced:
            left.append((f"  {Sign.REDUCED} {_('reduced')}", "$warning"))
        left += [("   " if left else "", ""), (shown_name(view), "bold $strong")]
        if view.reduced:
            left.append((f"  {_('forward secrecy is reduced until the next answer')}", "$warning"))
        odd = warning_of(view)
        if odd:
            left.append((f"  {odd}", "$warning"))
        name = safe_name(view.name)
        if name and name != safe_name(view.alias) and not view.own:
            left.append((f"  {_('calls themselves {name}').format(name=name)}", "$muted"))
        width = self._heading.size.width
        self._heading.show(
            sides(Content.assemble(*left), Content.styled(conditions(view, now()), "$muted"), width)
        )

    @property
    def sees_end(self) -> bool:
        """Whether the newest message can be seen by the person."""
        here = self.view is not None and self.reader.shown == self.view.contact
        return here and self.transcript.follows and self.display and self.app.app_focus

    async def reload(self) -> None:
        """Read the window again after a change."""
        if self.view is not None:
            await self.reader.reload()
            await self.read()

    async def read(self) -> None:
        """Note that the messages of this conversation were seen, if they were."""
        view = self.view
        if view is not None and self.sees_end and (view.unread or view.marked_unread) and not view.request:
            with contextlib.suppress(LocalError):
                await self.bridge.perform(lambda held: held.mark_read(view.contact))

    def proceed(self) -> bool:
        """Return whether to go on without verifying: at the second asking, unless a word is wanted."""
        if self.view is None or self.view.trust is not Trust.CHANGED:
            return False
        if not self.asked_twice:
            self.asked_twice = True
            self.banner.confirm(self.view)
            self.banner.focus()
            return False
        return not self.view.was_verified

    def write(self) -> None:
        """Put the cursor where one writes, or where it says why one may not."""
        self.menu.close()
        self.transcript.select(None)
        if self.banner.display:
            self.banner.focus()
        elif self.composer.disabled:
            self.transcript.focus()
        else:
            self.composer.focus()

    @on(Composer.Paged)
    def scroll_messages(self, event: Composer.Paged) -> None:
        """Scroll while the cursor stays where one writes."""
        if event.by < 0:
            self.transcript.action_page_up()
        else:
            self.transcript.action_page_down()

    @on(EndSeen)
    @work(exclusive=True, group="read")
    async def end_seen(self) -> None:
        """What came is read now."""
        await self.read()

    @on(OlderWanted)
    @work(exclusive=True, group="older")
    async def load_older(self) -> None:
        """Load the page above the window."""
        await self.reader.older()

    @on(NewerWanted)
    @work(exclusive=True, group="newer")
    async def load_newer(self) -> None:
        """Load the page below the window."""
        await self.reader.newer()

    @on(LatestWanted)
    @work(exclusive=True, group="newer")
    async def load_latest(self) -> None:
        """Go to the end of the conversation."""
        await self.reader.go_to_end()


def conditions(view: ConversationView, present: Instant) -> str:
    """Return what holds for a conversation: its timer, its silence."""
    parts = [f"{Sign.TIMER} {lasting(view.lifetime)}"] if view.lifetime else []
    until = view.muted_until
    if until is not None and is_muted(view, present):
        words = _("muted until {time}") if until - present < FOR_GOOD else _("muted")
        parts.append(f"{Sign.MUTED} {words.format(time=brief(until, present))}")
    if view.archived:
        parts.append(_("archived"))
    return f" {Sign.EVENT} ".join(parts)


def nobody(views: Sequence[ConversationView]) -> Content:
    """Return what is said while no conversation is open: of nobody, or of those that there are."""
    if not views:
        first = Content.styled(_("Nobody here yet.") + "\n\n", "bold $strong")
    elif any((view.unread or view.marked_unread) and not view.archived for view in views):
        title, words = _("Somebody wrote to you."), _("opens it.")
        first = _titled(title, "next_unread", words)
    else:
        title, words = _("No conversation is open."), _("opens one by a few letters of a name.")
        first = _titled(title, "goto", words)
    return Content.assemble(
        first,
        (key_for("add"), "bold $accent"),
        f"  {_('adds a contact from a link that somebody gave you.')}\n",
        (key_for("link"), "bold $accent"),
        f"  {_('shows your own link, to give away.')}\n",
        (key_for("help"), "bold $accent"),
        f"  {_('shows all keys.')}",
    )


def _titled(title: str, command: str, words: str) -> Content:
    """Return a title over the key that matters most now."""
    return Content.assemble(
        (f"{title}\n\n", "bold $strong"), (key_for(command), "bold $accent"), f"  {words}\n"
    )
