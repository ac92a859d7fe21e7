"""Points in time as values: the library never reads a clock."""

from typing import NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00Z, as told by the caller; 0 to 2**53 - 1."""

SECOND = 1_000
"""One second in the unit of `Instant`."""

HOUR = 3_600 * SECOND
"""One hour in the unit of `Instant`."""

DAY = 24 * HOUR
"""One day in the unit of `Instant`."""

LAST_INSTANT = 2**53 - 1
"""The greatest instant that formats carry: exact in every language's number type."""


def after(instant: Instant, duration: int) -> Instant:
    """Return the instant `duration` milliseconds after `instant`."""
    return Instant(instant + duration)
