"""What nodes share beside the database: the folder of blobs (Spec: RL-65)."""

from psycopg import Connection


def agree_on_blobs(connection: Connection, mark: bytes) -> bytes:
    """Tell the mark of a node's folder; returns the one that was told first."""
    with connection.transaction():
        connection.execute("UPDATE store SET blobs = %s WHERE blobs = ''", (mark,))
        row = connection.execute("SELECT blobs FROM store").fetchone()
    return bytes(row[0]) if row else b""


def forget_blobs(connection: Connection) -> None:
    """Have the next node tell its folder: the old one is lost."""
    with connection.transaction():
        connection.execute("UPDATE store SET blobs = ''")
