"""Commands about what becomes of a conversation."""

from typing import TYPE_CHECKING

from client_tui.clock import now
from client_tui.plain.wording import person_line
from client_tui.text.language import LANGUAGES, N_, _, language, use_language
from client_tui.text.lifetime import parse_lifetime
from client_tui.text.when import lasting
from securemsg.client import Profile
from securemsg.client.views import ConversationView
from securemsg.errors import LocalError
from securemsg.instant import HOUR, SECOND, Instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tui.plain.session import Session

MUTED_FOR = 8 * HOUR
"""An evening, where nothing else is said; /mute again ends it."""


async def timer(session: "Session", words: str) -> None:
    """Set how long new messages stay."""
    contact, seconds = session.writing_to(), parse_lifetime(words)
    if seconds is None:
        raise LocalError(N_("Say how long: /timer 1w, /timer 8h, /timer off."))
    session.turn_to(await session.perform(lambda held: held.set_timer(contact, seconds)))
    stay = _("New messages stay for {time}.").format(time=lasting(seconds))
    session.answer(stay if seconds else _("Messages stay from now on."))


async def accept(session: "Session", words: str) -> None:
    """Begin to talk with a stranger."""
    del words
    await _choose(session, Profile.accept_request)


async def block(session: "Session", words: str) -> None:
    """Hear nothing of a contact any more, or hear them again."""
    del words

    def change(held: Profile, contact: int) -> ConversationView:
        blocked = _view(held, contact).blocked
        return held.unblock(contact) if blocked else held.block(contact)

    await _choose(session, change)


async def archive(session: "Session", words: str) -> None:
    """Fold a conversation away, or bring it back."""
    del words

    def change(held: Profile, contact: int) -> ConversationView:
        archived = _view(held, contact).archived
        return held.unarchive(contact) if archived else held.archive(contact)

    await _choose(session, change)


async def mute(session: "Session", words: str) -> None:
    """Be told nothing of a conversation for a time, or be told again."""
    seconds = parse_lifetime(words) if words else None

    def change(held: Profile, contact: int) -> ConversationView:
        muted = _view(held, contact).muted_until
        if seconds == 0 or (not words and muted is not None and muted > now()):
            return held.mute(contact, None)
        return held.mute(contact, Instant(now() + (seconds * SECOND if seconds else MUTED_FOR)))

    if words and seconds is None:
        raise LocalError(N_("Say how long: /mute 8h, /mute 1w, /mute off."))
    await _choose(session, change)


async def mark_unread(session: "Session", words: str) -> None:
    """Mark a conversation for coming back to it."""
    del words
    await _choose(session, Profile.mark_unread)


async def rename(session: "Session", words: str) -> None:
    """Call a contact otherwise."""
    await _choose(session, lambda held, contact: held.rename(contact, words))


async def name(session: "Session", words: str) -> None:
    """Call ourselves otherwise."""
    await session.perform(lambda held: held.set_name(words))
    session.answer(_("Everybody whom you accepted learns it."))


async def delete(session: "Session", words: str) -> None:
    """Delete what was said with a contact, here."""
    contact = _confirmed(session, words, ("/delete", "/supprimer"))
    await session.perform(lambda held: held.delete_conversation(contact))
    session.answer(_("Deleted on this device."))


async def forget(session: "Session", words: str) -> None:
    """Delete a contact with all that was said, here."""
    contact = _confirmed(session, words, ("/forget", "/oublier"))
    await session.perform(lambda held: held.delete_contact(contact))
    session.turn_to(None)
    session.answer(_("Deleted on this device."))


async def note(session: "Session", words: str) -> None:
    """Write to oneself."""
    del words
    session.turn_to(await session.perform(Profile.note_to_self))
    session.answer(_("What you write now stays on this device."))


async def speak(session: "Session", words: str) -> None:
    """Use another language."""
    if words not in LANGUAGES:
        raise LocalError(N_("Say which language: /lang en or /lang fr."))
    use_language(words)
    session.answer(LANGUAGES[words])


async def _choose(session: "Session", change: "Callable[[Profile, int], ConversationView]") -> None:
    contact = session.writing_to()
    view = await session.perform(lambda held: change(held, contact))
    session.turn_to(view)
    session.answer(person_line(view, now()))


def _confirmed(session: "Session", words: str, names: tuple[str, str]) -> int:
    """Return the contact that is written to if its name was typed out; raises `LocalError`."""
    view = session.current()
    if words.casefold() != view.alias.casefold():
        command = names[language() == "fr"]
        raise LocalError(N_("To confirm, write: {command} {name}"), command=command, name=view.alias)
    return view.contact


def _view(held: Profile, contact: int) -> ConversationView:
    return next(view for view in held.conversations() if view.contact == contact)
