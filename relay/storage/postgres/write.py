"""Writing what a transaction decided, in one round trip that ends with the commit."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from psycopg import Connection, Cursor

from relay.storage.operations import Page, StoredEnvelope
from relay.storage.policy import PAGE_BYTES, REMEMBERED_HOURS, StorePolicy, hour_after
from relay.storage.postgres.arrays import Blobs, Numbers
from relay.storage.postgres.box import Box
from relay.storage.postgres.decide import Decisions, PendingPage
from securemsg.ids import SubmitId
from securemsg.instant import Instant

_FORGET_BEYOND: Final = 1.125
"""A mailbox remembers up to so many times what it must before it forgets the rest."""

_PAGE: Final = """
SELECT sequence, submit_id, sealed FROM (
    SELECT *, sum(octet_length(sealed)) OVER (ORDER BY sequence ROWS UNBOUNDED PRECEDING) AS size FROM (
        SELECT sequence, submit_id, sealed FROM envelope
        WHERE box = %s AND sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s
    ) AS next
) AS page WHERE size - octet_length(sealed) < %s ORDER BY sequence
"""

_ACKNOWLEDGED: Final = """
DELETE FROM envelope USING unnest(%s, %s) AS gone (box, sequence)
WHERE envelope.box = gone.box AND envelope.sequence <= gone.sequence
"""

_MAILBOX: Final = """
INSERT INTO mailbox (box, name, owner_key, last_sequence, messages, bytes, acknowledged, submit_ids)
SELECT box, name, owner_key, 0, 0, 0, 0, 0
FROM unnest(%s, %s, %s) AS fresh (box, name, owner_key)
"""

_ADDED: Final = "INSERT INTO token SELECT * FROM unnest(%s, %s)"
_REVOKED: Final = """
DELETE FROM token USING unnest(%s, %s) AS gone (box, hash)
WHERE token.box = gone.box AND token.hash = gone.hash
"""

_ENVELOPE: Final = """
INSERT INTO envelope SELECT box, sequence, submit_id, %s, sealed
FROM unnest(%s, %s, %s, %s) AS fresh (box, sequence, submit_id, sealed)
"""

_SUBMITTED: Final = """
INSERT INTO submitted SELECT box, submit_id, %s FROM unnest(%s, %s) AS fresh (box, submit_id)
"""

_TALLY: Final = """
UPDATE mailbox SET last_sequence = fresh.last_sequence, messages = fresh.messages, bytes = fresh.bytes,
    acknowledged = fresh.acknowledged, submit_ids = fresh.submit_ids, listener = fresh.listener
FROM unnest(%s, %s, %s, %s, %s, %s, %s)
    AS fresh (box, last_sequence, messages, bytes, acknowledged, submit_ids, listener)
WHERE mailbox.box = fresh.box
"""

_FORGET: Final = """
WITH gone AS (
    DELETE FROM submitted WHERE box = %(box)s AND submit_id IN (
        SELECT submit_id FROM submitted WHERE box = %(box)s ORDER BY expires_hour, submit_id LIMIT %(count)s)
    RETURNING 1)
