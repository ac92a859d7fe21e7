"""06: the order of the sessions of one peer device, and how long they are kept."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.refusal import AUTHENTICATION, require

DAY = 24 * 60 * 60 * 1000
KEPT_BESIDES = 8
KEPT_FOR = 30 * DAY


class Entry(NamedTuple):
    """A session as a book ranks it; `replaced_ms` is when it stopped being current, or none."""

    session_id: bytes
    opened_ms: int
    replaced_ms: int | None = None


def ranked(entries: list[Entry]) -> list[Entry]:
    """SE-2: highest first."""
    return sorted(entries, key=lambda entry: (-entry.opened_ms, entry.session_id))


def opening_time(entries: list[Entry], now: int) -> int:
    """HS-8: our time, raised above that of every session known."""
    return max([now, *(entry.opened_ms + 1 for entry in entries)])


def check_opened(opened_ms: int, now: int) -> None:
    """SE-6: refuse a session from the far future."""
    require(AUTHENTICATION, opened_ms <= now + DAY)


def kept(entries: list[Entry], now: int) -> list[Entry]:
    """SE-6: the current session, and of the others the eight highest that are not too old."""
    current, *others = ranked(entries)
    young = [entry for entry in others if entry.replaced_ms is None or now - entry.replaced_ms <= KEPT_FOR]
    return [current, *young[:KEPT_BESIDES]]
