"""Envelopes in a mailbox: stored once per submit id, read in order, deleted when acknowledged or expired."""

from collections.abc import Sequence
from typing import Any, Final

import apsw

from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    Expired,
    ExpiryCursor,
    Fetch,
    LookAtMailbox,
    Page,
    Progress,
    Refused,
    Result,
    Stored,
    StoredEnvelope,
)
from relay.storage.policy import (
    FULL_RETRY_SECONDS,
    PAGE_BYTES,
    REMEMBERED_HOURS,
    StorePolicy,
    hour_after,
    hour_of,
)
from relay.storage.sqlite.boxes import Box, Boxes
from relay.storage.sqlite.database import execute_flat
from relay.storage.sqlite.recent import settle, write
from relay.storage.sqlite.schema import LAST_BOX, PART_BITS, SEQUENCE_BITS, parts_of, places_of
from securemsg.ids import SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode

_LAST_SEQUENCE: Final = (1 << SEQUENCE_BITS) - 1

_IDS_PER_LOOK: Final = 1_000
"""Submit ids looked at in one commit that expires them: others wait for it."""

_ROWS_PER_LOOK: Final = 100
"""The same for rows of ids that are not in the table yet."""

_FORGET_BEYOND: Final = 1.125
"""A mailbox remembers up to so many times what it must before it forgets the rest."""

_NO_SUCH_RIGHT: Final = Refused(ErrorCode.REFUSED)
_FULL: Final = Refused(ErrorCode.FULL, FULL_RETRY_SECONDS)
_REPEAT: Final = Appended(0)

_Key = tuple[int, SubmitId]
_Fresh = tuple[Box, int, SubmitId, bytes]


_TABLE: Final = ExpiryCursor(0, bytes(SubmitId.WIDTH))
"""A cursor without an id walks over the ids that are not in the table; then comes the table."""

_LAST: Final = ExpiryCursor(LAST_BOX, b"\xff" * SubmitId.WIDTH)


