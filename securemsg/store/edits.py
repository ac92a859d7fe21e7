"""Other words for a message, what it said before, and messages that were taken back (Spec: CT-9, CT-11)."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.instant import Instant
from securemsg.store.ids import MessageRow
from securemsg.store.messages import Message, MessageState
from securemsg.store.news import Change
from securemsg.store.outbox_entries import withdraw
from securemsg.store.rows import Rows

MAX_VERSIONS: Final = 50
"""Earlier versions kept of a message, besides the first: more are no corrections any more (Spec: CT-9)."""

_FIRST: Final = Instant(0)


@final
@dataclass(frozen=True, slots=True)
class Version:
    """What a message says from an instant on; the first version has the instant 0."""

    at: Instant
    text: str = field(repr=False)


@final
class Edits:
    """Changes the words of messages, and takes them away."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def apply(self, message: Message, version: Version) -> bool:
        """Keep a version: the newest is what the message says; tell whether it was unknown.

        In whatever order versions come, the same remain.

        Spec: CT-9.
        """
        current = Version(message.edited_at or _FIRST, message.text)
        known = "select count(*) from edits where message = ? and edited_at = ? and text = ?"
        if version == current or self._rows.number(known, (message.row, version.at, version.text)):
            return False
        newest, older = (version, current) if _order(version) > _order(current) else (current, version)
        self._rows.run(
            "insert into edits(message, edited_at, text) values (?, ?, ?)",
            (message.row, older.at, older.text),
        )
        trimmed = self._rows.run(
            "delete from edits where message = ?1 and edited_at > 0 and id not in (select id from edits"
            " where message = ?1 and edited_at > 0 order by edited_at desc, text desc limit ?2)",
            (message.row, MAX_VERSIONS),
        )
        if trimmed:
            self._rows.mark_erasure()
        if newest is version:
            self._say(message.row, version)
        return True

    def replace(self, row: MessageRow, version: Version) -> None:
        """Let a message say something else without keeping what it says now."""
        self._say(row, version)
        self._rows.mark_erasure()

    def versions(self, row: MessageRow) -> list[Version]:
        """Return what a message said before it was edited, the first version first."""
        sql = "select edited_at, text from edits where message = ? order by edited_at, text"
        return [Version(Instant(at), text) for at, text in self._rows.all(sql, (row,))]

    def bury(self, row: MessageRow, now: Instant) -> bool:
        """Take everything away that a message said, and what was said about it; its place remains.

        Tells whether that is news.

        Spec: CT-11.
        """
        # Nothing of it waits or failed any more.
        sql = (
            "update messages set text = '', raw = x'', quoted_author = 0, quoted_id = x'', edited_at = 0,"
            " failure = '', printed = 1, deleted_at = ?,"
            " state = case when state in (?, ?) then ? else state end where id = ? and deleted_at = 0"
        )
        waiting = (MessageState.QUEUED, MessageState.FAILED, MessageState.ACCEPTED)
        if self._rows.run(sql, (now, *waiting, row)) == 0:
            return False
        self._rows.run("delete from news where message = ? and kind <> ?", (row, Change.DELETED))
        for table in ("edits", "reactions", "read_pending"):
            self._rows.run(f"delete from {table} where message = ?", (row,))  # noqa: S608  # constants only
        withdraw(self._rows, [row])
        return True

    def _say(self, row: MessageRow, version: Version) -> None:
        sql = "update messages set text = ?, edited_at = ? where id = ?"
        self._rows.run(sql, (version.text, version.at, row))


def _order(version: Version) -> tuple[int, str]:
    return version.at, version.text
