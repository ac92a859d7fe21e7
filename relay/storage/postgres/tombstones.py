"""What is left of mailboxes that moved away, for a time: who looks here learns that they are elsewhere."""

from typing import Final

from psycopg import Connection

from relay.storage.policy import hour_of
from relay.storage.postgres.arrays import Numbers
from securemsg.instant import Instant

TOMBSTONE_HOURS: Final = 24
"""Longer than any question is under way, and than a move may hang (Spec: RL-55)."""

_AT_ONCE: Final = 1_000

_DUE: Final = "SELECT box FROM mailbox WHERE moved > 0 AND moved <= %s LIMIT %s"
_TOKENS: Final = "DELETE FROM token WHERE box = ANY(%s)"
_MAILBOX: Final = "DELETE FROM mailbox WHERE box = ANY(%s) AND moved > 0"


def bury(connection: Connection, now: Instant) -> int:
    """Delete what is left of some mailboxes that went long ago; within the caller's transaction."""
    due = connection.execute(_DUE, (hour_of(now) - TOMBSTONE_HOURS, _AT_ONCE)).fetchall()
    if not due:
        return 0
    boxes = Numbers([box for (box,) in due])
    connection.execute(_TOKENS, (boxes,))
    return connection.execute(_MAILBOX, (boxes,)).rowcount
