"""Whole copies of the database: made while it is in use, checked, and made safe to use again."""

import os
from pathlib import Path
from typing import Any, Final

import apsw

from relay.storage.database import open_database
from relay.storage.schema import SEQUENCE_BITS
from securemsg.errors import LocalError

_PAGES_AT_ONCE: Final = 256
"""Pages copied between two commits (1 MiB): that is how long submits wait for a backup."""


class Copy:
    """A copy in progress; what is committed meanwhile is in it too."""

    __slots__ = ("_backup", "_destination")

    def __init__(self, source: apsw.Connection, destination: Path) -> None:
        # Private before there is content in it.
        os.close(os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._destination = apsw.Connection(str(destination))
        self._destination.pragma("synchronous", "EXTRA")
        self._backup = self._destination.backup("main", source, "main")

    def step(self) -> bool:
        """Copy a little more; returns whether the copy is complete and on disk. Raises `LocalError`."""
        try:
            self._backup.step(_PAGES_AT_ONCE)
            if not self._backup.done:
                return False
            self._backup.finish()
            # A copy is one file: without this it would ask for a WAL beside it.
            self._destination.pragma("journal_mode", "DELETE")
            self._destination.close()
        except apsw.Error:
            self._destination.close(True)  # noqa: FBT003  # "force" in apsw's words
            raise LocalError("The copy could not be written; is there room where it goes?") from None
        return True


def faults(database: apsw.Connection) -> list[str]:
    """What is wrong with a database; an empty list if nothing is."""
    found = [str(row[0]) for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [
        "a row refers to a mailbox that is not there" for _ in database.execute("PRAGMA foreign_key_check")
    ]
    tally: Any = database.execute(
        "SELECT count(*) FROM mailbox LEFT JOIN (SELECT place >> ? AS box, count(*) AS messages,"
        " sum(length(sealed)) AS bytes, max(place & ?) AS last FROM envelope GROUP BY 1) AS real"
        " ON real.box = mailbox.box WHERE mailbox.messages <> ifnull(real.messages, 0)"
        " OR mailbox.bytes <> ifnull(real.bytes, 0) OR mailbox.last_sequence < ifnull(real.last, 0)",
        (SEQUENCE_BITS, (1 << SEQUENCE_BITS) - 1),
    ).fetchone()
    if tally[0]:
        found.append(f"{tally[0]} mailboxes do not agree with what is stored in them")
    return found


def void_leaves(path: Path) -> None:
    """Spend every leaf of a restored copy (Spec: MB-9).

    Some were handed out after the copy was made; nobody knows which. Their owners are
    told that the shelf is empty, and publish a new generation.
    """
    database = open_database(path)
    try:
        with database:
            database.execute("DELETE FROM leaf")
            database.execute("UPDATE shelf SET voided = 1")
        if faults(database):
            raise LocalError("The backup is damaged; restore an older one.")
        database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        database.close()
