"""Files with the schema and settings of the vault: encrypted as it is, not encrypted, and in SQLCipher."""

import importlib
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import apsw

from bench.sessions import entropy
from securemsg.store.connection import SETTINGS, configure, open_database
from securemsg.store.migrations import STEPS, migrate
from securemsg.store.slots import FileKey

_SETTINGS: Final = ("pragma locking_mode = exclusive", *SETTINGS)
"""ST-4, for connections that the vault does not open."""

Value: TypeAlias = int | float | str | bytes | None
"""What SQLite keeps."""


class Cursor(Protocol):
    """What a statement answers."""

    def fetchall(self) -> list[Any]:
        """Return the rows."""


class Connection(Protocol):
    """What apsw and the DB-API have in common."""

    def execute(self, sql: str, values: tuple[Value, ...] = ..., /) -> Cursor:
        """Run one statement."""

    def close(self) -> None:
        """Close the file."""


def encrypted(path: Path) -> apsw.Connection:
    """Return a file encrypted as the vault's, without the vault."""
    path.touch()
    connection = open_database(path, FileKey.generate(entropy))
    configure(connection)
    migrate(connection)
    return connection


def plain(path: Path) -> apsw.Connection:
    """Return a file that is not encrypted, from the same SQLite."""
    connection = apsw.Connection(str(path), vfs="unix")
    for setting in _SETTINGS:
        connection.execute(setting).fetchall()
    migrate(connection)
    return connection


def sqlcipher(path: Path) -> Connection | None:
    """Return a file of SQLCipher with a raw key, its defaults otherwise; `None` where it is not installed."""
    try:
        module = importlib.import_module("sqlcipher3.dbapi2")
    except ImportError:
        return None
    connection: Connection = module.connect(str(path), isolation_level=None)
    connection.execute(f"pragma key = \"x'{entropy(32).hex()}'\"")
    for setting in _SETTINGS:
        connection.execute(setting).fetchall()
    for step in STEPS:
        for statement in step:
            connection.execute(statement)
    return connection
