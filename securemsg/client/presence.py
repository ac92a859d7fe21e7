"""Who is writing just now, and what was read: told where the person wants it (Spec: CT-12, CT-13)."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.client.sending import new_id, queue_passing, queue_receipts
from securemsg.client.step import Step
from securemsg.client.terms import hears, is_own
from securemsg.crypto.entropy import Entropy
from securemsg.instant import SECOND, Instant, after
from securemsg.store.ids import ContactId, MessageRow
from securemsg.wire.messages.content import Kind, ReceiptState, Typing, TypingState

SHOWN_FOR: Final = 15 * SECOND
"""How long somebody is shown as writing after saying so, by both clocks (Spec: CT-12)."""

TOLD_EACH: Final = 8 * SECOND
"""Between two words of writing to one contact: often enough to be shown without a gap (Spec: CT-12)."""

HEARD_WITHIN: Final = 300 * SECOND
"""To whom nobody answers just now is told nothing: they are not looking (Spec: CT-12)."""

_TYPING_HEAD: Final = bytes([0x94, Kind.TYPING])
"""How the bytes of every such word begin: an array of four, and the kind (Spec: CT-12)."""

_READ_RECEIPTS, _TYPING, _ON = "read_receipts", "typing", "on"
_SOONEST: Final = 2 * SECOND
_SPREAD: Final = 28 * SECOND
_FRACTION: Final = 2**32


@final
@dataclass(slots=True)
class Recent:
    """What is kept of the last minutes, in memory only: of whom we heard, whom we told."""

    heard: dict[ContactId, Instant] = field(default_factory=dict)
    told: dict[ContactId, Instant] = field(default_factory=dict)


def tell_typing(step: Step, contact: ContactId, recent: Recent) -> None:
    """Tell a contact that the person is writing, where all conditions for that hold (Spec: CT-12)."""
    if step.vault.settings.get(_TYPING) != _ON or not _is_talked_to(step, contact):
        return
    heard = _is_within(HEARD_WITHIN, recent.heard.get(contact), step.now)
    if not heard or _is_within(TOLD_EACH, recent.told.get(contact), step.now):
        return
    if queue_passing(step, contact, Typing(new_id(step), step.now, TypingState.TYPING)):
        recent.told[contact] = step.now


def take_typing(step: Step, contact: ContactId, said: Typing) -> None:
    """Let it be shown that a contact is writing, or has stopped; nothing of it is stored (Spec: CT-12)."""
    if not step.vault.contacts.get(contact).accepted:
        return
    until = after(min(said.sent_at, step.now), SHOWN_FOR)
    if said.state is TypingState.STOPPED:
        step.changes.typing[contact] = step.now
    elif until > step.now:
        step.changes.typing[contact] = until


def is_passing(content: bytes) -> bool:
    """Tell whether an encoded content of ours is never worth a second try (Spec: CT-12)."""
    return content.startswith(_TYPING_HEAD)


def note_read(step: Step, contact: ContactId, before: MessageRow, up_to: MessageRow) -> None:
    """Tell soon that what a contact said in the rows behind `before` was read, if the person wants that.

    Spec: CT-13.
    """
    if step.vault.settings.get(_READ_RECEIPTS) != _ON or not _is_talked_to(step, contact):
        return
    due = after(step.now, _SOONEST + _up_to(_SPREAD, step.entropy))
    if step.vault.read_receipts.add(contact, (before, up_to), due):
        step.changes.timed = True


def queue_read_receipts(step: Step) -> None:
    """Queue the read receipts whose time has come (Spec: CT-13)."""
    for read in step.vault.read_receipts.take_due(step.now):
        if step.vault.settings.get(_READ_RECEIPTS) == _ON and _is_talked_to(step, read.contact):
            queue_receipts(step, read.contact, read.message_ids, ReceiptState.READ)


def _is_talked_to(step: Step, contact: ContactId) -> bool:
    """Tell whether a contact may know at all what the person does."""
    accepted = step.vault.contacts.get(contact).accepted
    return accepted and hears(step, contact) and not is_own(step, contact)


def _is_within(span: int, instant: Instant | None, now: Instant) -> bool:
    return instant is not None and 0 <= now - instant < span


def _up_to(most: int, entropy: Entropy) -> int:
    return int.from_bytes(entropy(4), "big") * most // _FRACTION
