"""Everything that the database has of one mailbox, for the one it belongs to (Spec: RL-46)."""

from typing import Any

import apsw

from relay.storage.inspection import LISTED, HeldEnvelope, Holdings, LookAtHoldings
from relay.storage.operations import (
    Refused,
    Result,
)
from relay.storage.sqlite.boxes import Box, Boxes
from relay.storage.sqlite.schema import LEAF_BITS, SEQUENCE_BITS, leaf_places_of, parts_of, places_of
from securemsg.ids import SubmitId
from securemsg.mailbox.answers import ErrorCode


def look_at_holdings(database: apsw.Connection, boxes: Boxes, operation: LookAtHoldings) -> Result:
    """Read every table for one mailbox, on the store's own connection."""
    box = boxes.find(operation.mailbox)
    if box is None:
        return Refused(ErrorCode.REFUSED)
    owner: Any = database.execute("SELECT owner_key FROM mailbox WHERE box = ?", (box.number,)).fetchone()
    submitted: Any = database.execute(
        "SELECT expires_hour, sum(ids) FROM (SELECT expires_hour, 1 AS ids FROM submitted WHERE box = ?"
        " UNION ALL SELECT expires_hour, length(ids) / ? FROM recent WHERE place BETWEEN ? AND ?)"
        " GROUP BY 1 ORDER BY 1",
        (box.number, SubmitId.WIDTH, *parts_of(box.number)),
    ).fetchall()
    shelf: Any = database.execute(
        "SELECT generation, length(manifest) FROM shelf WHERE box = ?", (box.number,)
    ).fetchone()
    generation, manifest_size = shelf or (0, 0)
    return Holdings(
        bytes(owner[0]),
        tuple(sorted(box.tokens)),
        box.acknowledged,
        box.last_sequence,
        _envelopes(database, box),
        tuple(submitted),
        generation,
        manifest_size,
        _leaves(database, box),
    )


def _envelopes(database: apsw.Connection, box: Box) -> tuple[HeldEnvelope, ...]:
    rows: Any = database.execute(
        "SELECT place & ?, submit_id, length(sealed), expires_hour FROM envelope"
        " WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?",
        ((1 << SEQUENCE_BITS) - 1, *places_of(box.number, box.last_sequence), LISTED),
    ).fetchall()
    return tuple(HeldEnvelope(*row) for row in rows)


def _leaves(database: apsw.Connection, box: Box) -> tuple[int, ...]:
    rows: Any = database.execute(
        "SELECT place & ? FROM leaf WHERE place BETWEEN ? AND ? AND NOT spent ORDER BY place",
        ((1 << LEAF_BITS) - 1, *leaf_places_of(box.number)),
    ).fetchall()
    return tuple(position for (position,) in rows)
