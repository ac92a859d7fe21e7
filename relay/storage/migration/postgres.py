"""The PostgreSQL side of a migration."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from psycopg import Connection

from relay.storage.migration.record import NAMES_AT_ONCE, MailboxRecord, Row
from relay.storage.postgres.decide import number_of
from securemsg.crypto.entropy import Entropy

_MAILBOX: Final = "mailbox (box, name, owner_key, last_sequence, messages, bytes, acknowledged, submit_ids)"

_TYPES: Final = {
    _MAILBOX: ("int8", "bytea", "bytea", "int8", "int8", "int8", "int8", "int8"),
    "token": ("int8", "bytea"),
    "envelope": ("int8", "int8", "bytea", "int8", "bytea"),
    "submitted": ("int8", "bytea", "int8"),
    "shelf": ("int8", "int8", "int8", "int8", "int8", "int8", "bytea"),
    "leaf": ("int8", "int8", "bool", "bytea"),
    "invitation": ("bytea", "int8", "int8"),
}
"""Of the columns of each table, in their order."""


class PostgresSide:
    """A database within a transaction of the caller's that keeps all others out."""

    def __init__(self, connection: Connection, entropy: Entropy) -> None:
        self._connection = connection
        self._entropy = entropy
        ((self._epoch,),) = self._rows("SELECT epoch FROM store")

    def mailboxes(self) -> Iterator[MailboxRecord]:
        """Everything about mailboxes, by name."""
        names = self._rows("SELECT name FROM mailbox WHERE moved = 0 ORDER BY name LIMIT %s", NAMES_AT_ONCE)
        while names:
            for (name,) in names:
                yield self.read(name)
            names = self._rows(
                "SELECT name FROM mailbox WHERE moved = 0 AND name > %s ORDER BY name LIMIT %s",
                names[-1][0],
                NAMES_AT_ONCE,
            )

    def invitations(self) -> Iterator[Row]:
        """Invitations, by hash."""
        yield from self._rows("SELECT hash, uses_left, expires_hour FROM invitation ORDER BY hash")

    def add(self, mailbox: MailboxRecord) -> None:
        """Store a mailbox, under a new number."""
        box = number_of(self._entropy)
        tally = mailbox.last_sequence, mailbox.messages, mailbox.bytes, mailbox.acknowledged
        remaining = sum(not spent for _, spent, _ in mailbox.leaves)
        self._copy(_MAILBOX, [(box, mailbox.name, mailbox.owner_key, *tally, len(mailbox.submitted))])
        self._copy("token", [(box, *row) for row in mailbox.tokens])
        self._copy("envelope", [(box, *row) for row in mailbox.envelopes])
        self._copy("submitted", [(box, *row) for row in mailbox.submitted])
        self._copy(
            "shelf",
            [
                (box, generation, self._epoch - voided, remaining, 0, 0, manifest)
                for generation, manifest, voided in mailbox.shelf
            ],
        )
        self._copy(
            "leaf", [(box, position, bool(spent), sealed) for position, spent, sealed in mailbox.leaves]
        )

    def invite(self, row: Row) -> None:
        """Store an invitation."""
        self._copy("invitation", [row])

    def read(self, name: bytes) -> MailboxRecord:
        """Everything about one mailbox that is there."""
        ((box, owner_key, last_sequence, messages, size, acknowledged),) = self._rows(
            "SELECT box, owner_key, last_sequence, messages, bytes, acknowledged"
            " FROM mailbox WHERE name = %s",
            name,
        )
        return MailboxRecord(
            name,
            owner_key,
            last_sequence,
            messages,
            size,
            acknowledged,
            self._rows("SELECT hash FROM token WHERE box = %s ORDER BY hash", box),
            self._rows(
                "SELECT sequence, submit_id, expires_hour, sealed FROM envelope"
                " WHERE box = %s ORDER BY sequence",
                box,
            ),
            self._rows(
                "SELECT submit_id, expires_hour FROM submitted WHERE box = %s ORDER BY submit_id", box
            ),
            self._rows(
                "SELECT generation, manifest, (epoch < %s)::int FROM shelf WHERE box = %s", self._epoch, box
            ),
            self._rows(
                "SELECT position, spent::int, sealed FROM leaf JOIN shelf ON shelf.box = leaf.box"
                " WHERE leaf.box = %s AND epoch = %s ORDER BY position",
                box,
                self._epoch,
            ),
        )

    def _rows(self, query: str, *parameters: Any) -> tuple[Row, ...]:  # noqa: ANN401  # values of columns
        return tuple(self._connection.execute(query.encode(), parameters, binary=True).fetchall())

    def _copy(self, table: str, rows: Iterable[Row]) -> None:
        statement = f"COPY {table} FROM STDIN (FORMAT binary)".encode()
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(_TYPES[table])
            for row in rows:
                copy.write_row(row)
