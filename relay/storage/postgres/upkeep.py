"""Expiry, and what an administrator asks: each in a transaction of its own."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from psycopg import Connection

from relay.storage.clustering import Admit, ForgetRedemption, OfInvitation, Redeem
from relay.storage.inspection import (
    LISTED,
    PREFIX_BYTES,
    Invitation,
    Invitations,
    ListInvitations,
    LookAtHoldings,
    RevokeInvitation,
)
from relay.storage.operations import Count, Expire, Expired, ExpiryCursor, Refused, Result, Stored, Totals
from relay.storage.policy import hour_of
from relay.storage.postgres.arrays import Blobs, Numbers
from relay.storage.postgres.holdings import look_at_holdings
from relay.storage.postgres.redemption import answer, forget_old
from relay.storage.postgres.removal import remove_mailbox
from relay.storage.postgres.tombstones import bury
from relay.storage.removal import RemoveMailbox
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode

_IDS_PER_LOOK: Final = 1_000
"""Submit ids looked at in one transaction that expires them: others wait for it."""

_LOCK: Final = "SELECT 1 FROM mailbox WHERE box = ANY(%s) ORDER BY box FOR NO KEY UPDATE"

_DUE: Final = "SELECT box, sequence FROM envelope WHERE expires_hour <= %s ORDER BY expires_hour LIMIT %s"

_DELETE: Final = """
DELETE FROM envelope USING unnest(%s, %s) AS due (box, sequence)
WHERE envelope.box = due.box AND envelope.sequence = due.sequence
RETURNING envelope.box, octet_length(sealed)
"""

_DISCOUNT: Final = """
UPDATE mailbox SET messages = mailbox.messages - gone.messages, bytes = mailbox.bytes - gone.bytes
FROM unnest(%s, %s, %s) AS gone (box, messages, bytes) WHERE mailbox.box = gone.box
"""

_IDS: Final = """
SELECT box, submit_id, expires_hour FROM submitted WHERE (box, submit_id) > (%s, %s)
ORDER BY box, submit_id LIMIT %s
"""

_FORGET: Final = """
DELETE FROM submitted USING unnest(%s, %s) AS due (box, submit_id)
WHERE submitted.box = due.box AND submitted.submit_id = due.submit_id RETURNING submitted.box
"""

_FORGOTTEN: Final = """
UPDATE mailbox SET submit_ids = submit_ids - gone.ids FROM unnest(%s, %s) AS gone (box, ids)
WHERE mailbox.box = gone.box
"""

_INVITATIONS: Final = "DELETE FROM invitation WHERE uses_left = 0 OR expires_hour <= %s"

_COUNT: Final = """
SELECT count(*), coalesce(sum(messages), 0)::bigint, coalesce(sum(bytes), 0)::bigint,
    (SELECT count(*) FROM invitation WHERE uses_left > 0)
FROM mailbox WHERE moved <= 0
"""

_LIST: Final = """
SELECT substr(hash, 1, %s), uses_left, expires_hour FROM invitation
WHERE uses_left > 0 AND expires_hour > %s ORDER BY expires_hour, hash LIMIT %s
"""

_REVOKE: Final = "DELETE FROM invitation WHERE substr(hash, 1, %s) = %s"

Apart: TypeAlias = (
    Expire | Count | ListInvitations | RevokeInvitation | LookAtHoldings | OfInvitation | RemoveMailbox
)
"""What is not carried out in a batch."""


def keep_up(connection: Connection, operation: Apart, now: Instant) -> Result:  # noqa: PLR0911  # one table
    """Carry out one operation."""
    match operation:
        case Expire():
            return _expire(connection, operation, now)
        case Count():
            return Totals(*_row(connection, _COUNT))
        case ListInvitations():
            rows = connection.execute(_LIST, (PREFIX_BYTES, hour_of(now), LISTED)).fetchall()
            return Invitations(tuple(Invitation(*row) for row in rows))
        case RevokeInvitation():
            revoked = connection.execute(_REVOKE, (PREFIX_BYTES, operation.prefix)).rowcount
            return Stored() if revoked else Refused(ErrorCode.REFUSED)
        case LookAtHoldings():
            return look_at_holdings(connection, operation)
        case RemoveMailbox():
            return remove_mailbox(connection, operation)
        case Admit() | Redeem() | ForgetRedemption():
            return answer(connection, operation, now)


def _expire(connection: Connection, operation: Expire, now: Instant) -> Expired:
    """Delete at most `budget` envelopes past their time, else forget some submit ids (Spec: RL-7)."""
    with connection.transaction():
        removed = _expire_envelopes(connection, now, operation.budget)
    if removed >= operation.budget:
        return Expired(operation.cursor, removed)
    with connection.transaction():
        expired = _expire_submit_ids(connection, operation.cursor, now)
        if expired.cursor is None:
            removed += connection.execute(_INVITATIONS, (hour_of(now),)).rowcount
            removed += forget_old(connection, now) + bury(connection, now)
    return Expired(expired.cursor, removed + expired.removed)


def _expire_envelopes(connection: Connection, now: Instant, budget: int) -> int:
    due = connection.execute(_DUE, (hour_of(now), budget)).fetchall()
    if not due:
        return 0
    boxes = _lock(connection, [row[0] for row in due])
    sequences = Numbers([row[1] for row in due])
    rows = connection.execute(_DELETE, (boxes, sequences)).fetchall()
    messages: Counter[int] = Counter(box for box, _ in rows)
    size: Counter[int] = Counter()
    for box, length in rows:
        size[box] += length
    columns = list(messages), list(messages.values()), [size[box] for box in messages]
    connection.execute(_DISCOUNT, [Numbers(column) for column in columns])
    return len(rows)


def _expire_submit_ids(connection: Connection, cursor: ExpiryCursor, now: Instant) -> Expired:
    rows = connection.execute(_IDS, (*cursor, _IDS_PER_LOOK)).fetchall()
    following = ExpiryCursor(*rows[-1][:2]) if len(rows) == _IDS_PER_LOOK else None
    due = [(box, submit_id) for box, submit_id, hour in rows if hour <= hour_of(now)]
    if not due:
        return Expired(following, 0)
    boxes = _lock(connection, [box for box, _ in due])
    gone = connection.execute(_FORGET, (boxes, Blobs([submit_id for _, submit_id in due]))).fetchall()
    ids = Counter(box for (box,) in gone)
    connection.execute(_FORGOTTEN, (Numbers(list(ids)), Numbers(list(ids.values()))))
    return Expired(following, len(gone))


def _lock(connection: Connection, boxes: Sequence[int]) -> Numbers:
    connection.execute(_LOCK, (Numbers(sorted(set(boxes))),))
    return Numbers(boxes)


def _row(connection: Connection, query: str) -> tuple[Any, ...]:
    row: Any = connection.execute(query.encode()).fetchone()
    return tuple(row)
