"""Moving a relay to another kind of store (Spec: RL-29)."""

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from relay.storage.migration.postgres import PostgresSide
from relay.storage.migration.record import Side
from relay.storage.migration.sqlite import SqliteSide
from relay.storage.postgres.connection import connect
from relay.storage.sqlite.database import open_database
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError

_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied, and SHA-256 over all of it."""

    mailboxes: int
    envelopes: int
    invitations: int
    digest: bytes


def sqlite_to_postgres(source: Path, conninfo: str, entropy: Entropy) -> Moved:
    """Copy the database file `source` into an empty PostgreSQL database, whole or not at all.

    Raises `LocalError`, also when a relay uses the source or the target holds anything.
    """
    with closing(open_database(source)) as database, _alone(conninfo) as connection:
        return _move(SqliteSide(database, entropy), PostgresSide(connection, entropy))


def postgres_to_sqlite(conninfo: str, target: Path, entropy: Entropy) -> Moved:
    """Copy a PostgreSQL database that no node uses into the new database file `target`.

    The file has another name until all is there. Raises `LocalError`.
    """
    part = target.with_name(target.name + ".part")
    for path in (target, part):
        if path.exists():
            raise LocalError(f"{path} is in the way; move it away.")
    with _alone(conninfo) as connection:
        try:
            with closing(open_database(part)) as database:
                moved = _move(PostgresSide(connection, entropy), SqliteSide(database, entropy))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    part.rename(target)
    return moved


@contextmanager
def _alone(conninfo: str) -> Iterator[psycopg.Connection]:
    """A transaction with the whole database for itself; it is undone when the block raises."""
    try:
        with closing(connect(conninfo, patience=None)) as connection, connection.transaction():
            for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                connection.execute("SELECT set_config(%s, '0', true)", (limit,))
            # Waits for transactions under way; those of a node that still serves fail meanwhile.
            connection.execute("LOCK TABLE mailbox, invitation IN EXCLUSIVE MODE")
            yield connection
    except psycopg.Error as error:
        raise LocalError(
            f"The PostgreSQL server failed ({type(error).__name__}); nothing was moved."
        ) from None


def _move(source: Side, target: Side) -> Moved:
    if next(itertools.chain(target.mailboxes(), target.invitations()), None) is not None:
        raise LocalError("The database to move to holds a relay; name an empty one.")
    expected = _summarise(source, target)
    if _summarise(target, None) != expected:
        raise LocalError("The copy differs from what was copied; nothing was moved.")
    return expected


def _summarise(side: Side, target: Side | None) -> Moved:
    """Read all of a side, and copy it to `target` where there is one."""
    digest = hashlib.sha256()
    mailboxes = envelopes = invitations = 0
    for mailbox in side.mailboxes():
        _feed(digest, mailbox.values)
        mailboxes += 1
        envelopes += len(mailbox.envelopes)
        if target is not None:
            target.add(mailbox)
    for row in side.invitations():
        _feed(digest, row)
        invitations += 1
        if target is not None:
            target.invite(row)
    return Moved(mailboxes, envelopes, invitations, digest.digest())


def _feed(digest: Any, value: tuple[Any, ...] | bytes | int) -> None:  # noqa: ANN401  # hashlib names no type
    if isinstance(value, int):
        digest.update(value.to_bytes(_LENGTH_BYTES, "big"))
        return
    digest.update(len(value).to_bytes(_LENGTH_BYTES, "big"))
    if isinstance(value, bytes):
        digest.update(value)
        return
    for part in value:
        _feed(digest, part)
