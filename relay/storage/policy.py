"""What the administrator decides about storage."""

from dataclasses import dataclass
from typing import Final

from securemsg.instant import DAY, HOUR, SECOND, Instant
from securemsg.mailbox.limits import Registration

REMEMBERED_HOURS: Final = 7 * DAY // HOUR
"""How long a submit id is recognised at least, after its first submit (Spec: MB-7)."""

PAGE_BYTES: Final = 256 * 1024
"""A page ends after this many bytes of envelopes: what one reader keeps in memory."""

FULL_RETRY_SECONDS: Final = 60
"""A full mailbox waits for its owner: asking again sooner rarely helps."""

POSITIONS: Final = 256
"""Positions of one generation of a shelf (Spec: MB-9)."""

PREKEY_BURST: Final = 30
"""Fetches at once: a group of people who meet somebody on the same morning (Spec: RL-6)."""

PREKEY_REFILL: Final = 60 * SECOND
"""One fetch more after each of these (Spec: RL-6)."""


@dataclass(frozen=True, slots=True)
class StorePolicy:
    """Quotas of each mailbox, retention (hours), and who may register (Spec: RL-4).

    `submit_ids` is how many a mailbox remembers, the oldest forgotten first (Spec: MB-7). `clock_apart` is
    how much (ms) the clock of a node and that of its server may differ (Spec: RL-26), `None` for any.
    """

    messages: int = 2_000
    bytes: int = 16 * 1024 * 1024
    retention_hours: int = 30 * DAY // HOUR
    registration: Registration = Registration.OPEN
    submit_ids: int = 65_536
    clock_apart: int | None = None


def hour_after(now: Instant, hours: int) -> int:
    """The first whole hour (counted since 1970) that is at least `hours` away.

    A coarser time than the clock's is all that the disk learns (Spec: RL-2).
    """
    return -(-now // HOUR) + hours


def hour_of(now: Instant) -> int:
    """The hour (since 1970) that `now` lies in: what expires in it or before is past its time."""
    return now // HOUR