class Envelopes:
    """The tables `envelope` and `submitted`."""

    __slots__ = ("_boxes", "_database", "_policy")

    def __init__(self, database: apsw.Connection, boxes: Boxes, policy: StorePolicy) -> None:
        self._database = database
        self._boxes = boxes
        self._policy = policy

    def append(self, operations: Sequence[Append], now: Instant) -> list[Result]:
        """Store all of `operations` that are new and allowed, in order, with three statements in all.

        Spec: MB-7, RL-5
        """
        boxes = self._authorize(operations)
        known = self._known(operations, boxes)
        fresh: list[_Fresh] = []
        results: list[Result] = []
        # One flat loop: the event loop waits for the interpreter lock that it holds.
        for (_, _, submit_id, sealed), box in zip(operations, boxes, strict=True):
            if box is None:
                results.append(_NO_SUCH_RIGHT)
            elif submit_id in box.recent.ids or (box.number, submit_id) in known:
                results.append(_REPEAT)
            elif not self._has_room(box, len(sealed)):
                results.append(_FULL)
            else:
                box.recent.ids.add(submit_id)
                box.last_sequence += 1
                box.messages += 1
                box.bytes += len(sealed)
                box.submit_ids += 1
                fresh.append((box, box.last_sequence, submit_id, sealed))
                results.append(Appended(box.last_sequence))
        self._insert(fresh, now)
        for box in {id(box): box for box in boxes if box}.values():
            self._boxes.touch(box)
            if box.recent.is_full:
                box.recent = settle(self._database, box.number)
            # Rarely, because it looks at every id of the mailbox.
            if box.submit_ids > self._policy.submit_ids * _FORGET_BEYOND:
                self._forget_oldest(box)
        return results

    def fetch(self, operation: Fetch) -> Result:
        """Read the next page (Spec: MB-8)."""
        box = self._boxes.find(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        after = min(operation.after, box.last_sequence)
        _, last = places_of(box.number, box.last_sequence)
        rows = self._database.execute(
            "SELECT place, submit_id, sealed FROM envelope"
            " WHERE place > ? AND place <= ? ORDER BY place LIMIT ?",
            (box.number << SEQUENCE_BITS | after, last, operation.count),
        )
        found: list[StoredEnvelope] = []
        size = 0
        for place, submit_id, sealed in rows:
            found.append(StoredEnvelope(place & _LAST_SEQUENCE, SubmitId(submit_id), sealed))
            size += len(sealed)
            if size >= PAGE_BYTES:
                rows.close()
                break
        return Page(tuple(found), box.last_sequence)

    def acknowledge(self, operation: Acknowledge) -> Result:
        """Delete up to a sequence number that was given out, and remember it (Spec: MB-8, MB-14)."""
        box = self._boxes.find(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        if operation.sequence > box.last_sequence:
            return Refused(ErrorCode.CONFLICT)
        self._delete(box, *places_of(box.number, operation.sequence))
        if operation.sequence > box.acknowledged:
            box.acknowledged = operation.sequence
            self._boxes.touch(box)
        return Stored()

    def look(self, operation: LookAtMailbox) -> Result:
        """Read how far a mailbox has come (Spec: MB-14)."""
        box = self._boxes.find(operation.mailbox)
        return Refused(ErrorCode.REFUSED) if box is None else Progress(box.acknowledged, box.last_sequence)

    def expire(self, now: Instant, budget: int) -> int:
        """Delete at most `budget` envelopes past their time; return how many (Spec: RL-7)."""
        rows: list[Any] = self._database.execute(
            "DELETE FROM envelope WHERE place IN"
            " (SELECT place FROM envelope WHERE expires_hour <= ? LIMIT ?) RETURNING place, length(sealed)",
            (hour_of(now), budget),
        ).fetchall()
        for place, size in rows:
            box = self._boxes.numbered(place >> SEQUENCE_BITS)
            if box is not None:
                self._discount(box, 1, size)
        return len(rows)

    def expire_submit_ids(self, cursor: ExpiryCursor, now: Instant) -> Expired:
        """Look at some submit ids after `cursor` and forget those past their time (Spec: MB-7)."""
        removed = 0
        if not cursor.submit_id:
            removed, place = self._expire_recent(parts_of(cursor.box)[0], now)
            if place is not None:
                return Expired(ExpiryCursor(place >> PART_BITS), removed)
            cursor = _TABLE
        row: Any = self._database.execute(
            "SELECT box, submit_id FROM submitted WHERE (box, submit_id) > (?, ?)"
            " ORDER BY box, submit_id LIMIT 1 OFFSET ?",
            (*cursor, _IDS_PER_LOOK - 1),
        ).fetchone()
        rows: list[Any] = self._database.execute(
            "DELETE FROM submitted WHERE (box, submit_id) > (?, ?) AND (box, submit_id) <= (?, ?)"
            " AND expires_hour <= ? RETURNING box",
            (*cursor, *(row or _LAST), hour_of(now)),
        ).fetchall()
        for number in {number for (number,) in rows}:
            self._boxes.recount(number)
        return Expired(row and ExpiryCursor(*row), removed + len(rows))

    def _expire_recent(self, first: int, now: Instant) -> tuple[int, int | None]:
        """Look at some rows from `first` on; return how many ids went, and where to go on."""
        row: Any = self._database.execute(
            "SELECT place FROM recent WHERE place >= ? ORDER BY place LIMIT 1 OFFSET ?",
            (first, _ROWS_PER_LOOK),
        ).fetchone()
        # All rows of a mailbox, so that a number alone tells where to go on.
        end = (LAST_BOX if row is None else row[0] >> PART_BITS) + 1 << PART_BITS
        rows: list[Any] = self._database.execute(
            "DELETE FROM recent WHERE place >= ? AND place < ? AND expires_hour <= ?"
            " RETURNING place, length(ids)",
            (first, end, hour_of(now)),
        ).fetchall()
        for number in {place >> PART_BITS for place, _ in rows}:
            self._boxes.recount(number)
        return sum(size for _, size in rows) // SubmitId.WIDTH, None if row is None else end

    def _authorize(self, operations: Sequence[Append]) -> list[Box | None]:
        # Submits of one sender come together.
        found = self._boxes.authorized({(mailbox, token) for mailbox, token, _, _ in operations})
        return [found.get((mailbox, token)) for mailbox, token, _, _ in operations]

    def _known(self, operations: Sequence[Append], boxes: Sequence[Box | None]) -> set[_Key]:
        asked: list[object] = []
        for (_, _, submit_id, _), box in zip(operations, boxes, strict=True):
            # Most mailboxes have so few that all are at hand.
            if box is not None and box.submit_ids > len(box.recent.ids) and submit_id not in box.recent.ids:
                asked += (box.number, submit_id)
        rows = execute_flat(
            self._database,
            "SELECT submitted.box, submitted.submit_id FROM (VALUES (ROWS)) AS asked"
            " JOIN submitted ON submitted.box = asked.column1 AND submitted.submit_id = asked.column2",
            2,
            asked,
        )
        return {(box, SubmitId(submit_id)) for box, submit_id in rows}

    def _insert(self, fresh: Sequence[_Fresh], now: Instant) -> None:
        expires = hour_after(now, self._policy.retention_hours)
        remembered = hour_after(now, REMEMBERED_HOURS)
        envelopes: list[object] = []
        by_box: dict[int, tuple[Box, list[SubmitId]]] = {}
        for box, sequence, submit_id, sealed in fresh:
            envelopes += (box.number << SEQUENCE_BITS | sequence, submit_id, expires, sealed)
            by_box.setdefault(box.number, (box, []))[1].append(submit_id)
        execute_flat(self._database, "INSERT INTO envelope VALUES (ROWS)", 4, envelopes)
        recent: list[object] = []
        for box, submit_ids in by_box.values():
            recent += box.recent.place(box.number, submit_ids, remembered)
        write(self._database, recent)

    def _forget_oldest(self, box: Box) -> None:
        box.recent = settle(self._database, box.number)
        self._database.execute(
            "DELETE FROM submitted WHERE box = ?1 AND submit_id IN (SELECT submit_id FROM submitted"
            " WHERE box = ?1 ORDER BY expires_hour, submit_id LIMIT ?2)",
            (box.number, box.submit_ids - self._policy.submit_ids),
        )
        box.submit_ids -= self._database.changes()

    def _has_room(self, box: Box, size: int) -> bool:
        return (
            box.messages < self._policy.messages
            and box.bytes + size <= self._policy.bytes
            and box.last_sequence < _LAST_SEQUENCE
        )

    def _delete(self, box: Box, first: int, last: int) -> None:
        row = self._database.execute(
            "SELECT count(*), total(length(sealed)) FROM envelope WHERE place BETWEEN ? AND ?", (first, last)
        ).fetchone()
        if row is None or not row[0]:
            return
        self._database.execute("DELETE FROM envelope WHERE place BETWEEN ? AND ?", (first, last))
        self._discount(box, row[0], int(row[1]))

    def _discount(self, box: Box, messages: int, size: int) -> None:
        box.messages -= messages
        box.bytes -= size
        self._boxes.touch(box)
