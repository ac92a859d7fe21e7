"""Whole copies of the database: made while it is in use, checked, and made safe to use again."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import apsw

from relay.storage.sqlite.database import open_database
from relay.storage.sqlite.schema import SEQUENCE_BITS
from securemsg.errors import LocalError

_PAGES_AT_ONCE: Final = 256
"""Pages copied before it is asked whether to go on (1 MiB)."""

_STEPS_AT_ONCE: Final = 100_000
"""Steps of SQLite's machine before it is asked whether to go on: some milliseconds."""

Pause: TypeAlias = Callable[[], None]
"""Called now and then by what takes long; raises to end it."""


@contextmanager
def reading(path: Path, pause: Pause) -> Iterator[apsw.Connection]:
    """Read the database file itself, past the lock and the memory of the connection that uses it.

    Nothing may be written back to the file meanwhile (`SqliteStore.settle`). It must be SQLite that
    opens it: a process that closes a file in another way loses all its locks on it.
    """

    def interrupts() -> bool:
        pause()
        return False

    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    with closing(apsw.Connection(f"file:{quote(str(path.absolute()))}?immutable=1", flags=flags)) as database:
        database.set_progress_handler(interrupts, _STEPS_AT_ONCE)
        yield database


def copy(source: Path, destination: Path, pause: Pause) -> None:
    """Copy a settled database to a new file, which is on disk when this returns; raises `LocalError`."""
    # Private before there is content in it.
    os.close(os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with reading(source, pause) as database, closing(apsw.Connection(str(destination))) as target:
        try:
            target.pragma("synchronous", "EXTRA")
            with target.backup("main", database, "main") as backup:
                while not backup.done:
                    backup.step(_PAGES_AT_ONCE)
                    pause()
            # A copy is one file: without this it would ask for a WAL beside it.
            target.pragma("journal_mode", "DELETE")
        except apsw.Error:
            raise LocalError("The copy could not be written; is there room where it goes?") from None


def faults(database: apsw.Connection) -> list[str]:
    """What is wrong with a database; an empty list if nothing is."""
    try:
        return _faults(database)
    except (apsw.CorruptError, apsw.NotADBError) as error:
        return [type(error).__name__]


def _faults(database: apsw.Connection) -> list[str]:
    found = [str(row[0]) for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [
        "a row refers to a mailbox that is not there" for _ in database.execute("PRAGMA foreign_key_check")
    ]
    tally: Any = database.execute(
        "SELECT count(*) FROM mailbox LEFT JOIN (SELECT place >> ? AS box, count(*) AS messages,"
        " sum(length(sealed)) AS bytes, max(place & ?) AS last FROM envelope GROUP BY 1) AS real"
        " ON real.box = mailbox.box WHERE mailbox.messages <> ifnull(real.messages, 0)"
        " OR mailbox.bytes <> ifnull(real.bytes, 0) OR mailbox.last_sequence < ifnull(real.last, 0)"
        " OR mailbox.acknowledged > mailbox.last_sequence",
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
    with closing(open_database(path)) as database:
        with database:
            database.execute("DELETE FROM leaf")
            database.execute("UPDATE shelf SET voided = 1")
        database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def verify(path: Path) -> None:
    """Open a database as a relay will; raises `LocalError` when it is damaged."""
    with closing(open_database(path)) as database:
        if faults(database):
            raise LocalError("The backup is damaged; restore an older one.")
