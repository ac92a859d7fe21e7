"""Reading a conversation from the vault into the transcript: page by page, and again after each change."""

from textual.content import Content

from client_tui.bridge import Bridge
from client_tui.text.language import _
from client_tui.widgets.transcript import Transcript
from client_tui.widgets.window import KEPT, MOST_HELD, PAGE, Window, around, latest
from securemsg.client import Profile
from securemsg.client.views import ConversationView, Direction, MessageView


class Reader:
    """Keeps one transcript filled from the vault."""

    def __init__(self, bridge: Bridge, transcript: Transcript) -> None:
        """Fill `transcript`; no conversation is open yet."""
        self._bridge = bridge
        self._transcript = transcript
        self._contact: int | None = None
        self.shown: int | None = None
        self._silence = Content("")

    async def open(self, view: ConversationView, row: int | None = None) -> None:
        """Show a conversation at its unread line, else at its end; or around the message `row`."""
        contact = self._contact = view.contact
        unread = view.read_up_to + 1 if view.unread > PAGE // 2 else None
        target = row if row is not None else unread
        window = await self._bridge.perform(lambda held: _load(held, contact, target))
        if contact != self._contact:
            return
        self.shown = contact
        self._silence = silence(own=view.own)
        self._transcript.open(window, first_unread(window.messages, view), self._silence)
        if row is not None:
            self._transcript.center(row)

    def forget(self) -> None:
        """Read nothing: no conversation is open any more."""
        self._contact = self.shown = None

    async def reload(self) -> None:
        """Read the window again after a change."""
        contact, window = self._contact, self._transcript.window
        if contact is None:
            return
        if self._transcript.follows:
            count = min(max(len(window.messages), PAGE), KEPT)
            page = await self._bridge.perform(lambda held: held.messages(contact, limit=count))
            fresh = Window(tuple(page), at_start=len(page) < count)
        else:
            fresh = await self._bridge.perform(lambda held: _same(held, contact, window))
        if contact != self._contact:
            return
        if self._transcript.window is not window:
            # Another page was loaded meanwhile: this one would take it away again.
            await self.reload()
            return
        self._transcript.show_window(fresh)

    async def older(self) -> None:
        """Load the page above the window."""
        contact, window = self._contact, self._transcript.window
        if contact is None or window.at_start:
            return
        page = await self._bridge.perform(
            lambda held: held.messages(contact, before=window.first, limit=PAGE)
        )
        if contact == self._contact and self._transcript.window.first == window.first:
            self._transcript.show_window(self._transcript.window.with_older(page))

    async def newer(self) -> None:
        """Load the page below the window."""
        contact, window = self._contact, self._transcript.window
        if contact is None or window.at_end:
            return
        page = await self._bridge.perform(lambda held: held.messages(contact, after=window.last, limit=PAGE))
        if contact == self._contact and self._transcript.window.last == window.last:
            self._transcript.show_window(self._transcript.window.with_newer(page))

    async def go_to_end(self) -> None:
        """Show the newest message, loading it if the window has left it."""
        contact = self._contact
        if contact is not None and not self._transcript.window.at_end:
            page = await self._bridge.perform(lambda held: held.messages(contact, limit=PAGE))
            if contact != self._contact:
                return
            self._transcript.open(latest(page), None, self._silence)
        self._transcript.to_end()

    async def go_to(self, row: int) -> None:
        """Show a message of this conversation, loading what is around it if the window does not hold it."""
        contact = self._contact
        if contact is not None and self._transcript.window.find(row) is None:
            window = await self._bridge.perform(lambda held: _load(held, contact, row))
            if contact != self._contact:
                return
            self._transcript.open(window, None, self._silence)
        self._transcript.center(row)


def first_unread(messages: tuple[MessageView, ...], view: ConversationView) -> int | None:
    """Return the row of the first message that was not read, if anything is unread."""
    if not view.unread:
        return None
    unread = (m.row for m in messages if m.row > view.read_up_to and m.direction is Direction.IN)
    return next(unread, None)


def silence(*, own: bool) -> Content:
    """Return what is said where nothing was said yet."""
    if own:
        words = _("Nothing noted yet. What you write here stays on this device, encrypted.")
    else:
        words = _("No messages yet. What you write here is end-to-end encrypted.")
    return Content.styled(words, "$muted")


def _load(held: Profile, contact: int, row: int | None) -> Window:
    if row is None:
        return latest(held.messages(contact, limit=PAGE))
    half = PAGE // 2
    before = held.messages(contact, before=row, limit=half)
    return around(before, held.messages(contact, after=row - 1, limit=half))


def _same(held: Profile, contact: int, window: Window) -> Window:
    """Return what the window holds now; at the end of a conversation also what came since, in its limits."""
    room = min(len(window.messages) + PAGE, MOST_HELD) if window.at_end else len(window.messages)
    page = held.messages(contact, after=window.first - 1, limit=room)
    return Window(tuple(page), window.at_start, window.at_end and len(page) < room)
