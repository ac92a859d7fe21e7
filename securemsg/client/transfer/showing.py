"""Files as programs show them."""

from collections.abc import Sequence
from typing import Final

from securemsg.client.step import Step
from securemsg.client.transfer.failures import sentence
from securemsg.client.views import FileState as Shown
from securemsg.client.views import FileView
from securemsg.store.files import FileRecord, FileState
from securemsg.store.ids import MessageRow

_STATES: Final = {state: Shown[state.name] for state in FileState}


def file_view(step: Step, row: MessageRow) -> FileView | None:
    """Return the file of a message as it stands, `None` where it has none."""
    record = step.vault.files.find(row)
    return None if record is None else view_of(record)


def file_views(step: Step, rows: Sequence[MessageRow]) -> dict[MessageRow, FileView]:
    """Return the files of those messages that have one."""
    views = {row: file_view(step, row) for row in rows}
    return {row: view for row, view in views.items() if view is not None}


def waiting_reason(step: Step, row: MessageRow) -> str:
    """Return why a file of ours has not left, empty where it has or nothing is wrong."""
    record = step.vault.files.find(row)
    return "" if record is None or record.state is FileState.SENT else sentence(record.failure)


def view_of(record: FileRecord) -> FileView:
    """Return a file as programs show it."""
    return FileView(
        name=record.name,
        type=record.type,
        size=record.size,
        state=_STATES[record.state],
        done=shown_bytes(record.done, record),
        path=record.path,
        reason=sentence(record.failure),
        removed=record.removed,
        expires_at=record.expires_at or None,
    )


def shown_bytes(done: int, record: FileRecord) -> int:
    """Return how much of the file `done` stored bytes are."""
    return record.size * done // record.stored if record.stored else 0
