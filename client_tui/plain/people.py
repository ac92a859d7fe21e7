"""Commands about people, and about ourselves."""

from functools import partial
from typing import TYPE_CHECKING

from client_tui.clock import now
from client_tui.pictures.codes import link_in, picture_named, verification_in
from client_tui.pictures.decoder import Decoder, usual_command
from client_tui.plain.wording import message_line, person_line, sentence
from client_tui.registry.lookup import folded
from client_tui.text.introduction import introduction
from client_tui.text.language import N_, _
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.spoken import spoken
from client_tui.text.trust import OWN_SCREEN, grouped
from securemsg.client import Profile
from securemsg.client.invitations import write_invitation
from securemsg.client.views import AlarmView, ConversationView, ScannedCode
from securemsg.errors import LocalError

if TYPE_CHECKING:
    from client_tui.plain.session import Session

LINK_LIMIT = 1_200
UNREAD_SHOWN = 50
YES = frozenset({"yes", "oui"})


async def to(session: "Session", words: str) -> None:
    """Choose whom to write to, and print what is unread of them."""
    if not words:
        raise LocalError(N_("Say to whom: /to NAME. /contacts lists the people."))
    view = await session.perform(lambda held: _found(held, words))
    session.turn_to(view)
    session.answer(_("To {person}").format(person=person_line(view, now())))
    unread = min(view.unread, UNREAD_SHOWN)
    if unread:
        for message in (await session.perform(lambda held: held.messages(view.contact)))[-unread:]:
            session.answer(message_line(message, now()))
        await session.perform(lambda held: held.mark_read(view.contact))


def _found(held: Profile, words: str) -> ConversationView:
    """Return who is called so, or the only one whose name begins so."""
    begin = [view for view in held.conversations() if folded(view.alias).startswith(folded(words))]
    return begin[0] if len(begin) == 1 else held.find_contact(words)


async def contacts(session: "Session", words: str) -> None:
    """List everybody, the newest conversation first."""
    del words
    views = await session.perform(Profile.conversations)
    for view in views:
        session.answer(person_line(view, now()))
    if not views:
        session.answer(
            _("Nobody here yet. /add LINK adds somebody; /link prints your own link, to give away.")
        )


async def verify(session: "Session", words: str) -> None:
    """Print the safety number, as digits and as words to read aloud; or compare a picture of its code."""
    if words:
        await _compare(session, words)
        return
    contact = session.writing_to()
    view = await session.perform(lambda held: held.verification(contact))
    session.compared = contact
    groups = " ".join(grouped(safe_line(view.safety_number)))
    session.answer(_("Safety number with {name}: {digits}").format(name=safe_name(view.alias), digits=groups))
    session.answer(_("Read aloud: {words}").format(words=spoken(groups)))
    session.answer(_("Compare it by voice or in person, not in a message; then type /same or /different."))


async def _compare(session: "Session", words: str) -> None:
    """Compare the code in a picture with the number that was printed."""
    contact = session.writing_to()
    code = await verification_in(Decoder(usual_command()), picture_named(words))
    found = await session.perform(lambda held: held.compare_code(contact, code))
    if found is ScannedCode.OWN_SCREEN:
        raise LocalError(OWN_SCREEN)
    if found is ScannedCode.DIFFERENT:
        raise LocalError(
            N_("The code in the picture is of another safety number: ask for a new link in person.")
        )
    session.compared = contact
    session.answer(_("The code in the picture is the same: if you took it of their screen, type /same."))


async def same(session: "Session", words: str) -> None:
    """Note that the number that was printed last was compared and fits: that of this contact, of no other."""
    del words
    contact = session.writing_to()
    if session.compared != contact:
        raise LocalError(N_("Compare first: /verify prints the safety number."))
    session.turn_to(await session.perform(lambda held: held.mark_verified(contact)))
    session.answer(_("Verified."))


async def different(session: "Session", words: str) -> None:
    """Stay with the identity before."""
    del words
    contact = session.writing_to()
    session.turn_to(await session.perform(lambda held: held.keep_previous(contact)))
    session.answer(_("The previous identity stays. Ask for a new link in person."))


async def proceed(session: "Session", words: str) -> None:
    """Take the new identity without comparing, once the person has typed it out."""
    if words.strip().lower() not in YES:
        # Printed, not only counted as shown: `/same` is about the number that was printed last.
        await verify(session, "")
        raise LocalError(
            N_("If somebody pretends to be them, what you write goes there: /proceed yes goes on.")
        )
    contact = session.writing_to()
    session.turn_to(await session.perform(lambda held: held.accept_changed(contact)))
    session.answer(_("Going on; not verified."))


async def add(session: "Session", words: str) -> None:
    """Say what a link tells of a person; asked again with `yes`, add them and write to them."""
    if words.lower() not in YES:
        # Whatever becomes of this one, `yes` is not about the one before.
        session.offered = ""
        if picture := picture_named(words):
            words = await link_in(Decoder(usual_command()), picture)
        for said in introduction(words):
            session.answer(said)
        session.offered = words
        session.answer(_("To add this contact, write: /add yes"))
        return
    if not session.offered:
        raise LocalError(N_("Give the link first: /add LINK."))
    view = await session.perform(lambda held: held.add_contact(session.offered))
    session.offered = ""
    session.turn_to(view)
    session.answer(
        _("Added: {person}. /verify compares safety numbers.").format(person=safe_name(view.alias))
    )


async def link(session: "Session", words: str) -> None:
    """Print our own link."""
    del words
    session.answer(safe_line((await session.perform(Profile.own)).link, LINK_LIMIT))


async def invite(session: "Session", words: str) -> None:
    """Print an invitation."""
    invitation = await session.perform(lambda held: write_invitation(held.owner, words.strip()))
    session.answer(safe_line(invitation.text, LINK_LIMIT))


async def seen(session: "Session", words: str) -> None:
    """Print the warnings once more and dismiss them."""
    del words
    for alarm in await session.perform(Profile.alarms):
        session.answer(sentence(alarm.sentence))
        await session.perform(partial(_dismiss, alarm=alarm))


def _dismiss(held: Profile, alarm: AlarmView) -> None:
    held.dismiss_alarm(alarm.kind, alarm.contact)


async def lock(session: "Session", words: str) -> None:
    """Close the vault and ask for the passphrase again."""
    del words
    session.lock()


async def leave(session: "Session", words: str) -> None:
    """Leave."""
    del words
    session.leave()
