"""Everything that the database has of one mailbox, for the one it belongs to (Spec: RL-46)."""

from typing import Any, Final

from psycopg import Connection

from relay.storage.inspection import LISTED, HeldEnvelope, Holdings, LookAtHoldings
from relay.storage.operations import Refused, Result
from securemsg.mailbox.answers import ErrorCode

_MAILBOX: Final = (
    "SELECT box, owner_key, acknowledged, last_sequence FROM mailbox WHERE name = %s AND moved <= 0"
)
_TOKENS: Final = "SELECT hash FROM token WHERE box = %s ORDER BY hash"
_ENVELOPES: Final = """
SELECT sequence, submit_id, octet_length(sealed), expires_hour FROM envelope
WHERE box = %s ORDER BY sequence LIMIT %s
"""
_SUBMIT_IDS: Final = """
SELECT expires_hour, count(*) FROM submitted WHERE box = %s GROUP BY expires_hour ORDER BY expires_hour
"""
_SHELF: Final = "SELECT generation, octet_length(manifest) FROM shelf WHERE box = %s"
_LEAVES: Final = """
SELECT position FROM leaf JOIN shelf ON shelf.box = leaf.box JOIN store ON store.epoch = shelf.epoch
WHERE leaf.box = %s AND NOT spent ORDER BY position
"""


def look_at_holdings(connection: Connection, operation: LookAtHoldings) -> Result:
    """Read every table for one mailbox, as of one moment."""
    with connection.transaction():
        connection.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _read(connection, operation)


def _read(connection: Connection, operation: LookAtHoldings) -> Result:
    def rows(query: str, *parameters: object) -> list[tuple[Any, ...]]:
        return connection.execute(query.encode(), parameters).fetchall()

    mailbox = rows(_MAILBOX, operation.mailbox)
    if not mailbox:
        return Refused(ErrorCode.REFUSED)
    box, owner_key, acknowledged, newest = mailbox[0]
    generation, manifest_size = next(iter(rows(_SHELF, box)), (0, 0))
    return Holdings(
        owner_key,
        tuple(hash_ for (hash_,) in rows(_TOKENS, box)),
        acknowledged,
        newest,
        tuple(HeldEnvelope(*row) for row in rows(_ENVELOPES, box, LISTED)),
        tuple((hour, count) for hour, count in rows(_SUBMIT_IDS, box)),
        generation,
        manifest_size,
        tuple(position for (position,) in rows(_LEAVES, box)),
    )
