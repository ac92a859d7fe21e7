"""Conversations of 05 about skipped rows: which are deleted first, and when they are too old (RT-13)."""

from __future__ import annotations

from tests.reference.case import Fields, good
from tests.reference.refusal import REPLAYED
from tests.reference.rows import ROW_LIFE
from tests.reference.writers.conversation import Conversation

NO_WORDS = b"x" * 700  # a content beside which no codeword travels
DAY = 24 * 60 * 60 * 1000


def _skips(talk: Conversation, count: int, *names: str) -> None:
    """Let A seal these and lose some, then let B hear the next: rows for all of them."""
    for name in names[:-1]:
        talk.says("a", name)
    talk.loses("a", count - len(names) + 1, NO_WORDS)
    talk.says("a", names[-1])
    talk.hears("b", names[-1])


def by_instant() -> Fields:
    """The clock goes back: what was skipped later is older, and goes first."""
    talk = Conversation("05/rows-instant")
    _skips(talk, 1000, "young", "1st")
    talk.waits(-DAY)
    _skips(talk, 1000, "old", "2nd")
    talk.waits(DAY)
    _skips(talk, 1, "3rd")
    talk.refuses("b", "old", "the oldest of 2,001 rows by its instant, not by its place", REPLAYED)
    talk.hears("b", "young")
    return good("conversation/rows-instant", "of 2,001 rows the oldest goes: by instant", **talk.recorded())


def by_chain() -> Fields:
    """Rows of one instant: of a lower chain first, whatever their places in it."""
    talk = Conversation("05/rows-chain")
    for who in "ab":
        talk.exchanges(who, f"{who}0")
    talk.exchanges("a", "a1")
    talk.exchanges("b", "b1", NO_WORDS)
    for name in ("first of a chain", "lower chain", "lower chain, next"):
        talk.says("a", name, NO_WORDS)
    talk.hears("b", "first of a chain")
    talk.says("b", "turn", NO_WORDS)
    talk.loses("a", 798, NO_WORDS)
    talk.hears("a", "turn")
    _skips(talk, 200, "higher chain", "1st")
    _skips(talk, 1000, "2nd")
    _skips(talk, 1, "3rd")
    talk.refuses(
        "b", "lower chain", "of 2,001 rows of one instant the first of the lowest chain goes", REPLAYED
    )
    talk.hears("b", "higher chain", "lower chain, next")
    return good(
        "conversation/rows-chain", "of rows of one instant: by chain, then by place", **talk.recorded()
    )


def by_age() -> Fields:
    """Thirty days are kept in either direction of the clock, a millisecond more is not."""
    talk = Conversation("05/rows-age")
    for name in ("early", "late", "never", "skipper", "next"):
        talk.says("a", name)
    talk.hears("b", "skipper")
    talk.waits(-ROW_LIFE)
    talk.hears("b", "early")
    talk.waits(-1)
    talk.refuses("b", "late", "its instant is more than 30 days ahead: as old", REPLAYED)
    talk.waits(2 * ROW_LIFE + 1)
    talk.hears("b", "late")
    talk.waits(1)
    talk.refuses("b", "never", "older than 30 days, though it is still there", REPLAYED)
    talk.hears("b", "next")
    return good(
        "conversation/rows-age", "old rows are not used, and go with the next message", **talk.recorded()
    )


def row_cases() -> list[Fields]:
    """Give the tests."""
    return [by_instant(), by_chain(), by_age()]
