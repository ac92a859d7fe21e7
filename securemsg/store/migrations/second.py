"""Step 2: the KEM ratchet, the place reached in the mailbox, alarms, and device lists.

Sessions from before the KEM ratchet cannot go on: they are deleted, and what was sealed in
them and not sent yet is sealed anew in the next session.
"""

from typing import Final

_SESSIONS: Final = (
    "delete from sessions",
    """update outbox set state = 1, submit_id = x'', envelope = x'', attempts = 0, not_before = 0
    where state = 2""",
    "drop table skipped",
    # ratchet: 0 the EC ratchet, whose chains are counted; 1 the KEM ratchet, whose chains are epochs.
    """create table skipped(
        session blob not null references sessions(session) on delete cascade,
        ratchet integer not null,
        chain integer not null,
        n integer not null,
        key blob not null,
        skipped_at integer not null,
        primary key (session, ratchet, chain, n)
    ) strict, without rowid""",
)

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

STATEMENTS: Final = (*_SESSIONS, *_POSITION, *_ALARMS)
"""In the order in which they run."""
