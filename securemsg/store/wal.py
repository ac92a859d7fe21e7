"""The WAL beside the vault file: whether it belongs to it, and when it goes into it.

SQLite applies any WAL whose checksums are right. One of another moment of the same vault,
left where somebody put back `vault.db` alone, holds authentic pages, and the mixture would
be no moment of the vault at all. So a number in the first page tells which WAL may follow
which file:

    file 2k --first commit--> WAL 2k+1 --last commit--> WAL 2k+2 --checkpoint--> file 2k+2

Only checkpoints write to the file, all of a WAL or, cut short, a part that the same WAL
completes.

Spec: ST-10.
"""

import contextlib
from collections.abc import Iterator
from typing import Final, final

import apsw

from securemsg.store.connection import open_database, open_without_wal
from securemsg.store.errors import DAMAGED, VaultDamaged, database_errors, file_errors
from securemsg.store.home import Home
from securemsg.store.slots import FileKey

WAL_PAGES: Final = 1_000
"""The WAL goes into the file when it is longer (4 MiB): that bounds the time of an opening."""

FOREIGN: Final = (
    "vault.db-wal belongs to another moment of vault.db: restore the whole folder from a backup, with nothing"
    " of before left in it; nothing was overwritten."
)
"""Text of a `VaultDamaged` for a WAL that does not follow its file."""


_PAGE: Final = 4096
"""Bytes of a page; a file of other lengths was cut, unless a checkpoint was making it longer."""

_FRAME: Final = _PAGE + 24
"""Bytes of one page in the WAL, with what SQLite notes about it."""


@final
class Wal:
    """The WAL of an open vault; what SQLite raises passes through.

    Spec: ST-6, ST-9.
    """

    __slots__ = ("_before", "_holds_erased", "_is_empty", "_pages", "connection")

    def __init__(self, connection: apsw.Connection, home: Home) -> None:
        """Begin with whatever the last process left in the WAL; nothing is written to the file."""
        self.connection = connection
        size = _size(home)
        self._pages = size // _FRAME
        self._is_empty = size == 0
        # What the last process left may hold anything.
        self._holds_erased = size > 0
        self._before = 0
        # It also takes the place of SQLite's own checkpoints.
        connection.set_wal_hook(self._committed)
        # Closing after a failure must leave things as they are: what the disk holds is not known.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin; commit when the block ends, roll back when it raises."""
        connection = self.connection
        self._before = connection.total_changes()
        try:
            connection.execute("begin immediate")
            yield
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise

    def number_commit(self) -> None:
        """Give the commit of the open transaction the number of this WAL, if it changes something.

        Raises `apsw.FullError` while the checkpoint that must come first finds no room.
        """
        if self.connection.total_changes() == self._before:
            return
        number = number_of(self.connection)
        if number % 2 == 0:
            if self._pages:
                raise apsw.FullError
            _set_number(self.connection, number + 1)

    def number_last_commit(self) -> None:
        """Let the commit of the open transaction be the last of this WAL: a checkpoint must follow."""
        self.number_commit()
        number = number_of(self.connection)
        if number % 2:
            _set_number(self.connection, number + 1)

    def number_erasure(self) -> None:
        """Let the commit of the open transaction be the last, and of its WAL nothing be left (Spec: ST-6)."""
        self.number_last_commit()
        self._holds_erased = True

    @property
    def is_long(self) -> bool:
        """Tell whether the WAL should go into the file."""
        return self._pages > WAL_PAGES

    @property
    def _is_ended(self) -> bool:
        """Tell whether a checkpoint must come before the next change."""
        return self._pages > 0 and number_of(self.connection) % 2 == 0

    def move(self) -> None:
        """Bring the WAL into the file and truncate it."""
        if self._is_empty:
            return
        if self._pages and not self._is_ended:
            with self.transaction():
                self.number_last_commit()
        self._checkpoint(apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._is_empty = True
        self._holds_erased = False

    def settle(self) -> None:
        """Move the WAL if the disk has room for it; what is in it is durable in any case."""
        with contextlib.suppress(apsw.FullError):
            self.move()

    def make_room(self) -> None:
        """Do the checkpoint that is due; until there is room for it the WAL takes no more changes."""
        if self._holds_erased:
            self.settle()
        elif self._is_ended:
            # Written over from its beginning: while a file grows, the file system syncs its journal as well,
            # and a commit takes half as long again.
            with contextlib.suppress(apsw.FullError):
                self._checkpoint(apsw.SQLITE_CHECKPOINT_RESTART)

    def close(self) -> None:
        """Close the file, and remove the WAL if all of it is in there; never raises.

        What was committed is safe in any case, so an error would hide a better one.
        """
        with contextlib.suppress(apsw.Error):
            if self._is_empty:
                self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
            self.connection.close()

    def _checkpoint(self, mode: int) -> None:
        self.connection.wal_checkpoint(mode=mode)
        self._pages = 0

    def _committed(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        self._is_empty = False
        return apsw.SQLITE_OK


def check_wal(home: Home, key: FileKey) -> None:
    """Raise `VaultDamaged` for a WAL that does not follow its file, or a file cut in a page (Spec: ST-9).

    Nothing is written.
    """
    if _size(home) == 0:
        with file_errors():
            cut = home.vault.stat().st_size % _PAGE
        if cut:
            raise VaultDamaged(DAMAGED)
        return
    file = _number_of_file(home, key)
    with database_errors(), contextlib.closing(open_database(home.vault, key)) as connection:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        wal = number_of(connection)
    if file is None:
        # A checkpoint that was cut short may have torn the first page: only a whole WAL mends it.
        if wal % 2:
            raise VaultDamaged(DAMAGED)
    elif not file <= wal <= file + 2:
        raise VaultDamaged(FOREIGN)


def number_of(connection: apsw.Connection) -> int:
    """Return the number in the first page, as this connection sees it."""
    return int(connection.pragma("application_id"))


def _set_number(connection: apsw.Connection, number: int) -> None:
    connection.execute(f"pragma application_id = {number}", can_cache=False)


def _number_of_file(home: Home, key: FileKey) -> int | None:
    """Return the number in the file itself, `None` if its first page cannot be read."""
    try:
        with database_errors(), contextlib.closing(open_without_wal(home.vault, key)) as connection:
            return number_of(connection)
    except VaultDamaged:
        return None


def _size(home: Home) -> int:
    """Return how many bytes the WAL has, 0 where there is none."""
    with file_errors():
        return home.wal.stat().st_size if home.wal.exists() else 0
