"""The time that messages have left, kept in the vault on a wall clock that may be set (Spec: CL-28).

What counts holds the instant at which it ends. While a vault is open a steady clock tells how
much time really went by: where the wall clock says something else it was set, and every end
moves along. Between two openings nothing but the wall clock is there: the time that it shows is
believed, and where it went back no time counts as gone.
"""

from dataclasses import dataclass, replace
from typing import Final, final

from securemsg.client.step import Step
from securemsg.instant import SECOND, Instant
from securemsg.store.lifetimes import Lifetimes
from securemsg.store.transaction import Transaction

TOLERATED: Final = 2 * SECOND
"""Difference between the clocks (ms) that is no setting: what a network time service slews in an hour."""

NOTED_EACH: Final = 600 * SECOND
"""How often (ms) the clock is noted while something counts: a crash forgets no more of it than this."""

AT_ONCE: Final = 100
"""Messages erased in one transaction: it stays short enough that typing does not wait for it."""

ALL: Final = 2**62
"""More than there can be."""


@final
@dataclass(frozen=True, slots=True)
class Countdown:
    """One moment as both clocks showed it, and what was noted last of the wall clock."""

    wall: Instant
    steady: int
    noted: Instant

    def follow(self, lifetimes: Lifetimes, wall: Instant, steady: int) -> "Countdown":
        """Move every end along where the wall clock was set since, and note what it shows now and then."""
        shift = wall - self.wall - (steady - self.steady)
        if abs(shift) > TOLERATED:
            lifetimes.move(shift)
            note(lifetimes, wall)
            return Countdown(wall, steady, wall)
        if not 0 <= wall - self.noted < NOTED_EACH:
            note(lifetimes, wall)
            return replace(self, noted=wall)
        return self


def begin_countdown(transaction: Transaction, wall: Instant, steady: int) -> Countdown:
    """Take up the count where the vault was left; a clock that went back since lengthens nothing."""
    last = transaction.lifetimes.last_seen()
    if last is not None and wall < last:
        transaction.lifetimes.move(wall - last)
    note(transaction.lifetimes, wall)
    return Countdown(wall, steady, wall)


def note(lifetimes: Lifetimes, wall: Instant) -> None:
    """Note what the clock shows, if anything counts: a next opening sees whether it went back."""
    if lifetimes.next_due() is not None:
        lifetimes.note_seen(wall)


def erase_expired(step: Step, most: int = AT_ONCE) -> int:
    """Erase messages whose time is over, so many at most; return how many (Spec: CL-27)."""
    expired = step.vault.lifetimes.due(step.now, most)
    if expired:
        step.vault.messages.erase([each.row for each in expired], step.now)
        step.changes.contacts |= {each.contact for each in expired}
        # Edits of them may have waited.
        step.changes.outbox = True
        step.changes.files = True
    return len(expired)
