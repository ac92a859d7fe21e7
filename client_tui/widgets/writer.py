"""What is being written: to whom, in answer to what, in place of what. Drafts lie in the vault."""

from collections.abc import Callable
from dataclasses import dataclass

from client_tui.bridge import Bridge
from client_tui.text.sentences import sentence_of
from client_tui.widgets.compose_line import ComposeLine, answering, editing
from client_tui.widgets.composer import About, Composer
from client_tui.widgets.said import Said
from securemsg.client import Profile
from securemsg.client.views import MessageView
from securemsg.errors import LocalError


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft with the messages that it answers or edits, as they are now."""

    text: str = ""
    reply_to: MessageView | None = None
    editing: MessageView | None = None


class Writer:
    """Knows what the composer is about; `settle` brings it into the vault."""

    def __init__(self, bridge: Bridge, composer: Composer, line: ComposeLine) -> None:
        """Write with `composer` under `line`."""
        self._bridge = bridge
        self._composer = composer
        self._line = line
        self._begun = Begun()
        self._saved: tuple[int, Begun] | None = None

    def turn_to(self, contact: int, begun: Begun) -> None:
        """Write to `contact` from now on, going on with a draft."""
        self._begun = Begun(reply_to=begun.reply_to, editing=begun.editing)
        self._composer.turn_to(contact, begun.text)
        self._saved = self._present()
        self._show()

    def answer(self, message: MessageView) -> None:
        """Answer `message` with what is written."""
        self._begun = Begun(reply_to=message)
        self._show()

    def edit(self, message: MessageView) -> None:
        """Write other words for `message`."""
        self._begun = Begun(editing=message)
        if self._composer.contact is not None:
            self._composer.turn_to(self._composer.contact, as_written(message.text))
        self._show()

    def let_go(self) -> bool:
        """Answer or edit nothing any more; tell whether there was anything. The words of an edit go too."""
        begun = self.take()
        if begun.editing is not None:
            self._composer.load_text("")
        return begun != Begun()

    def take(self) -> Begun:
        """Return what is answered or edited, which is done with it."""
        begun, self._begun = self._begun, Begun()
        self._show()
        return begun

    def resume(self, begun: Begun) -> None:
        """Answer or edit again what could not be sent."""
        self._begun = begun
        self._show()

    @property
    def differs(self) -> bool:
        """Whether something else is written than what the vault has: a draft that was opened does not."""
        return self._present() != self._saved

    def unsaved(self) -> Callable[[Profile], object] | None:
        """Return what brings the draft into the vault as it is now, None where it is there already."""
        present = self._present()
        if present is None or present == self._saved:
            return None
        contact, begun = self._saved = present
        about = About(_row(begun.reply_to), _row(begun.editing))
        return lambda held: keep(held, contact, begun.text, about)

    async def settle(self) -> None:
        """Bring the draft into the vault, if it is another one than there."""
        await self.save(self.unsaved())

    async def save(self, unsaved: Callable[[Profile], object] | None) -> None:
        """Bring into the vault what `unsaved` returned."""
        if unsaved is None:
            return
        try:
            await self._bridge.perform(unsaved)
        except LocalError as error:
            # The words stay on the screen as long as one stays with them.
            self._saved = None
            self._composer.post_message(Said(sentence_of(error), wrong=True))

    def _present(self) -> tuple[int, Begun] | None:
        if self._composer.contact is None:
            return None
        begun = Begun(self._composer.text, self._begun.reply_to, self._begun.editing)
        return self._composer.contact, begun

    def _show(self) -> None:
        self._composer.about = About(_row(self._begun.reply_to), _row(self._begun.editing))
        if self._begun.editing is not None:
            self._line.stand(editing(self._begun.editing))
        elif self._begun.reply_to is not None:
            self._line.stand(answering(self._begun.reply_to))
        else:
            self._line.stand(None)


def as_written(text: str) -> str:
    """Return what one writes to send `text`: its first slash begins no command."""
    return f"/{text}" if text.startswith("/") else text


def keep(held: Profile, contact: int, text: str, about: About) -> None:
    """Save a draft, without what it answers or edits if that is gone meanwhile. Raises `LocalError`."""
    try:
        held.save_draft(contact, text, reply_to=about.answers, editing=about.edits)
    except LocalError:
        held.save_draft(contact, text)


def put_before(held: Profile, contact: int, text: str, about: About) -> None:
    """Save what could not be sent before the draft that there is. Raises `LocalError`."""
    since = held.draft(contact).text
    keep(held, contact, f"{text}\n{since}" if since else text, about)


def load_draft(held: Profile, contact: int) -> Begun:
    """Return what was begun for a contact and not sent."""
    draft = held.draft(contact)
    return Begun(draft.text, _message(held, draft.reply_to), _message(held, draft.editing))


def _message(held: Profile, row: int | None) -> MessageView | None:
    try:
        return None if row is None else held.message(row)
    except LocalError:
        return None


def _row(message: MessageView | None) -> int | None:
    return None if message is None else message.row
