"""How a conversation is kept: its timer, and what the person chose about it."""

from dataclasses import dataclass
from typing import Final, final

from securemsg.instant import Instant
from securemsg.store.ids import ContactId
from securemsg.store.messages import Direction
from securemsg.store.rows import Row, Rows

CHOICE_COLUMNS: Final = """
    chosen.lifetime, chosen.timer_version, chosen.timer_by, chosen.muted_until,
    chosen.archived, chosen.blocked, chosen.marked_unread"""
"""What `choice_of` reads of a row called `chosen`; all are NULL where there is none."""

_SELECT: Final = f"select {CHOICE_COLUMNS} from conversation_settings chosen where contact = ?"  # noqa: S608  # a constant


@final
@dataclass(frozen=True, slots=True)
class Timer:
    """The timer of a conversation: seconds (0 for none), its version, and who set it (Spec: CL-26).

    `version` is 0 and `by` is `None` before anybody set one.
    """

    lifetime: int
    version: int
    by: Direction | None


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one conversation."""

    timer: Timer
    muted_until: Instant | None
    archived: bool
    blocked: bool
    marked_unread: bool


_NOTHING: Final = Choice(
    Timer(0, 0, None), muted_until=None, archived=False, blocked=False, marked_unread=False
)


@final
class Choices:
    """Reads and changes the choices for each conversation; whatever changes tells whether it was news."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, contact: ContactId) -> Choice:
        """Return what was chosen for a conversation."""
        row = self._rows.one(_SELECT, (contact,))
        return _NOTHING if row is None else choice_of(row)

    def is_blocked(self, contact: ContactId) -> bool:
        """Tell whether the person wants to hear and tell nothing (Spec: CL-31)."""
        sql = "select count(*) from conversation_settings where contact = ? and blocked = 1"
        return self._rows.number(sql, (contact,)) > 0

    def set_timer(self, contact: ContactId, timer: Timer) -> None:
        """Keep the timer of a conversation."""
        self._begin(contact)
        sql = (
            "update conversation_settings set lifetime = ?, timer_version = ?, timer_by = ? where contact = ?"
        )
        self._rows.run(sql, (timer.lifetime, timer.version, timer.by or 0, contact))

    def mute(self, contact: ContactId, until: Instant | None) -> None:
        """Keep until when nothing is told of a conversation; `None` tells again."""
        self._begin(contact)
        sql = "update conversation_settings set muted_until = ? where contact = ?"
        self._rows.run(sql, (until or 0, contact))

    def archive(self, contact: ContactId) -> bool:
        """Put a conversation away."""
        self._begin(contact)
        sql = "update conversation_settings set archived = 1 where contact = ? and archived = 0"
        return self._rows.run(sql, (contact,)) == 1

    def unarchive(self, contact: ContactId) -> bool:
        """Take a conversation back into the list."""
        sql = "update conversation_settings set archived = 0 where contact = ? and archived = 1"
        return self._rows.run(sql, (contact,)) == 1

    def recall(self, contact: ContactId, now: Instant) -> bool:
        """Take a conversation back because something new came, unless it is muted (Spec: CL-32)."""
        sql = (
            "update conversation_settings set archived = 0"
            " where contact = ? and archived = 1 and muted_until <= ?"
        )
        return self._rows.run(sql, (contact, now)) == 1

    def block(self, contact: ContactId) -> bool:
        """Hear nothing of a contact any more."""
        self._begin(contact)
        sql = "update conversation_settings set blocked = 1 where contact = ? and blocked = 0"
        return self._rows.run(sql, (contact,)) == 1

    def unblock(self, contact: ContactId) -> bool:
        """Hear a contact again."""
        sql = "update conversation_settings set blocked = 0 where contact = ? and blocked = 1"
        return self._rows.run(sql, (contact,)) == 1

    def mark_unread(self, contact: ContactId) -> bool:
        """Mark a conversation for coming back to it."""
        self._begin(contact)
        sql = "update conversation_settings set marked_unread = 1 where contact = ? and marked_unread = 0"
        return self._rows.run(sql, (contact,)) == 1

    def clear_unread(self, contact: ContactId) -> bool:
        """Take that mark away."""
        sql = "update conversation_settings set marked_unread = 0 where contact = ? and marked_unread = 1"
        return self._rows.run(sql, (contact,)) == 1

    def _begin(self, contact: ContactId) -> None:
        self._rows.run(
            "insert into conversation_settings(contact) values (?) on conflict do nothing", (contact,)
        )


def choice_of(row: Row) -> Choice:
    """Return a row of `CHOICE_COLUMNS` as a value."""
    lifetime, version, by, muted_until, archived, blocked, marked_unread = row
    if lifetime is None:
        return _NOTHING
    return Choice(
        Timer(lifetime, version, Direction(by) if by else None),
        Instant(muted_until) if muted_until else None,
        archived=archived == 1,
        blocked=blocked == 1,
        marked_unread=marked_unread == 1,
    )
