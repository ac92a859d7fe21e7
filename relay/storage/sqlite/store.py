"""The embedded store: one SQLite file, one connection, one caller at a time."""

import contextlib
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Self

import apsw

from relay.storage.clustering import Admit, ForgetRedemption, Redeem, Register, TakeOver
from relay.storage.inspection import ListInvitations, LookAtHoldings, RevokeInvitation
from relay.storage.operations import (
    Acknowledge,
    Append,
    ChangeTokens,
    Count,
    Create,
    Expire,
    Expired,
    Fetch,
    FindOwner,
    Invite,
    LookAtMailbox,
    LookAtShelf,
    OfOwner,
    Operation,
    PutLeaves,
    PutManifest,
    Refused,
    Result,
    StoreBrokenError,
    StoreFailedError,
    TakePrekeys,
    Totals,
)
from relay.storage.policy import StorePolicy
from relay.storage.removal import RemoveMailbox
from relay.storage.rights import ShowToken
from relay.storage.sqlite.boxes import Boxes
from relay.storage.sqlite.database import open_database
from relay.storage.sqlite.envelopes import Envelopes
from relay.storage.sqlite.holdings import look_at_holdings
from relay.storage.sqlite.registration import Registrations
from relay.storage.sqlite.removal import remove_mailbox
from relay.storage.sqlite.shelf import Shelves
from securemsg.errors import LocalError
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode

_WAL_PAGES: Final = 8_192
"""The WAL is written back when it is longer (32 MiB): that bounds a restart and one write-back."""


