"""The tables of the relay's database, as numbered steps that are never edited once released."""

from typing import Final

import apsw

from relay.storage.policy import POSITIONS
from securemsg.errors import LocalError

SEQUENCE_BITS: Final = 32
"""A row of `envelope` lies at `box << 32 | sequence`: one integer keeps a mailbox together and in order."""

LAST_BOX: Final = (1 << 31) - 1
"""The greatest number of a mailbox: its envelopes' places are still positive."""

LEAF_BITS: Final = POSITIONS.bit_length() - 1
"""A row of `leaf` lies at `box << 8 | position`: a number for each of `POSITIONS`."""

PART_BITS: Final = 16
"""A row of `recent` lies at `box << 16 | part`: more parts than a commit can fill."""

_FIRST: Final = """
CREATE TABLE mailbox (
    box INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE CHECK (length(name) = 16),
    owner_key BLOB NOT NULL CHECK (length(owner_key) = 32),
    last_sequence INTEGER NOT NULL,
    messages INTEGER NOT NULL CHECK (messages >= 0),
    bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
CREATE TABLE token (
    box INTEGER NOT NULL REFERENCES mailbox (box),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (box, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE envelope (
    place INTEGER PRIMARY KEY,
    submit_id BLOB NOT NULL,
    expires_hour INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE submitted (
    box INTEGER NOT NULL,
    submit_id BLOB NOT NULL,
    expires_hour INTEGER NOT NULL,
    PRIMARY KEY (box, submit_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf (
    box INTEGER PRIMARY KEY REFERENCES mailbox (box),
    generation INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    voided INTEGER NOT NULL
) STRICT;
CREATE TABLE leaf (
    place INTEGER PRIMARY KEY,
    spent INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE invitation (
    hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
    uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
    expires_hour INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_SECOND: Final = """
CREATE INDEX envelope_by_hour ON envelope (expires_hour);
"""

_THIRD: Final = """
ALTER TABLE mailbox ADD COLUMN acknowledged INTEGER NOT NULL DEFAULT 0;
"""

_FOURTH: Final = """
CREATE TABLE recent (
    place INTEGER PRIMARY KEY,
    expires_hour INTEGER NOT NULL,
    ids BLOB NOT NULL CHECK (length(ids) % 16 = 0)
) STRICT;
"""

MIGRATIONS: Final = (_FIRST, _SECOND, _THIRD, _FOURTH)
"""Step n brings version n - 1 to version n."""


def migrate(database: apsw.Connection) -> None:
    """Bring the tables to the newest version, each step whole or not at all.

    Raises `LocalError` for a database that a newer relay wrote.
    """
    version = int(database.pragma("user_version"))
    if version > len(MIGRATIONS):
        raise LocalError("The database was written by a newer securemsg-relay; start that one.")
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        with database:
            database.execute(step)
            database.pragma("user_version", number)


def places_of(box: int, last_sequence: int) -> tuple[int, int]:
    """First and last place that envelopes of a mailbox up to a sequence number can have."""
    return box << SEQUENCE_BITS, box << SEQUENCE_BITS | last_sequence


def parts_of(box: int) -> tuple[int, int]:
    """First and last place that submit ids of a mailbox can have before they are in the table."""
    return box << PART_BITS, (box + 1 << PART_BITS) - 1


def leaf_places_of(box: int) -> tuple[int, int]:
    """First and last place that leaves of a mailbox can have."""
    return box << LEAF_BITS, (box + 1 << LEAF_BITS) - 1
