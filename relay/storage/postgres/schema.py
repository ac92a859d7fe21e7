"""The tables in PostgreSQL, as numbered steps that are never edited once released.

Every row but the one of `store` and those of `invitation` belongs to one mailbox; nothing refers from one
mailbox to another, so that they can lie in different databases (Spec: RL-21).
"""

from typing import Any, Final

from psycopg import Connection

from securemsg.errors import LocalError

_TURN: Final = 0x73_65_63_75_72_65_6D_73
"""The advisory lock of whoever opens the database: one node after the other ("securems")."""

_FIRST: Final = """
CREATE TABLE store (
    single boolean PRIMARY KEY CHECK (single),
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    cluster bigint NOT NULL,
    timeline bigint NOT NULL
);
INSERT INTO store VALUES (true, 0, 1, 0, 0);
CREATE TABLE mailbox (
    box bigint PRIMARY KEY CHECK (box > 0),
    name bytea NOT NULL UNIQUE CHECK (octet_length(name) = 16),
    owner_key bytea NOT NULL CHECK (octet_length(owner_key) = 32),
    last_sequence bigint NOT NULL,
    messages bigint NOT NULL CHECK (messages >= 0),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    acknowledged bigint NOT NULL CHECK (acknowledged <= last_sequence),
    submit_ids bigint NOT NULL CHECK (submit_ids >= 0)
) WITH (fillfactor = 70);
CREATE TABLE token (
    box bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (box, hash)
);
CREATE TABLE envelope (
    box bigint NOT NULL,
    sequence bigint NOT NULL,
    submit_id bytea NOT NULL,
    expires_hour bigint NOT NULL,
    sealed bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (box, sequence)
);
CREATE INDEX envelope_by_hour ON envelope (expires_hour);
CREATE TABLE submitted (
    box bigint NOT NULL,
    submit_id bytea NOT NULL,
    expires_hour bigint NOT NULL,
    PRIMARY KEY (box, submit_id)
);
CREATE TABLE shelf (
    box bigint PRIMARY KEY,
    generation bigint NOT NULL CHECK (generation > 0),
    epoch bigint NOT NULL,
    remaining bigint NOT NULL CHECK (remaining >= 0),
    taken_hour bigint NOT NULL,
    taken bigint NOT NULL,
    manifest bytea STORAGE EXTERNAL NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE leaf (
    box bigint NOT NULL,
    position bigint NOT NULL,
    spent boolean NOT NULL,
    sealed bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (box, position)
);
CREATE TABLE invitation (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    uses_left bigint NOT NULL CHECK (uses_left >= 0),
    expires_hour bigint NOT NULL
);
"""

_SHARDS: Final = """
ALTER TABLE store
    ADD COLUMN shard bigint NOT NULL DEFAULT 0,
    ADD COLUMN map bigint NOT NULL DEFAULT 0,
    ADD COLUMN epochs text NOT NULL DEFAULT '';
ALTER TABLE mailbox ADD COLUMN listener bigint NOT NULL DEFAULT 0, ADD COLUMN moved bigint NOT NULL DEFAULT 0;
CREATE INDEX mailbox_moved ON mailbox (moved) WHERE moved <> 0;
CREATE TABLE redemption (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    expires_hour bigint NOT NULL
);
"""
"""`shard` is the number of this database, `epochs` the longest list that a node had, one a line, and `map`
their number (Spec: RL-54).

`listener` numbers the subscriptions of a mailbox. `moved` is 0 where it is here, -n while it is being moved
to shard n, and then the hour (since 1970) in which it went.
"""

_BLOBS: Final = """
ALTER TABLE store ADD COLUMN blobs bytea NOT NULL DEFAULT '';
"""
"""The mark of the folder of blobs that all nodes see, empty before the first has told (Spec: RL-65)."""

MIGRATIONS: Final = (_FIRST, _SHARDS, _BLOBS)
"""Step n brings version n - 1 to version n."""


def take_turn(connection: Connection) -> None:
    """Wait until no other node opens the database; holds until the transaction ends."""
    connection.execute("SET LOCAL lock_timeout = 0")
    connection.execute("SET LOCAL statement_timeout = 0")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TURN,))


def migrate(connection: Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Bring the tables to the newest version within the caller's transaction (Spec: RL-27).

    Raises `LocalError` for a database that a newer relay wrote.
    """
    version = 0
    if _one(connection, "SELECT to_regclass('store') IS NOT NULL"):
        version = _one(connection, "SELECT version FROM store")
    if version > len(migrations):
        raise LocalError("The database was written by a newer securemsg-relay; start that one.")
    for step in migrations[version:]:
        connection.execute(step.encode(), prepare=False)
    if version < len(migrations):
        connection.execute("UPDATE store SET version = %s", (len(migrations),))


def _one(connection: Connection, query: str) -> Any:  # noqa: ANN401  # the value of one column
    row = connection.execute(query.encode()).fetchone()
    return row and row[0]