class SqliteStore:
    """A `Store` in `relay.db`.

    Calls must not overlap, but may come from different threads.
    """

    __slots__ = (
        "_boxes",
        "_database",
        "_envelopes",
        "_is_settled",
        "_registrations",
        "_shelves",
        "_wal_pages",
    )

    def __init__(self, database: apsw.Connection, policy: StorePolicy) -> None:
        self._database = database
        self._boxes = Boxes(database)
        self._envelopes = Envelopes(database, self._boxes, policy)
        self._registrations = Registrations(database, self._boxes, policy)
        self._shelves = Shelves(database, self._boxes)
        self._is_settled = False
        self._wal_pages = 0
        database.set_wal_hook(self._committed)

    @classmethod
    def open(cls, path: Path, policy: StorePolicy, vfs: str | None = None) -> Self:
        """Open or create the store at `path`; raises `LocalError` when it is in use or damaged."""
        return cls(open_database(path, vfs), policy)

    @property
    def database(self) -> apsw.Connection:
        """The connection, for looks at the whole file."""
        return self._database

    def settle(self) -> None:
        """Bring everything into the database file and leave the file alone until `resume`.

        What is committed meanwhile waits in the WAL. Raises `LocalError` without room for it,
        `StoreBrokenError` where the disk fails.
        """
        self._is_settled = True
        if not self._write_back(apsw.SQLITE_CHECKPOINT_TRUNCATE):
            self._is_settled = False
            raise LocalError(
                "There is no room on the disk or in memory to bring the database up to date; make some."
            )

    def resume(self) -> None:
        """Write to the database file again; may be called from any thread."""
        self._is_settled = False

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered."""
        return self._database.execute("SELECT 1 FROM mailbox LIMIT 1").fetchone() is not None

    def agree_on_blobs(self, mark: bytes) -> bytes:
        """The same: nobody shares the folder of blobs (Spec: RL-65)."""
        return mark

    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        """Carry out all operations in order in one durable transaction (Spec: RL-1, RL-5)."""
        try:
            results = self._transact(operations, now)
        except apsw.IOError as error:
            raise StoreBrokenError(f"the disk failed: {type(error).__name__}") from None
        except apsw.Error as error:
            raise StoreFailedError(f"the commit failed: {type(error).__name__}") from None
        if self._wal_pages > _WAL_PAGES and not self._is_settled:
            # Not emptied: to write over what is there costs an fsync less than half of what growing costs.
            self._write_back(apsw.SQLITE_CHECKPOINT_PASSIVE)
        return results

    def tidy(self) -> None:
        """Bring the WAL into the database and empty it (Spec: RL-7).

        Without room on the disk or in memory the WAL stays as it is: everything in it is durable already.
        Raises `StoreBrokenError`.
        """
        if not self._is_settled:
            self._write_back(apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def close(self) -> None:
        """Write back what can be and release the file; what was committed is safe in any case."""
        with contextlib.suppress(apsw.Error):
            self._database.close()

    def _write_back(self, mode: int) -> bool:
        try:
            self._database.wal_checkpoint(mode=mode)
            self._wal_pages = 0
        except (apsw.FullError, apsw.NoMemError):
            return False
        except apsw.Error as error:
            raise StoreBrokenError(f"the disk failed: {type(error).__name__}") from None
        return True

    def _transact(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        results: list[Result] = []
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for kind, run in itertools.groupby(operations, type):
                results += self._carry_out_run(kind, run, now)
            self._boxes.save()
            self._database.execute("COMMIT")
        except BaseException:
            self._boxes.forget()
            # SQLite has rolled back by itself after some errors.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        return results

    def _carry_out_run(self, kind: type[Operation], run: Iterable[Operation], now: Instant) -> list[Result]:
        if kind is Append:
            return self._envelopes.append(
                [operation for operation in run if isinstance(operation, Append)], now
            )
        return [self._carry_out(operation, now) for operation in run]

    def _carry_out(self, operation: Operation, now: Instant) -> Result:  # noqa: C901, PLR0911, PLR0912  # one table
        if isinstance(operation, OfOwner) and not self._boxes.obeys(operation):
            return Refused(ErrorCode.REFUSED)
        match operation:
            case Acknowledge():
                return self._envelopes.acknowledge(operation)
            case Fetch():
                return self._envelopes.fetch(operation)
            case LookAtMailbox(mailbox) | TakeOver(mailbox):
                # Whoever subscribes to a file does it in this process: nothing needs to be numbered.
                return self._envelopes.look(LookAtMailbox(mailbox))
            case Create():
                return self._registrations.create(operation, now)
            case FindOwner() | ChangeTokens() | ShowToken() | Invite() | RevokeInvitation():
                return self._register(operation)
            case RemoveMailbox():
                return remove_mailbox(self._database, self._boxes, operation)
            case PutManifest():
                return self._shelves.put_manifest(operation)
            case PutLeaves():
                return self._shelves.put_leaves(operation)
            case TakePrekeys():
                return self._shelves.take(operation, now)
            case LookAtShelf():
                return self._shelves.look(operation)
            case ListInvitations():
                return self._registrations.list_invitations(now)
            case LookAtHoldings():
                return look_at_holdings(self._database, self._boxes, operation)
            case Expire():
                return self._expire(operation, now)
            case Count():
                return self._count()
            case Append():
                return self._envelopes.append([operation], now)[0]
            case Register() | Admit() | Redeem() | ForgetRedemption():
                # Of shards, which a file has none of.
                return Refused(ErrorCode.UNAVAILABLE)

    def _register(
        self, operation: FindOwner | ChangeTokens | ShowToken | Invite | RevokeInvitation
    ) -> Result:
        match operation:
            case FindOwner():
                return self._registrations.find_owner(operation)
            case ChangeTokens():
                return self._registrations.change_tokens(operation)
            case ShowToken():
                return self._registrations.show_token(operation)
            case Invite():
                return self._registrations.invite(operation)
            case RevokeInvitation():
                return self._registrations.revoke_invitation(operation)

    def _expire(self, operation: Expire, now: Instant) -> Expired:
        removed = self._envelopes.expire(now, operation.budget)
        if removed >= operation.budget:
            return Expired(operation.cursor, removed)
        expired = self._envelopes.expire_submit_ids(operation.cursor, now)
        if expired.cursor is None:
            removed += self._registrations.expire_invitations(now)
        return Expired(expired.cursor, removed + expired.removed)

    def _count(self) -> Totals:
        row: Any = self._database.execute(
            "SELECT count(*), total(messages), total(bytes),"
            " (SELECT count(*) FROM invitation WHERE uses_left > 0) FROM mailbox"
        ).fetchone()
        return Totals(*(int(value) for value in row))

    def _committed(self, _database: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK
