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


def file_views(step: Step, rows: Sequence[MessageRow]) -> dict[MessageRow, FileView]:
    """Return the files of those messages that have one."""
    records = (step.vault.files.find(row) for row in rows)
    return {record.message: _view(record) for record in records if record is not None}


def _view(record: FileRecord) -> FileView:
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
