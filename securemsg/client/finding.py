"""What a person asks a search for: words, and filters written between them (Spec: CL-38)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from securemsg.client.step import Step
from securemsg.instant import SECOND, Instant
from securemsg.store.aliases import fold
from securemsg.store.ids import ContactId
from securemsg.store.messages import Direction
from securemsg.store.search import MAX_QUERY, Filters

MOST_PEOPLE: Final = 16
"""People whom the beginning of a name may mean: of more it says nothing yet."""

_ME: Final = frozenset({"me", "moi"})
_FILE: Final = frozenset({"file", "fichier"})
_FILTER: Final = re.compile(r'(?<!\S)(?P<name>[^\W\d_]+):(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))')
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")

_Take: TypeAlias = Callable[[Step, Filters, str], Filters | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words to look for, and what else a message has to be."""

    words: str
    filters: Filters


def wanted(step: Step, query: str) -> Wanted:
    """Return what `query` asks for; what is no filter that can be understood are words.

    Filters are `in:` (conversation), `from:` (`me` or a name), `before:`, `after:` (a day) and
    `has:file`, in French `dans:`, `de:`, `avant:`, `après:` and `a:fichier`. A name is its
    beginning or that of a word in it, in quotes where it has a space; a day is 2026-01-31 or
    31/01/2026, by the calendar of this computer. Nothing a person types raises.
    """
    filters = Filters()

    def take(found: re.Match[str]) -> str:
        nonlocal filters
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        taker = _TAKERS.get(found["name"].casefold())
        following = taker(step, filters, value) if taker is not None else None
        if following is None:
            return found[0]
        filters = following
        return " "

    words = _FILTER.sub(take, query[:MAX_QUERY])
    return Wanted(words, filters)


def _in(step: Step, filters: Filters, name: str) -> Filters | None:
    return _of_people(filters, _people(step, name)) if name else None


def _from(step: Step, filters: Filters, name: str) -> Filters | None:
    if not name:
        return None
    if fold(name) in _ME:
        return replace(filters, author=Direction.OUT)
    return replace(_of_people(filters, _people(step, name)), author=Direction.IN)


def _before(_step: Step, filters: Filters, day: str) -> Filters | None:
    start = _start_of(day)
    return None if start is None else replace(filters, before=start)


def _after(_step: Step, filters: Filters, day: str) -> Filters | None:
    start = _start_of(day)
    return None if start is None else replace(filters, after=start)


def _has(_step: Step, filters: Filters, what: str) -> Filters | None:
    return replace(filters, has_file=True) if fold(what) in _FILE else None


_TAKERS: Final[dict[str, _Take]] = {
    **dict.fromkeys(("in", "dans"), _in),
    **dict.fromkeys(("from", "de"), _from),
    **dict.fromkeys(("before", "avant"), _before),
    **dict.fromkeys(("after", "après", "apres"), _after),
    **dict.fromkeys(("has", "a"), _has),
}


def _of_people(filters: Filters, people: frozenset[ContactId]) -> Filters:
    known = filters.contacts
    return replace(filters, contacts=people if known is None else known & people)


def _people(step: Step, name: str) -> frozenset[ContactId]:
    """Return who may be meant: whoever is called so, else whose name has a word that begins so."""
    wanted_name = fold(name)
    exact = step.vault.contacts.called(wanted_name)
    return frozenset(exact or step.vault.contacts.with_word(wanted_name, MOST_PEOPLE))


def _start_of(text: str) -> Instant | None:
    """Return when a day begins here; `None` for what is no day."""
    iso, day_first = _ISO.fullmatch(text), _DAY_FIRST.fullmatch(text)
    if iso is not None:
        year, month, day = map(int, iso.groups())
    elif day_first is not None:
        day, month, year = map(int, day_first.groups())
    else:
        return None
    try:
        # Without a zone on purpose: a day begins where this computer is.
        start = datetime(year, month, day).astimezone()
        return Instant(max(0, int(start.timestamp())) * SECOND)
    except (ValueError, OverflowError, OSError):
        return None
