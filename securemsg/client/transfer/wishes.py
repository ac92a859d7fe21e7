"""What the person wants done with a file: fetch, pause, go on, cancel, remove (Spec: FI-9, FI-10, FI-15)."""

from typing import Final

from securemsg.client.step import Step
from securemsg.client.transfer.failures import ELSEWHERE, IMPOSSIBLE, TransferFailed
from securemsg.crypto.kdf import same
from securemsg.errors import LocalError
from securemsg.store.files import FileRecord, FileState
from securemsg.store.ids import MessageRow
from securemsg.store.messages import Direction, MessageState
from securemsg.wire.files import blob_size

USUAL_LIMIT: Final = 2**30
"""Bytes of a file that is fetched unless the person allows more (Spec: FI-10, T16)."""

_FETCHABLE: Final = (FileState.OFFERED, FileState.PAUSED, FileState.FAILED, FileState.EXPIRED)


def fetch(step: Step, row: MessageRow, room: int, limit: int = USUAL_LIMIT) -> None:
    """Have a file fetched that was sent to us, where it fits `limit` and the `room` on the disk.

    Raises `LocalError` with a sentence. What is here or on its way already is left as it is.

    Spec: FI-10.
    """
    record = step.vault.files.get(row)
    if record.direction is Direction.OUT:
        raise LocalError("This file is yours: there is nothing to fetch.")
    if record.state is FileState.SAVED:
        return
    _check_offer(step, record)
    if record.size > limit:
        raise LocalError("The file is larger than what you allow: {limit} bytes.", limit=limit)
    if record.stored > room:
        raise LocalError("The disk has no room for this file: make room first.")
    _move(step, record, FileState.DOWNLOADING)


def pause(step: Step, row: MessageRow) -> None:
    """Let a transfer rest until the person goes on; raises `LocalError` where nothing moves."""
    record = step.vault.files.get(row)
    if record.state not in (FileState.UPLOADING, FileState.DOWNLOADING):
        raise LocalError("This file is not on its way.")
    _move(step, record, FileState.PAUSED)


def resume(step: Step, row: MessageRow) -> None:
    """Go on with a transfer of ours that rests or failed; raises `LocalError` where there is none."""
    record = step.vault.files.get(row)
    if record.direction is Direction.IN:
        raise LocalError("This file is not yours: fetch it.")
    if record.state not in (FileState.PAUSED, FileState.FAILED):
        raise LocalError("This file is not waiting for you.")
    step.vault.messages.mark_queued(row)
    _move(step, record, FileState.PREPARING if record.key is None else FileState.UPLOADING)


def cancel(step: Step, row: MessageRow) -> None:
    """Give a transfer up: ours goes with its message, theirs can be fetched again.

    Raises `LocalError` for one of ours that has left, and for one of theirs that is here.
    """
    record = step.vault.files.get(row)
    if record.direction is Direction.IN:
        if record.state is FileState.SAVED:
            # The relay may have forgotten it by now: this could be the only copy.
            raise LocalError("This file is not on its way.")
        _move(step, record, FileState.OFFERED)
        return
    message = step.vault.messages.get(row)
    if record.state is FileState.SENT or message.state not in (MessageState.QUEUED, MessageState.FAILED):
        raise LocalError("This file has left already: it can not be cancelled.")
    withdraw(step, row)
    step.vault.files.erase([row])
    step.vault.messages.erase([row], step.now)
    step.changes.contacts.add(record.contact)
    step.changes.list = True
    step.changes.files = True


def withdraw(step: Step, row: MessageRow) -> None:
    """Have the blob of a file of ours deleted, if there is one; the row may be erased after this."""
    record = step.vault.files.find(row)
    if record is not None and record.direction is Direction.OUT and record.place is not None:
        step.changes.withdrawn[row] = record
        step.changes.files = True


def _check_offer(step: Step, record: FileRecord) -> None:
    """Refuse what cannot be, and what is said to be elsewhere: to fetch it there would tell who reads it."""
    link = step.owner.link
    if record.place is None or record.stored != blob_size(record.size):
        raise TransferFailed(IMPOSSIBLE)
    if not same(record.place.relay.pin, link.pin):
        raise TransferFailed(ELSEWHERE)


def _move(step: Step, record: FileRecord, state: FileState) -> None:
    # Also where it is in that state already: what it waits for, it waits for no longer.
    step.vault.files.move(record.message, state)
    step.changes.contacts.add(record.contact)
    step.changes.files = True
