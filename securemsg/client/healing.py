"""How a session stands: when it healed, what two people compare, and a warning where that is long ago."""

from datetime import UTC, datetime
from typing import Final

from securemsg.client.step import Step
from securemsg.client.views import CheckView, EpochCode, SessionView
from securemsg.errors import Sentence
from securemsg.instant import SECOND, Instant
from securemsg.ratchet.epochs import code_digits
from securemsg.session.book import RENEW_AFTER, RENEW_AFTER_EPOCH, RENEW_AGE
from securemsg.session.states import Confirmed, Session, has_reduced_secrecy
from securemsg.store.contacts import Contact
from securemsg.store.ids import ContactId
from securemsg.store.sessions import PeerDevice

_NOT_HEALED: Final = (
    "The conversation with {alias} has not healed since {day} ({count} messages):"
    " whoever copied its keys then can read what was said since. It heals when both sides have"
    " written; the next message to them renews the keys if it can."
)


def session_view(step: Step, contact: ContactId) -> SessionView | None:
    """Return how the session in use with a contact stands; `None` where there is none (Spec: CL-20)."""
    found = _current(step, contact)
    return None if found is None else _view(found[1])


def healing_checks(step: Step) -> list[CheckView]:
    """Return a line for each conversation that has not healed for long, or one that all is well.

    None is a failure: the other side may be on a journey, and the next message renews the keys.

    Spec: CL-20.
    """
    checks = []
    for contact in step.vault.contacts.all():
        found = _current(step, contact.id)
        if found is not None and _is_overdue(*found):
            checks.append(_warning(contact, found[1]))
    return checks or [CheckView("session", ok=True, advice="")]


def _current(step: Step, contact: ContactId) -> tuple[PeerDevice, Session] | None:
    for peer in step.vault.sessions.peers_of(contact):
        session = step.vault.sessions.load(peer.book).current
        if session is not None:
            return peer, session
    return None


def _view(session: Session) -> SessionView:
    ratchet, epochs = session.ratchet, session.ratchet.machine.epochs
    codes = (EpochCode(epochs.installed - age, code_digits(code)) for age, code in enumerate(epochs.codes))
    return SessionView(
        opened_at=session.origin.opened_at,
        confirmed=isinstance(session, Confirmed),
        healed_at=session.healed_at if isinstance(session, Confirmed) else None,
        since_healing=ratchet.messages_since_turn,
        since_epoch=ratchet.messages_since_epoch,
        epoch=ratchet.epoch_sending.epoch,
        codes=tuple(codes),
        reduced=has_reduced_secrecy(session),
    )


def _is_overdue(peer: PeerDevice, session: Session) -> bool:
    """Whether people go on without healing for longer than SE-12 means them to.

    Whoever only listens counts too: the other side cannot heal without an answer. Where
    nothing is said nothing needs healing.
    """
    ratchet = session.ratchet
    many = ratchet.messages_since_turn >= RENEW_AFTER or ratchet.messages_since_epoch >= RENEW_AFTER_EPOCH
    return many or peer.used_at - _since(session) > RENEW_AGE


def _since(session: Session) -> Instant:
    return session.healed_at if isinstance(session, Confirmed) else session.origin.opened_at


def _warning(contact: Contact, session: Session) -> CheckView:
    day = datetime.fromtimestamp(_since(session) / SECOND, tz=UTC).date().isoformat()
    said = session.ratchet.messages_since_turn
    return CheckView(
        "session",
        ok=True,
        advice=Sentence(_NOT_HEALED, alias=contact.alias, day=day, count=said),
    )