UPDATE mailbox SET submit_ids = submit_ids - (SELECT count(*) FROM gone) WHERE box = %(box)s
"""

_NO_LEAVES: Final = "DELETE FROM leaf WHERE box = ANY(%s)"

_MANIFEST: Final = """
INSERT INTO shelf SELECT box, generation, store.epoch, 0, 0, 0, manifest
FROM unnest(%s, %s, %s) AS fresh (box, generation, manifest) CROSS JOIN store
ON CONFLICT (box) DO UPDATE
SET generation = excluded.generation, epoch = excluded.epoch, manifest = excluded.manifest
"""

_LAID: Final = """
INSERT INTO leaf SELECT box, position, false, sealed
FROM unnest(%s, %s, %s) AS fresh (box, position, sealed)
"""

_SPENT: Final = """
UPDATE leaf SET spent = true, sealed = '' FROM unnest(%s, %s) AS taken (box, position)
WHERE leaf.box = taken.box AND leaf.position = taken.position
"""

_SHELF: Final = """
UPDATE shelf SET remaining = fresh.remaining, taken_hour = fresh.taken_hour, taken = fresh.taken
FROM unnest(%s, %s, %s, %s) AS fresh (box, remaining, taken_hour, taken) WHERE shelf.box = fresh.box
"""

_USES: Final = """
UPDATE invitation SET uses_left = fresh.uses_left FROM unnest(%s, %s) AS fresh (hash, uses_left)
WHERE invitation.hash = fresh.hash
"""

_INVITATION: Final = "INSERT INTO invitation SELECT * FROM unnest(%s, %s, %s)"

_Parameter: TypeAlias = Blobs | Numbers | int


class Writing:
    """Sends everything within the caller's pipeline; `page` reads once it is synchronised."""

    def __init__(self, connection: Connection, policy: StorePolicy) -> None:
        self._connection = connection
        self._policy = policy

    def ask(self, page: PendingPage) -> Cursor[tuple[Any, ...]]:
        """Ask for the stored part of a page; before anything is deleted."""
        parameters = (page.box, page.after, page.to, page.count, PAGE_BYTES)
        return self._connection.execute(_PAGE.encode(), parameters, binary=True)

    def write(self, decisions: Decisions, now: Instant) -> None:
        """Send every change."""
        boxes = [box for box in decisions.boxes.values() if box.is_locked]
        self._write_mailboxes(boxes, decisions)
        self._write_envelopes(boxes, now)
        self._write_shelves([box for box in boxes if box.shelf.is_changed])
        invited = decisions.invited
        self._send(
            _INVITATION,
            Blobs([invite.hash for invite in invited]),
            Numbers([invite.uses for invite in invited]),
            Numbers([hour_after(invite.expires, 0) for invite in invited]),
        )
        self._send(_USES, Blobs(list(decisions.uses)), Numbers(list(decisions.uses.values())))

    def _write_mailboxes(self, boxes: Sequence[Box], decisions: Decisions) -> None:
        fresh = [box for box in boxes if box.is_new]
        self._send(
            _MAILBOX,
            Numbers([box.number for box in fresh]),
            Blobs([box.name for box in fresh]),
            Blobs([box.owner_key for box in fresh]),
        )
        self._send(_REVOKED, *_pairs(decisions.removed))
        self._send(_ADDED, *_pairs(decisions.added))

    def _write_envelopes(self, boxes: Sequence[Box], now: Instant) -> None:
        emptied = [box for box in boxes if box.deleted_to]
        self._send(
            _ACKNOWLEDGED,
            Numbers([box.number for box in emptied]),
            Numbers([box.deleted_to for box in emptied]),
        )
        rows = [(box.number, sequence, *kept) for box in boxes for sequence, kept in box.fresh.items()]
        self._send(
            _ENVELOPE,
            hour_after(now, self._policy.retention_hours),
            Numbers([row[0] for row in rows]),
            Numbers([row[1] for row in rows]),
            Blobs([row[2] for row in rows]),
            Blobs([row[3] for row in rows]),
        )
        ids = [(box.number, submit_id) for box in boxes for submit_id in box.accepted]
        self._send(_SUBMITTED, hour_after(now, REMEMBERED_HOURS), *_pairs(ids))
        changed = [box for box in boxes if box.is_changed]
        self._send(
            _TALLY,
            Numbers([box.number for box in changed]),
            Numbers([box.last_sequence for box in changed]),
            Numbers([box.messages for box in changed]),
            Numbers([box.size for box in changed]),
            Numbers([box.acknowledged for box in changed]),
            Numbers([box.submit_ids for box in changed]),
            Numbers([box.listener for box in changed]),
        )
        for box in changed:
            # Rarely, because it looks at every id of the mailbox.
            if box.submit_ids > self._policy.submit_ids * _FORGET_BEYOND:
                count = box.submit_ids - self._policy.submit_ids
                self._connection.execute(_FORGET.encode(), {"box": box.number, "count": count})

    def _write_shelves(self, boxes: Sequence[Box]) -> None:
        replaced = [box for box in boxes if box.shelf.is_replaced]
        self._send(_NO_LEAVES, Numbers([box.number for box in replaced]))
        self._send(
            _MANIFEST,
            Numbers([box.number for box in replaced]),
            Numbers([box.shelf.generation for box in replaced]),
            Blobs([box.shelf.manifest for box in replaced]),
        )
        laid = [(box.number, *leaf) for box in boxes for leaf in box.shelf.laid.items()]
        self._send(
            _LAID,
            Numbers([row[0] for row in laid]),
            Numbers([row[1] for row in laid]),
            Blobs([row[2] for row in laid]),
        )
        spent = [(box.number, position) for box in boxes for position in box.shelf.spent]
        self._send(_SPENT, Numbers([row[0] for row in spent]), Numbers([row[1] for row in spent]))
        self._send(
            _SHELF,
            Numbers([box.number for box in boxes]),
            Numbers([box.shelf.remaining for box in boxes]),
            Numbers([box.shelf.taken_hour for box in boxes]),
            Numbers([box.shelf.taken for box in boxes]),
        )

    def _send(self, statement: str, *parameters: _Parameter) -> None:
        # The last is always a column: without rows there is nothing to do.
        if isinstance(parameters[-1], int) or len(parameters[-1]):
            self._connection.execute(statement.encode(), parameters)


def page_of(pending: PendingPage, rows: Iterable[tuple[Any, ...]]) -> Page:
    """The whole page: the stored envelopes, then fresh ones, as many as fit (Spec: MB-8)."""
    stored = [StoredEnvelope(sequence, SubmitId(submit_id), sealed) for sequence, submit_id, sealed in rows]
    size = sum(len(found.envelope) for found in stored)
    for found in pending.fresh:
        if len(stored) >= pending.count or size >= PAGE_BYTES:
            break
        stored.append(found)
        size += len(found.envelope)
    return Page(tuple(stored), pending.newest)


def _pairs(rows: Iterable[tuple[int, bytes]]) -> tuple[Numbers, Blobs]:
    numbers, blobs = [], []
    for number, blob in rows:
        numbers.append(number)
        blobs.append(blob)
    return Numbers(numbers), Blobs(blobs)
