"""What becomes of a message that waits: accepted, failed, put off, tried again, cancelled (Spec: CL-6)."""

from dataclasses import replace
from typing import Final

from securemsg.client.backoff import wait_milliseconds
from securemsg.client.lifetimes import begin_counting
from securemsg.client.presence import is_passing
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.reasons import FINAL, word_of
from securemsg.client.saying import never_left
from securemsg.client.sending import new_id, queue_content
from securemsg.client.step import Step
from securemsg.client.transfer.wishes import cancel as cancel_file
from securemsg.client.transfer.wishes import resume, withdraw
from securemsg.client.wording import content_of
from securemsg.errors import LocalError, RemoteError
from securemsg.ids import SubmitId
from securemsg.instant import SECOND, Instant, after
from securemsg.store.files import FileState
from securemsg.store.ids import MessageRow
from securemsg.store.messages import Direction, MessageState
from securemsg.store.outbox import OutboxEntry
from securemsg.wire.messages.content import Edit

_NOTHING_TO_RETRY: Final = "Only a message that failed can be sent again."
_MAY_HAVE_LEFT: Final = "This message may have left already: it can not be cancelled."


def accepted(step: Step, submit_id: SubmitId) -> None:
    """Keep the relay's word that it has the envelope on disk."""
    entry = step.vault.outbox.accept(submit_id, step.now)
    step.changes.outbox = True
    if entry is None:
        return
    if entry.message is not None:
        step.vault.messages.mark_accepted(entry.message)
        begin_counting(step, [entry.message])
        step.changes.contacts.add(entry.contact)
    elif is_passing(entry.content):
        step.vault.outbox.remove(entry.id)


def put_off(step: Step, waiting: OutboxEntry, error: RemoteError) -> None:
    """Keep why an entry could not leave: for good, or until it is tried again (Spec: CL-6)."""
    if not _still_waits(step, waiting):
        return
    word = word_of(error)
    step.changes.contacts.add(waiting.contact)
    step.changes.outbox = True
    if is_passing(waiting.content):
        step.vault.outbox.remove(waiting.id)
        return
    if isinstance(error, Refused) and error.code in FINAL:
        step.vault.outbox.remove(waiting.id)
        if waiting.message is not None:
            step.vault.messages.mark_failed(waiting.message, word)
        return
    pause = wait_milliseconds(waiting.attempts, step.entropy)
    if isinstance(error, Refused):
        pause = max(pause, error.retry_seconds * SECOND)
    step.vault.outbox.postpone(waiting.id, after(step.now, pause), word)


def explain(step: Step, waiting: OutboxEntry, problem: RelayProblem) -> None:
    """Keep why nothing reaches an entry's relay; when to dial again is for the connection to say."""
    if is_passing(waiting.content):
        step.vault.outbox.remove(waiting.id)
        return
    step.vault.outbox.postpone(waiting.id, Instant(0), word_of(problem))
    step.changes.contacts.add(waiting.contact)


def _still_waits(step: Step, waiting: OutboxEntry) -> bool:
    """Tell whether an entry is what it was: a person may have cancelled it or decided about the contact."""
    try:
        return step.vault.outbox.get(waiting.id).sealed == waiting.sealed
    except LocalError:
        return False


def retry(step: Step, row: MessageRow) -> None:
    """Queue a failed message again, behind what waits: all of it, and what it says by now."""
    message = step.vault.messages.get(row)
    if message.state is not MessageState.FAILED:
        raise LocalError(_NOTHING_TO_RETRY)
    file = step.vault.files.find(row)
    if file is not None and file.state is not FileState.SENT:
        resume(step, row)
        return
    step.vault.messages.mark_queued(row)
    versions = step.vault.edits.versions(row)
    # Whoever has it already gets the edit; for the others the first words come first.
    first = replace(message, text=versions[0].text) if versions else message
    queue_content(step, message.contact, content_of(step, first), row)
    if message.edited_at is not None:
        said = Edit(new_id(step), message.edited_at, message.message_id, message.text)
        queue_content(step, message.contact, said, about=row)


def cancel(step: Step, row: MessageRow) -> None:
    """Erase a message of ours that cannot have left."""
    message = step.vault.messages.get(row)
    if message.direction is not Direction.OUT:
        raise LocalError("Only messages of your own can be cancelled.")
    entry = step.vault.outbox.of_message(row)
    if step.vault.files.find(row) is not None and entry is None:
        cancel_file(step, row)
        return
    if message.state is not MessageState.FAILED and not never_left(step, message):
        raise LocalError(_MAY_HAVE_LEFT)
    withdraw(step, row)
    step.vault.files.erase([row])
    step.vault.messages.erase([row], step.now)
    step.changes.outbox = True
    step.changes.contacts.add(message.contact)
    step.changes.list = True
