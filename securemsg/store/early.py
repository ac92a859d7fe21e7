"""What came before the message that it is about (Spec: CT-17)."""

from typing import Final, final

from securemsg.ids import MessageId
from securemsg.instant import DAY, Instant
from securemsg.store.ids import ContactId
from securemsg.store.rows import Rows

MAX_EARLY: Final = 200
"""Contents kept of one contact, the newest: more than a lost session leaves behind, few enough for a
peer who names messages that never come (Spec: CT-17)."""

KEPT_FOR: Final = 30 * DAY
"""As long as a relay keeps the message that is missing (Spec: RL-4)."""


@final
class Early:
    """Keeps encoded contents by the message that they are about."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def keep(self, contact: ContactId, target: MessageId, content: bytes, now: Instant) -> None:
        """Keep a content until its message comes; the same one twice is one."""
        known = "select count(*) from early where contact = ? and target = ? and content = ?"
        if self._rows.number(known, (contact, target, content)):
            return
        self._rows.run(
            "insert into early(contact, target, stored_at, content) values (?, ?, ?, ?)",
            (contact, target, now, content),
        )
        self._rows.run(
            "delete from early where contact = ?1 and id not in"
            " (select id from early where contact = ?1 order by id desc limit ?2)",
            (contact, MAX_EARLY),
        )

    def first(self, contact: ContactId, target: MessageId) -> bytes | None:
        """Return what came first about a message, if anything is kept."""
        sql = "select content from early where contact = ? and target = ? order by id limit 1"
        row = self._rows.one(sql, (contact, target))
        return None if row is None else bytes(row[0])

    def take(self, contact: ContactId, target: MessageId) -> list[bytes]:
        """Return what is kept about a message, and keep it no longer."""
        sql = "select content from early where contact = ? and target = ? order by id"
        found = [bytes(content) for (content,) in self._rows.all(sql, (contact, target))]
        if found:
            self._rows.run("delete from early where contact = ? and target = ?", (contact, target))
        return found

    def forget(self, contact: ContactId) -> None:
        """Forget what waits of a contact (Spec: CL-37)."""
        self._rows.run("delete from early where contact = ?", (contact,))

    def purge(self, now: Instant) -> None:
        """Forget what no message came for."""
        if self._rows.run("delete from early where stored_at < ?", (now - KEPT_FOR,)):
            self._rows.mark_erasure()
