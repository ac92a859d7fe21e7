"""A connection that gives up: a server that is stopped, or cut off, says nothing (Spec: RL-24)."""

import time
from typing import Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

SILENT_SECONDS: Final = 35.0
"""Longer than the server lets any statement take: one that says nothing for so long is not there."""

_LOOK_SECONDS: Final = 0.1
"""How often the wait looks whether somebody interrupts it, as psycopg itself does."""

_RV = TypeVar("_RV")


class PatientConnection(psycopg.Connection[TupleRow]):
    """Is closed when the server says nothing for `patience` seconds, if these are given.

    The system's own timeouts do not notice a server that is stopped: its kernel goes on to answer for it.
    """

    patience: float | None = SILENT_SECONDS

    def wait(self, gen: PQGen[_RV], interval: float = _LOOK_SECONDS, timeout: float | None = None) -> _RV:
        """Wait for the server; raises `psycopg.OperationalError` when it says nothing."""
        begun = time.monotonic()
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.patience is not None and time.monotonic() - begun >= self.patience:
                # Nobody knows what it will still say: nothing more is asked here.
                self.close()
            raise
