"""One JSON object per line on standard error: an event, its time, numbers and kinds of errors.

There is no way to log an id, an address or content: values are numbers, and words of ours (Spec: RL-3).
"""

import json
import sys
from collections.abc import Mapping
from enum import StrEnum

from relay.clock import Clock


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
    CONTROL_FAILED = "control failed"
    COUNTERS = "counters"


class Log:
    """Writes events with the time of `clock` (ms)."""

    __slots__ = ("_clock",)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def note(self, event: Event, numbers: Mapping[str, int] | None = None) -> None:
        """Log an event with numbers."""
        self._write({"time": self._clock(), "event": event, **(numbers or {})})

    def note_error(self, event: Event, error: BaseException) -> None:
        """Log the kinds of `error` and of what it groups; never its words, which may quote input."""
        self._write({"time": self._clock(), "event": event, "kinds": sorted(set(_kinds(error)))})

    def _write(self, record: Mapping[str, object]) -> None:
        sys.stderr.write(json.dumps(record, separators=(",", ":")) + "\n")
        sys.stderr.flush()


def _kinds(error: BaseException) -> list[str]:
    if isinstance(error, BaseExceptionGroup):
        return [kind for inner in error.exceptions for kind in _kinds(inner)]
    return [type(error).__name__]
