"""The SQLite side of a migration."""

from collections.abc import Iterator
from typing import Any, Final

import apsw

from relay.storage.migration.record import NAMES_AT_ONCE, MailboxRecord, Row
from relay.storage.sqlite.recent import remembered
from relay.storage.sqlite.schema import LAST_BOX, LEAF_BITS, SEQUENCE_BITS, leaf_places_of, places_of
from securemsg.crypto.entropy import Entropy

_LAST_SEQUENCE: Final = (1 << SEQUENCE_BITS) - 1


class SqliteSide:
    """A database that is open for nobody else."""

    def __init__(self, database: apsw.Connection, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def mailboxes(self) -> Iterator[MailboxRecord]:
        """Everything about mailboxes, by name."""
        names = self._rows("SELECT name FROM mailbox ORDER BY name LIMIT ?", NAMES_AT_ONCE)
        while names:
            for (name,) in names:
                yield self._read(name)
            names = self._rows(
                "SELECT name FROM mailbox WHERE name > ? ORDER BY name LIMIT ?", names[-1][0], NAMES_AT_ONCE
            )

    def invitations(self) -> Iterator[Row]:
        """Invitations, by hash."""
        yield from self._rows("SELECT hash, uses_left, expires_hour FROM invitation ORDER BY hash")

    def add(self, mailbox: MailboxRecord) -> None:
        """Store a mailbox, under a new number."""
        box = self._free_number()
        with self._database:
            self._insert(
                "INSERT INTO mailbox (box, name, owner_key, last_sequence, messages, bytes, acknowledged)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        box,
                        mailbox.name,
                        mailbox.owner_key,
                        mailbox.last_sequence,
                        mailbox.messages,
                        mailbox.bytes,
                        mailbox.acknowledged,
                    )
                ],
            )
            self._insert("INSERT INTO token VALUES (?, ?)", [(box, *row) for row in mailbox.tokens])
            first, _ = places_of(box, 0)
            self._insert(
                "INSERT INTO envelope VALUES (?, ?, ?, ?)",
                [(first | sequence, *row) for sequence, *row in mailbox.envelopes],
            )
            self._insert("INSERT INTO submitted VALUES (?, ?, ?)", [(box, *row) for row in mailbox.submitted])
            self._insert("INSERT INTO shelf VALUES (?, ?, ?, ?)", [(box, *row) for row in mailbox.shelf])
            first, _ = leaf_places_of(box)
            self._insert(
                "INSERT INTO leaf VALUES (?, ?, ?)",
                [(first | position, *row) for position, *row in mailbox.leaves],
            )

    def invite(self, row: Row) -> None:
        """Store an invitation."""
        self._insert("INSERT INTO invitation VALUES (?, ?, ?)", [row])

    def _read(self, name: bytes) -> MailboxRecord:
        ((box, owner_key, last_sequence, messages, size, acknowledged),) = self._rows(
            "SELECT box, owner_key, last_sequence, messages, bytes, acknowledged FROM mailbox WHERE name = ?",
            name,
        )
        last = places_of(box, _LAST_SEQUENCE)
        return MailboxRecord(
            name,
            owner_key,
            last_sequence,
            messages,
            size,
            acknowledged,
            self._rows("SELECT hash FROM token WHERE box = ? ORDER BY hash", box),
            self._rows(
                "SELECT place & ?, submit_id, expires_hour, sealed FROM envelope"
                " WHERE place BETWEEN ? AND ? ORDER BY place",
                _LAST_SEQUENCE,
                *last,
            ),
            tuple(
                sorted(
                    self._rows("SELECT submit_id, expires_hour FROM submitted WHERE box = ?", box)
                    + tuple(remembered(self._database, box))
                )
            ),
            self._rows("SELECT generation, manifest, voided FROM shelf WHERE box = ?", box),
            self._rows(
                "SELECT place & ?, spent, sealed FROM leaf WHERE place BETWEEN ? AND ? ORDER BY place",
                (1 << LEAF_BITS) - 1,
                *leaf_places_of(box),
            ),
        )

    def _free_number(self) -> int:
        while True:
            number = int.from_bytes(self._entropy(8), "big") % LAST_BOX + 1
            if not self._rows("SELECT 1 FROM mailbox WHERE box = ?", number):
                return number

    def _rows(self, query: str, *parameters: Any) -> tuple[Row, ...]:  # noqa: ANN401  # values of columns
        return tuple(self._database.execute(query, parameters).fetchall())

    def _insert(self, statement: str, rows: list[Row]) -> None:
        self._database.executemany(statement, rows)
