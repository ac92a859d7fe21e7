"""Step 2: the place reached in the mailbox, alarms, and device lists."""

from typing import Final

_POSITION: Final = (
    """create table position(
        id integer primary key check (id = 1),
        handled integer not null,
        handled_at integer not null,
        behind integer not null
    ) strict""",
    "insert into position(id, handled, handled_at, behind) values (1, 0, 0, 0)",
    """create table renewals(
        id integer primary key,
        at integer not null
    ) strict""",
)

_ALARMS: Final = (
    """create table alarms(
        kind text not null,
        contact integer not null,
        times integer not null,
        at integer not null,
        seen integer not null,
        primary key (kind, contact)
    ) strict, without rowid""",
    """create table lists(
        account blob not null primary key,
        version integer not null,
        certificate blob not null
    ) strict, without rowid""",
)

STATEMENTS: Final = (*_POSITION, *_ALARMS)
"""In the order in which they run."""
