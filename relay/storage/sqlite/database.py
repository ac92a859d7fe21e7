"""One SQLite file, opened so that what it says is committed stays so, and so that nobody else opens it."""

import functools
from pathlib import Path
from typing import Any, Final

import apsw

from relay.storage.sqlite.schema import migrate
from securemsg.errors import LocalError

_STATEMENTS: Final = 512
"""Prepared statements kept: the multi-row ones come in up to 64 lengths each."""

_ROWS_AT_ONCE: Final = 64
"""Rows of a multi-row statement; each number of them up to this is a statement of its own."""

_MANY_ROWS: Final = 256
"""Rows of a multi-row statement as long as there are so many."""

_CACHE_KIBIBYTES: Final = 32 * 1024
"""Pages kept in memory: with the default of 2 MiB a large commit reads back what it has just written."""


def open_database(path: Path, vfs: str | None = None) -> apsw.Connection:
    """Open or create the database at `path`, alone and durable (Spec: RL-1).

    Raises `LocalError` when another process has it, when it is not such a database, and when the
    disk fails or is full.
    """
    try:
        database = apsw.Connection(str(path), vfs=vfs, statementcachesize=_STATEMENTS)
        _configure(database)
        migrate(database)
    except apsw.BusyError:
        raise LocalError(
            "Another securemsg-relay uses this data folder; stop it, or use --data for another."
        ) from None
    except (apsw.NotADBError, apsw.CorruptError):
        raise LocalError("relay.db is damaged; restore a backup with `securemsg-relay restore`.") from None
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        raise LocalError("relay.db cannot be opened; make the data folder writable for this user.") from None
    except apsw.FullError:
        raise LocalError("relay.db cannot be opened: the disk is full; make room on it.") from None
    except apsw.Error as error:
        raise LocalError(
            f"relay.db cannot be opened ({type(error).__name__}); check the disk and the free memory."
        ) from None
    return database


def _configure(database: apsw.Connection) -> None:
    if database.readonly("main"):
        # SQLite falls back to reading alone, and would stumble later with another error.
        raise apsw.ReadOnlyError
    # EXCLUSIVE before the first read: the lock is held from the start, the WAL needs no shared memory.
    database.pragma("locking_mode", "EXCLUSIVE")
    # EXTRA before a file is made: else nothing syncs that its first journal is gone, and a journal that
    # comes back after a power cut undoes everything. With a WAL, EXTRA is FULL.
    database.pragma("synchronous", "EXTRA")
    database.pragma("journal_mode", "WAL")
    database.pragma("secure_delete", True)  # noqa: FBT003  # the value of a pragma
    database.pragma("foreign_keys", True)  # noqa: FBT003  # the value of a pragma
    database.pragma("cache_size", -_CACHE_KIBIBYTES)
    # The store checkpoints by itself, between commits.
    database.pragma("wal_autocheckpoint", 0)
    database.execute("BEGIN EXCLUSIVE; COMMIT")


@functools.cache
def _spread(statement: str, rows: int, columns: int) -> str:
    one = f"({','.join('?' * columns)})"
    return statement.replace("(ROWS)", ",".join([one] * rows))


def execute_flat(
    database: apsw.Connection, statement: str, columns: int, values: list[object]
) -> list[tuple[Any, ...]]:
    """Run `statement` for rows whose `values` follow each other; `(ROWS)` in it stands for placeholders.

    Each statement gives the interpreter lock away once, whatever its rows, and waits to have it back.
    """
    found: list[tuple[Any, ...]] = []
    start, rows = 0, len(values) // columns
    while rows:
        count = _MANY_ROWS if rows >= _MANY_ROWS else min(rows, _ROWS_AT_ONCE)
        end = start + count * columns
        found.extend(database.execute(_spread(statement, count, columns), values[start:end]))
        start, rows = end, rows - count
    return found
