"""What becomes of a file: everything that is decided in one transaction (Spec: CL-1, FI-7, FI-8, FI-10)."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

from securemsg.client.backoff import wait_after, wait_milliseconds
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.reasons import FINAL, word_of
from securemsg.client.sending import accept_contact, new_id, queue_content
from securemsg.client.step import Step
from securemsg.client.terms import hears, is_own, may_write
from securemsg.client.transfer.failures import EXPIRED, TransferFailed
from securemsg.client.wording import file_content
from securemsg.errors import RemoteError
from securemsg.identity.trust import Changed
from securemsg.ids import BlobId
from securemsg.instant import SECOND, after
from securemsg.mailbox.tokens import ReadKey, WriteKey
from securemsg.store.addresses import ContactAddress
from securemsg.store.files import MOVING, SPOOL_WIDTH, FileRecord, FileState, Place, Sealed, Source
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import FILE_KIND, Direction, NewMessage, Quoted
from securemsg.wire.messages.content import normal_caption

HOLD: Final = 60 * SECOND
"""Until it is looked again whether a contact can be written to (ms)."""

Target: TypeAlias = tuple[FileRecord, ContactAddress]
"""A file of ours, and where it goes."""


@final
@dataclass(frozen=True, slots=True)
class Said:
    """What goes with a file: words, which may be empty, and which message it answers."""

    caption: str = field(repr=False)
    quoted: Quoted | None
    lifetime: int


def queue_file(step: Step, contact: ContactId, source: Source, said: Said) -> MessageRow:
    """Store a message with a file of ours, and have the file prepared and sent; raises `LocalError`.

    Spec: FI-7, FI-8.
    """
    caption = normal_caption(said.caption)
    may_write(step, contact)
    accept_contact(step, contact)
    new = NewMessage(new_id(step), step.now, FILE_KIND, caption, b"", said.lifetime, said.quoted)
    row = step.vault.messages.add_outgoing(contact, new, step.now)
    step.vault.files.add_source(row, step.entropy(SPOOL_WIDTH), source)
    _changed(step, contact)
    return row


def prepared(step: Step, row: MessageRow, sealed: Sealed) -> None:
    """Keep that the ciphertext is on disk; a note to ourselves has arrived with that."""
    record = step.vault.files.find(row)
    if record is None:
        return
    step.vault.files.sealed(row, sealed)
    if is_own(step, record.contact):
        step.vault.files.move(row, FileState.SAVED)
        message = step.vault.messages.get(row)
        step.vault.messages.mark_delivered(record.contact, [message.message_id])
        step.vault.lifetimes.begin([row], step.now)
        step.changes.timed = True
    _changed(step, record.contact)


def place_for(step: Step, row: MessageRow) -> Target | None:
    """Return a file with where it goes, keeping that first; `None` where nothing goes to the contact now.

    A contact that moved to another relay gets the file there.
    """
    record = step.vault.files.find(row)
    if record is None or record.state not in MOVING or not _may_go(step, record.contact):
        return None
    address = step.vault.addresses.get(record.contact)
    if address is None:
        return None
    if record.place is None or record.place.relay != address.relay:
        move_place(step, row, address)
        record = step.vault.files.get(row)
    return record, address


def move_place(step: Step, row: MessageRow, address: ContactAddress) -> None:
    """Choose a new name and new keys for the blob of a file."""
    blob, read, write = BlobId.WIDTH, ReadKey.WIDTH, WriteKey.WIDTH
    place = Place(address.relay, step.entropy(blob), step.entropy(read))
    step.vault.files.placed(row, place, step.entropy(write))


def uploaded(step: Step, row: MessageRow) -> None:
    """Let the message go: all of its file is at the relay (Spec: FI-8)."""
    record = step.vault.files.find(row)
    if record is None or record.state is not FileState.UPLOADING:
        return
    if not _may_go(step, record.contact):
        hold(step, row)
        return
    step.vault.files.reached(row, record.stored)
    step.vault.files.move(row, FileState.SENT)
    said = file_content(step, step.vault.messages.get(row), record)
    queue_content(step, record.contact, said, row)
    _changed(step, record.contact)


def arrived(step: Step, row: MessageRow) -> None:
    """Note that a file is here, whole and right."""
    record = step.vault.files.find(row)
    if record is None or record.state is not FileState.DOWNLOADING:
        return
    step.vault.files.reached(row, record.stored)
    step.vault.files.move(row, FileState.SAVED)
    _changed(step, record.contact)


def failed(step: Step, row: MessageRow, failure: TransferFailed) -> None:
    """Note that a transfer cannot go on; a file of ours takes its message with it."""
    record = step.vault.files.find(row)
    if record is None or record.state not in MOVING:
        return
    expired = failure.word == EXPIRED
    step.vault.files.move(row, FileState.EXPIRED if expired else FileState.FAILED, failure.word)
    if record.direction is Direction.OUT:
        step.vault.messages.mark_failed(row, failure.word)
    _changed(step, record.contact)


def put_off(step: Step, row: MessageRow, error: RemoteError, done: int) -> None:
    """Keep why a transfer stopped: for good, or until it is tried again (Spec: FI-9)."""
    record = step.vault.files.find(row)
    if record is None or record.state not in MOVING:
        return
    word = word_of(error)
    if isinstance(error, Refused) and error.code in FINAL:
        failed(step, row, TransferFailed(word))
        return
    # Whoever got further did not fail: only what stands still waits longer each time.
    attempts = 0 if done > record.done else record.attempts
    if isinstance(error, RelayProblem):
        pause = wait_after(attempts, error, step.entropy)
    else:
        pause = wait_milliseconds(attempts, step.entropy)
    step.vault.files.reached(row, max(done, record.done))
    step.vault.files.postpone(row, after(step.now, pause), word)
    _changed(step, record.contact)


def hold(step: Step, row: MessageRow) -> None:
    """Look again later whether the contact can be written to."""
    step.vault.files.postpone(row, after(step.now, HOLD), "")


def _may_go(step: Step, contact: ContactId) -> bool:
    """Tell whether anything goes to a contact: not to one who is Changed or blocked (Spec: ID-11, CL-31)."""
    changed = isinstance(step.vault.contacts.get(contact).standing, Changed)
    return not changed and hears(step, contact)


def _changed(step: Step, contact: ContactId) -> None:
    step.changes.contacts.add(contact)
    step.changes.files = True
