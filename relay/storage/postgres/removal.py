"""Deleting a mailbox from every table (Spec: MB-29)."""

from typing import Final

from psycopg import Connection

from relay.storage.clustering import ELSEWHERE_SECONDS
from relay.storage.operations import Refused, Result, Stored
from relay.storage.removal import RemoveMailbox
from securemsg.mailbox.answers import ErrorCode

_LOCK: Final = "SELECT box, moved, owner_key FROM mailbox WHERE name = %s FOR UPDATE"
"""Whoever waits for the row finds none when this is through."""

_DELETE: Final = tuple(
    f"DELETE FROM {table} WHERE box = %s"  # noqa: S608  # our names
    for table in ("envelope", "submitted", "leaf", "shelf", "token", "mailbox")
)


def remove_mailbox(connection: Connection, operation: RemoveMailbox) -> Result:
    """Delete everything of one mailbox in one transaction."""
    with connection.transaction():
        row = connection.execute(_LOCK.encode(), (operation.mailbox,)).fetchone()
        if row is None:
            return Refused(ErrorCode.REFUSED)
        box, moved, owner_key = row
        if moved:
            return Refused(ErrorCode.UNAVAILABLE, ELSEWHERE_SECONDS)
        if operation.owner not in {b"", owner_key}:
            return Refused(ErrorCode.REFUSED)
        for statement in _DELETE:
            connection.execute(statement.encode(), (box,))
    return Stored()
