"""One connection to the encrypted file, with the settings that the promises rest on."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

import apsw

from securemsg.errors import LocalError
from securemsg.store.errors import DAMAGED, VaultDamaged, database_errors, file_errors
from securemsg.store.slots import FileKey

CIPHER_VFS: Final = "multipleciphers-unix"
"""The layer of SQLite3 Multiple Ciphers over POSIX files. On any other the key would be
taken without a word and the file written in the clear."""

_STATEMENTS: Final = 256
"""Prepared statements kept: more than the store has, so that each is compiled once."""

_HEADER_START: Final = 16
_HEADER: Final = bytes.fromhex("1000 02 02 40 40 20 20")
"""Bytes 16 to 23 of the file, which the cipher leaves readable and unauthenticated: page
size 4,096, WAL twice, 64 bytes of every page reserved for nonce and tag, three constants
of the format (https://sqlite.org/fileformat2.html#the_database_header). A changed one
would make SQLite misread authentic pages."""

SETTINGS: Final = (
    "pragma synchronous = extra",
    "pragma journal_mode = wal",
    "pragma fullfsync = on",
    "pragma secure_delete = on",
    "pragma foreign_keys = on",
    "pragma temp_store = memory",
    "pragma trusted_schema = off",
)
"""A WAL commit survives a power cut only with `full`, and `extra` is that and more: it comes
first, because else nothing syncs that a new file's first journal is gone, and one that comes
back after a power cut undoes everything. `fullfsync` is what macOS calls a sync that reaches
the disk (Spec: ST-4)."""


def check_header(path: Path) -> None:
    """Raise `VaultDamaged` if the readable bytes of the file are not those of a vault (Spec: ST-9)."""
    with file_errors(), path.open("rb") as file:
        file.seek(_HEADER_START)
        header = file.read(len(_HEADER))
    if header != _HEADER:
        raise VaultDamaged(DAMAGED)


def open_database(path: Path, key: FileKey) -> apsw.Connection:
    """Return a connection to the existing file at `path`; nothing is read yet.

    Spec: ST-2.
    """
    return _open(str(path), apsw.SQLITE_OPEN_READWRITE, key)


def open_without_wal(path: Path, key: FileKey) -> apsw.Connection:
    """Return a connection that reads what is in the file itself, whatever its WAL says.

    Spec: ST-9.
    """
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return _open(f"file:{quote(os.fsencode(path))}?immutable=1", flags, key)


def _open(name: str, flags: int, key: FileKey) -> apsw.Connection:
    with database_errors():
        connection = apsw.Connection(name, flags=flags, vfs=CIPHER_VFS, statementcachesize=_STATEMENTS)
        if "multipleciphers-" not in (connection.vfsname("main") or ""):
            raise LocalError("SQLite3 Multiple Ciphers is missing: the vault would not be encrypted")
        connection.pragma("cipher", "aegis")
        connection.pragma("aegis_algorithm", "aegis-256")
        connection.execute(f"pragma key = 'raw:{key.expose().hex()}'").fetchall()
        # Before the first read: only then does the WAL do without a file of shared memory.
        connection.execute("pragma locking_mode = exclusive").fetchall()
    return connection


def configure(connection: apsw.Connection) -> None:
    """Apply the settings of ST-4 and read the file for the first time.

    Raises `VaultDamaged` when the key does not fit the file.
    """
    with database_errors():
        for setting in SETTINGS:
            connection.execute(setting).fetchall()
