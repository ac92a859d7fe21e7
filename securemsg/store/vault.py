"""The vault: one encrypted file, one process, one transaction at a time."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self, final

import apsw

from securemsg.crypto.argon2 import DEFAULT_COST, Cost
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError
from securemsg.store.connection import check_header, configure, open_database
from securemsg.store.errors import StorageFailed, database_errors
from securemsg.store.home import Home, HomeLock
from securemsg.store.migrations import check_version, migrate
from securemsg.store.owner import Owner
from securemsg.store.recent import RecentSessions
from securemsg.store.rows import Rows
from securemsg.store.slots import FileKey, Slot, encode_slots, open_slots
from securemsg.store.transaction import Transaction
from securemsg.store.wal import Wal, check_wal


@final
class Vault:
    """An open vault; it holds the lock of its home until `close`.

    Calls may come from different threads, one after the other.

    Spec: ST-1, ST-4, ST-6.
    """

    __slots__ = ("_busy", "_connection", "_failed", "_home", "_key", "_lock", "_recent", "_wal")

    def __init__(self, home: Home, lock: HomeLock, wal: Wal, key: FileKey) -> None:
        """Own what `create` or `open` made ready; use one of these."""
        self._home = home
        self._lock = lock
        self._connection: apsw.Connection | None = wal.connection
        self._wal = wal
        self._key = key
        self._busy = False
        self._failed = False
        self._recent = RecentSessions()

    @classmethod
    def create(
        cls, home: Path, passphrase: str, owner: Owner, entropy: Entropy, *, cost: Cost = DEFAULT_COST
    ) -> Self:
        """Make a home at a path where nothing or an empty folder is, and open it.

        It is filled in a folder beside and then renamed, so that a crash leaves a whole
        home or none. Raises `HomeExists`, `HomeInUse` while another process creates
        the same, `StorageFailed`, and `LocalError` for a passphrase that PR-15 refuses.

        Spec: ST-1, ST-3, CL-13.
        """
        place = Home(home.absolute())
        place.check_vacant()
        beside = place.beside()
        beside.prepare()
        lock = HomeLock.take(beside)
        try:
            beside.discard()
            key = FileKey.generate(entropy)
            slot = Slot.seal(key, passphrase, cost, entropy)
            beside.reserve_vault()
            _fill(beside, key, owner)
            beside.write_slots(encode_slots((slot,)))
            beside.move(place)
            return cls(place, lock, _open_file(place, key), key)
        except BaseException:
            beside.remove()
            lock.release()
            raise

    @classmethod
    def open(cls, home: Path, passphrase: str) -> Self:
        """Open the vault in the folder `home`, after the migrations that it lacks.

        Takes as long as its passphrase's derivation: about half a second. Raises
        `HomeMissing`, `HomeInUse`, `WrongPassphrase`, `VaultDamaged`, `VaultTooNew`,
        `StorageFailed`, and `LocalError` for a passphrase that PR-15 refuses.

        Spec: ST-3, ST-4, ST-5, ST-9.
        """
        place = Home(home.absolute())
        place.check_complete()
        place.make_private()
        lock = HomeLock.take(place)
        try:
            key = open_slots(place.read_slots(), passphrase)
            return cls(place, lock, _open_file(place, key), key)
        except BaseException:
            lock.release()
            raise

    @property
    def folder(self) -> Path:
        """The home, in which ciphertexts of files lie beside the vault (Spec: ST-1)."""
        return self._home.folder

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin; commit when the block ends, roll back when it raises.

        What the commit kept survives a power cut. After an erasure the WAL is
        truncated before this returns, or as soon as the disk has room for that. Raises
        `StorageFailed` when the disk refuses (nothing is confirmed) and from then on,
        `VaultDamaged`, and `LocalError` for a transaction inside another or after `close`.

        Spec: ST-6.
        """
        rows = Rows(self._ready())
        try:
            self._busy = True
            with self._guarded():
                self._wal.make_room()
                with self._wal.transaction():
                    yield Transaction(rows, self._recent)
                    if rows.erasing:
                        self._wal.number_erasure()
                    elif self._wal.is_long:
                        self._wal.number_last_commit()
                    else:
                        self._wal.number_commit()
                if rows.erasing:
                    self._wal.make_room()
        finally:
            rows.end()
            self._busy = False

    def checkpoint(self) -> None:
        """Move the WAL into the file and truncate it: nothing erased before stays on disk (Spec: ST-6)."""
        self._ready()
        with self._guarded():
            self._wal.move()

    def check(self) -> list[str]:
        """Read the whole file; return what is wrong with it, nothing where all is well."""
        connection = self._ready()
        with database_errors():
            found = [str(row[0]) for row in connection.execute("pragma integrity_check")]
            found += [f"dangling row in {row[0]}" for row in connection.execute("pragma foreign_key_check")]
        return [] if found == ["ok"] else found

    def change_passphrase(self, new: str, entropy: Entropy, *, cost: Cost = DEFAULT_COST) -> None:
        """Wrap the file key anew; the old passphrase opens nothing from then on.

        Raises `StorageFailed`, and `LocalError` for a passphrase that PR-15 refuses.

        Spec: ST-3.
        """
        self._ready()
        slot = Slot.seal(self._key, new, cost, entropy)
        self._home.write_slots(encode_slots((slot,)))

    def close(self) -> None:
        """Checkpoint, close the file and let others use the home; doing it twice is harmless.

        Raises `LocalError` while a transaction is open, perhaps in another thread.
        """
        if self._busy:
            raise LocalError("a transaction is open")
        connection, self._connection = self._connection, None
        self._recent = RecentSessions()
        try:
            if connection is not None:
                with database_errors(), closing(self._wal):
                    if not self._failed:
                        self._wal.settle()
        finally:
            self._lock.release()

    def _ready(self) -> apsw.Connection:
        if self._connection is None:
            raise LocalError("the vault is closed")
        if self._busy:
            raise LocalError("a transaction is open already")
        if self._failed:
            raise StorageFailed("The disk failed earlier: close this program, check the disk, start again.")
        return self._connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Remember that the disk failed.

        After a failed sync nobody knows what the disk holds (the kernel may have dropped
        the pages): trying again could confirm what is not there. Only opening anew tells.
        """
        with database_errors():
            try:
                yield
            except apsw.IOError:
                self._failed = True
                raise


def _fill(home: Home, key: FileKey, owner: Owner) -> None:
    """Give the reserved file its schema and its owner, all of it in the file itself at the end."""
    connection = open_database(home.vault, key)
    try:
        configure(connection)
        migrate(connection)
        with database_errors(), connection:
            Transaction(Rows(connection), RecentSessions()).owner.create(owner)
    finally:
        with database_errors():
            connection.close()


def _open_file(home: Home, key: FileKey) -> Wal:
    """Return a connection to a complete and current vault file, with its WAL."""
    check_header(home.vault)
    check_wal(home, key)
    wal = Wal(open_database(home.vault, key), home)
    try:
        check_version(wal.connection)
        configure(wal.connection)
        with database_errors():
            wal.settle()
        migrate(wal.connection)
        with database_errors():
            wal.settle()
    except BaseException:
        wal.close()
        raise
    return wal
