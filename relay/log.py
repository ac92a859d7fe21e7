"""One line per event on standard error: its time, numbers and kinds of errors (Spec: RL-3, RL-43).

There is no way to log an id, an address or content: values are numbers, and words of ours.
"""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from relay.clock import Clock
from relay.config import LogFormat, LogLevel, LogSettings
from securemsg.instant import SECOND, Instant

_REPEATS: Final = 10
"""So often an event is written within `_SPAN`; more of the same tells nothing and fills a disk."""

_SPAN: Final = 60 * SECOND
"""Then it is written again, with the number of those that were not."""


class Event(StrEnum):
    """Everything that is ever logged."""

    STARTED = "started"
    DRAINING = "draining"
    STOPPED = "stopped"
    CONNECTION_FAILED = "connection failed"
    ACCEPT_FAILED = "accept failed"
    ACCEPTING_AGAIN = "accepting again"
    CERTIFICATE_READ = "certificate read"
    CERTIFICATE_UNREADABLE = "certificate unreadable"
    CERTIFICATE_DAMAGED = "certificate damaged"
    CERTIFICATE_UNFIT = "certificate and key do not fit"
    CERTIFICATE_NOT_VALID = "certificate not valid now"
    CONNECTIONS_LIMITED = "connections limited by open files"
    COMMIT_FAILED = "commit failed"
    NODE_AWAY = "another node cannot be reached"
    NODE_REFUSED = "a node without our identity key was refused"
    MOVE_FAILED = "moving mailboxes failed"
    BLOB_FAILED = "a blob could not be read or written"
    MOVED = "mailboxes moved"
    CONTROL_FAILED = "control failed"
    METRICS_FAILED = "metrics failed"
    DISK_FILLING = "disk filling"
    DISK_FULL = "disk full"
    DISK_HAS_ROOM = "disk has room"
    COUNTERS = "counters"


_LEVELS: Final = {
    Event.CONNECTION_FAILED: LogLevel.ERROR,
    Event.COMMIT_FAILED: LogLevel.ERROR,
    Event.BLOB_FAILED: LogLevel.ERROR,
    Event.CONTROL_FAILED: LogLevel.ERROR,
    Event.METRICS_FAILED: LogLevel.ERROR,
    Event.DISK_FULL: LogLevel.ERROR,
    Event.ACCEPT_FAILED: LogLevel.WARNING,
    Event.DISK_FILLING: LogLevel.WARNING,
    Event.NODE_AWAY: LogLevel.WARNING,
    Event.NODE_REFUSED: LogLevel.WARNING,
    Event.MOVE_FAILED: LogLevel.WARNING,
}
"""Of the events that call for somebody; the others tell."""


class Log:
    """Writes events with the time of `clock` (ms)."""

    __slots__ = ("_clock", "_seen", "_settings")

    def __init__(self, clock: Clock, settings: LogSettings = LogSettings()) -> None:  # noqa: B008  # frozen
        self._clock = clock
        self._settings = settings
        self._seen: dict[Event, tuple[Instant, int]] = {}

    def note(self, event: Event, numbers: Mapping[str, int] | None = None) -> None:
        """Log an event with numbers."""
        self._add(event, numbers or {})

    def note_error(self, event: Event, error: BaseException) -> None:
        """Log the kinds of `error` and of what it groups; never its words, which may quote input."""
        self._add(event, {"kinds": sorted(set(_kinds(error)))})

    def _add(self, event: Event, values: Mapping[str, int | list[str]]) -> None:
        now = self._clock()
        level = _LEVELS.get(event, LogLevel.INFO)
        if level.value > self._settings.level.value:
            return
        since, written = self._seen.get(event, (now, 0))
        # A clock that was set back begins anew, as does one that has gone on.
        if not since <= now < since + _SPAN:
            since, unwritten, written = now, max(0, written - _REPEATS), 0
            values = {**values, "unwritten": unwritten} if unwritten else values
        self._seen[event] = since, written + 1
        if written < _REPEATS:
            self._write({"time": now, "level": level.name.lower(), "event": event, **values})

    def _write(self, record: Mapping[str, object]) -> None:
        line = _text(record) if self._settings.format is LogFormat.TEXT else _json(record)
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _json(record: Mapping[str, object]) -> str:
    return json.dumps(record, separators=(",", ":"))


def _text(record: Mapping[str, object]) -> str:
    time, level, event, *values = record.items()
    moment = datetime.fromtimestamp(int(str(time[1])) // SECOND, UTC).isoformat()
    words = [f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in values]
    return " ".join([moment, str(level[1]), str(event[1]), *words])


def _kinds(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [kind for inner in error.exceptions for kind in _kinds(inner)]
    return [type(error).__name__]
