"""Sessions decoded lately: reading a record takes longer than opening a message with it."""

from typing import Final, final

from securemsg.ids import SessionId
from securemsg.session.book import Held

MOST: Final = 256
"""Sessions kept in memory, some kilobytes each: those of everybody one talks to on a day."""


@final
class RecentSessions:
    """What the newest records say, as long as the store still holds the same bytes.

    A transaction that was rolled back, or another copy of the file, leaves other bytes there:
    then the record is read again. Of each session one state is kept, the newest (Spec: RT-14).
    """

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[SessionId, tuple[bytes, Held]] = {}

    def find(self, session: SessionId, record: bytes) -> Held | None:
        """Return what `record` is known to say."""
        known = self._kept.get(session)
        return known[1] if known is not None and known[0] == record else None

    def keep(self, session: SessionId, record: bytes, held: Held) -> None:
        """Remember what a record says, in place of what was known of its session."""
        self._kept.pop(session, None)
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[session] = record, held

    def forget(self, session: SessionId) -> None:
        """Drop a session that was deleted."""
        self._kept.pop(session, None)

    def forget_all(self) -> None:
        """Drop every session, where it is not told which were deleted."""
        self._kept.clear()
