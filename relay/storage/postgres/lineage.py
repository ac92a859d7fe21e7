"""Whether the database went on from where it was: leaves are handed out once, also after a restore."""

from typing import Final

from psycopg import Connection

_HERE: Final = """
SELECT system_identifier, ('x' || lpad(substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), 16, '0'))
    ::bit(64)::bigint
FROM pg_control_system()
"""
"""The cluster, and its timeline now: the one in the control file is that of the last checkpoint."""


def follow(connection: Connection) -> bool:
    """Void all leaves when the database lies on another cluster or timeline than before; tell whether.

    That is so after a failover and after most restores. Of a failover to a synchronous standby
    nothing is missing, but nobody here can know which one it was. Call with the turn taken.

    Spec: RL-25
    """
    here = connection.execute(_HERE).fetchone()
    before = connection.execute("SELECT cluster, timeline FROM store").fetchone()
    if before == here:
        return False
    if before != (0, 0):
        void_leaves(connection)
    connection.execute("UPDATE store SET cluster = %s, timeline = %s", here)
    return before != (0, 0)


def void_leaves(connection: Connection) -> None:
    """Raise the epoch of the store: shelves of an earlier one count as empty (Spec: MB-9, RL-25).

    Transactions that read the old epoch have ended when this has the lock.
    """
    connection.execute("LOCK TABLE mailbox IN EXCLUSIVE MODE")
    connection.execute("UPDATE store SET epoch = epoch + 1")
