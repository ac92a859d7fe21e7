"""The steps by which one mailbox moves from a shard to another; each can be repeated (Spec: RL-55).

The mark says durably where it goes: whoever goes on after a crash goes on to the same place, also with a
newer list of epochs.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import Connection

from relay.storage.migration.postgres import PostgresSide
from relay.storage.migration.record import MailboxRecord
from relay.storage.operations import StoreFailedError
from relay.storage.policy import hour_of
from relay.storage.postgres.claim import Shard
from relay.storage.postgres.connection import connect
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError
from securemsg.instant import Instant

_FRESH_SECONDS: Final = 600
"""A copy that waited longer is not stored: it might be one from before the mailbox moved on."""

NAMES_AT_ONCE: Final = 1_000
"""Mailboxes looked at in one statement."""

_TURN: Final = 0x73_65_63_75_6D_6F_76_65
"""The advisory lock of the one node that moves mailboxes from a shard ("secumove")."""

_NAMES: Final = "SELECT name, moved FROM mailbox WHERE name > %s AND moved <= 0 ORDER BY name LIMIT %s"
_MARK: Final = """
UPDATE mailbox SET moved = %s WHERE name = %s AND moved = 0
    AND (SELECT map FROM store) = %s RETURNING moved
"""
_BOX: Final = "SELECT box, listener FROM mailbox WHERE name = %s AND moved < 0"
_THERE: Final = "SELECT moved FROM mailbox WHERE name = %s"
_LISTENER: Final = "UPDATE mailbox SET listener = %s WHERE name = %s"
_EMPTIED: Final = ("envelope", "submitted", "shelf", "leaf")
_LEFT: Final = """
UPDATE mailbox SET moved = %s, last_sequence = 0, messages = 0, bytes = 0, acknowledged = 0, submit_ids = 0
WHERE box = %s AND moved < 0
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything of a mailbox that is marked, and the number of its newest subscription."""

    mailbox: MailboxRecord
    listener: int
    packed: float = field(default_factory=time.monotonic)


class MovingShard:
    """One shard, as those see it who move mailboxes; every method raises `StoreFailedError`."""

    def __init__(self, conninfo: str, shard: Shard, entropy: Entropy) -> None:
        self.shard = shard
        self._conninfo = conninfo
        self._entropy = entropy
        self._connection: Connection | None = None

    def close(self) -> None:
        """Disconnect, and give the turn back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def take_turn(self) -> bool:
        """Be the only one who moves mailboxes from here, until `close`; tell whether nobody else is."""
        row = self._rows("SELECT pg_try_advisory_lock(%s)", _TURN)
        return bool(row[0][0])

    def names(self, after: bytes) -> Sequence[tuple[bytes, int]]:
        """The mailboxes that follow `after`, each with the shard that it is being moved to, or 0."""
        return [(name, -moved) for name, moved in self._rows(_NAMES, after, NAMES_AT_ONCE)]

    def has_room_for(self, name: bytes) -> bool:
        """Tell whether a mailbox may come here: not where it went from a short time ago."""
        return all(moved <= 0 for (moved,) in self._rows(_THERE, name))

    def mark(self, name: bytes, target: int) -> bool:
        """Stop a mailbox, which moves from now on; tell whether it was here, and the list is the newest."""
        return bool(self._rows(_MARK, -target, name, self.shard.map))

    def pack(self, name: bytes) -> Parcel | None:
        """Read everything of a mailbox that is marked; nobody changes it any more."""
        with self._transaction() as connection:
            connection.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = connection.execute(_BOX, (name,)).fetchone()
            return None if row is None else Parcel(PostgresSide(connection, self._entropy).read(name), row[1])

    def unpack(self, parcel: Parcel) -> bool:
        """Store a copy, unless it is there already; tell whether it is there now.

        It is not where the mailbox went from here a short time ago.
        """
        name = parcel.mailbox.name
        with suppress(_MadeMeanwhileError), self._transaction() as connection:
            there = connection.execute(_THERE, (name,)).fetchone()
            if there is not None:
                return bool(there[0] <= 0)
            if time.monotonic() > parcel.packed + _FRESH_SECONDS:
                raise StoreFailedError("a copy waited for too long")
            PostgresSide(connection, self._entropy).add(parcel.mailbox)
            connection.execute(_LISTENER, (parcel.listener, name))
        return True

    def leave(self, name: bytes, now: Instant) -> None:
        """Delete a mailbox that was copied, and say for a time that it went."""
        with self._transaction() as connection:
            row = connection.execute(_BOX + " FOR UPDATE", (name,)).fetchone()
            if row is None:
                return
            for table in _EMPTIED:
                connection.execute(f"DELETE FROM {table} WHERE box = %s", row[:1])  # noqa: S608  # our names
            connection.execute(_LEFT, (hour_of(now), row[0]))

    def _rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._transaction() as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            if self._connection is None:
                self._connection = connect(self._conninfo, self.shard)
            with self._connection.transaction():
                yield self._connection
        except psycopg.errors.UniqueViolation:
            raise _MadeMeanwhileError("another node copied it") from None
        except (psycopg.Error, LocalError) as error:
            self.close()
            raise StoreFailedError(f"a mailbox could not be moved: {type(error).__name__}") from None


class _MadeMeanwhileError(StoreFailedError):
    """The same copy was stored at the same moment."""
