"""Skipped message keys: a row for each, deleted when it is used (Spec: ST-8)."""

from typing import final

from securemsg.ids import SessionId
from securemsg.instant import Instant
from securemsg.ratchet.keys import MessageKey
from securemsg.ratchet.skipped import (
    MAX_STORED,
    NO_CHANGES,
    STORED_FOR,
    Place,
    RowChanges,
    SkippedKey,
    Which,
)
from securemsg.store.rows import Rows


@final
class SkippedOfSession:
    """The rows of one session, as the ratchet looks them up."""

    __slots__ = ("_rows", "_session")

    def __init__(self, rows: Rows, session: SessionId) -> None:
        self._rows = rows
        self._session = session

    def find(self, place: Place, /) -> SkippedKey | None:
        """Return the row of `place`, if there is one."""
        sql = "select key, skipped_at from skipped where session = ? and ratchet = ? and chain = ? and n = ?"
        row = self._rows.one(sql, (self._session, *place))
        return None if row is None else SkippedKey(place, MessageKey(row[0]), Instant(row[1]))


@final
class Skipped:
    """The rows of every session."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, session: SessionId) -> SkippedOfSession:
        """Return what finds the rows of one session."""
        return SkippedOfSession(self._rows, session)

    def apply(self, session: SessionId, changes: RowChanges, most: int = MAX_STORED) -> None:
        """Do what a step of the ratchet says, and keep the newest `most` rows of each ratchet.

        Spec: RT-12, RT-13, CL-10.
        """
        if changes is NO_CHANGES:
            return
        for place in changes.used:
            sql = "delete from skipped where session = ? and ratchet = ? and chain = ? and n = ?"
            self._rows.run(sql, (session, *place))
        for chain in changes.dropped:
            sql = "delete from skipped where session = ? and ratchet = ? and chain = ?"
            self._rows.run(sql, (session, Which.EC, chain))
        if changes.added:
            sql = "insert into skipped(session, ratchet, chain, n, key, skipped_at) values (?,?,?,?,?,?)"
            self._rows.each(sql, [(session, *_columns(row)) for row in changes.added])
            self._trim(session, most)

    def count(self, session: SessionId) -> int:
        """Return how many rows a session has."""
        return self._rows.number("select count(*) from skipped where session = ?", (session,))

    def purge(self, now: Instant) -> None:
        """Delete the rows of more than 30 days (Spec: RT-13)."""
        self._rows.run("delete from skipped where skipped_at < ?", (now - STORED_FOR,))

    def _trim(self, session: SessionId, most: int) -> None:
        if self.count(session) <= most:
            return
        for ratchet in Which:
            self._rows.run(
                "delete from skipped where session = ?1 and ratchet = ?2 and (chain, n) in"
                " (select chain, n from skipped where session = ?1 and ratchet = ?2"
                " order by skipped_at desc, chain desc, n desc limit -1 offset ?3)",
                (session, ratchet, most),
            )


def _columns(row: SkippedKey) -> tuple[int, int, int, bytes, int]:
    return *row.place, row.key.expose(), row.skipped_at
