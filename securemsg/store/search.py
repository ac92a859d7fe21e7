"""Full-text search over every conversation, newest first (Spec: ST-7, CL-38)."""

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from securemsg.instant import Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import FILE_KIND, LINES, SELECT_MESSAGE, Direction, Message, message_of
from securemsg.store.rows import Rows, Values

MAX_QUERY: Final = 1_000
"""Characters of a query that are looked at: more than anyone types, few enough to plan at once."""

MAX_TERMS: Final = 32
"""Words of a query that are looked for; each walks its own list of rows."""

LEAST_BEGINNING: Final = 3
"""Bytes of a last word that may be a beginning: every list of a shorter one would have to be merged, which
takes a second among a million messages."""

_FEW: Final = 500
"""Messages of a conversation of which each is asked for its words, some microseconds each; where there are
more, every message with the words is asked for its conversation, and enough are found soon."""

_END: Final = 2**63 - 1

_WITH_WORDS: Final = f"""
    {SELECT_MESSAGE} join words on messages.id = words.rowid
    where words match ? and words.rowid < ? and words.rowid >= ?"""
_WITHOUT: Final = f"{SELECT_MESSAGE} where id < ? and id >= ? and deleted_at = 0 and kind not in {LINES}"

_OF: Final = " and contact = ?"
_AMONG: Final = " and contact in (select value from json_each(?))"
# The index tells the conversation, and whose a message is, without reading it.
_IN_ONE: Final = f"""
    {SELECT_MESSAGE} where id in (
        select rowid from words where words match ? and rowid < ? and rowid >= ? and exists (
            select 1 from messages near indexed by messages_order
            where near.contact = ? and near.id = words.rowid and near.direction <> ?)
        order by rowid desc limit ?)
    order by id desc"""  # noqa: S608  # constants only
_HAS_WORDS: Final = " and exists (select 1 from words where words match ? and words.rowid = messages.id)"
_AMONG_WORDS: Final = " and id in (select rowid from words where words match ?)"


@final
@dataclass(frozen=True, slots=True)
class Filters:
    """What a message must be besides its words.

    `contacts` are the conversations that count, `None` for all; `before` is not among what is
    found, `after` is; `author` says whether it is ours.
    """

    contacts: frozenset[ContactId] | None = None
    author: Direction | None = None
    before: Instant | None = None
    after: Instant | None = None
    has_file: bool = False


ALL: Final = Filters()
"""Every message."""


@final
class Search:
    """Finds messages by their words and by what else is asked of them."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def find(
        self, words: str, limit: int, before: MessageRow | None = None, filters: Filters = ALL
    ) -> list[Message]:
        """Return the newest messages (before row `before`) that have every word and pass the filters.

        The last word may be a beginning, from three letters on, unless a space follows it. Whatever
        a person types are words: they have no syntax and never raise. Without words
        the filters alone decide; without both nothing is found.

        Spec: ST-7, CL-38.
        """
        expression = match_expression(words)
        if not expression and (words.strip() or filters == ALL):
            return []
        span = self._span(_END if before is None else before, filters)
        if expression:
            return self._with_words(expression, span, limit, filters)
        clause, values = _clause(filters)
        if filters.contacts is None:
            return self._without((clause, values), span, limit)
        # Each conversation has its own order in the index.
        conditions = ((clause + _OF, (*values, contact)) for contact in filters.contacts)
        each = (self._without(condition, span, limit) for condition in conditions)
        return heapq.nlargest(limit, (message for found in each for message in found), key=_row)

    def _with_words(
        self, expression: str, span: tuple[int, int], limit: int, filters: Filters
    ) -> list[Message]:
        """Walk the messages with the words, or others of which there are fewer (Spec: CL-38)."""
        clause, values = _clause(filters)
        people = sorted(filters.contacts or ())
        if filters.contacts is not None:
            clause, values = clause + _AMONG, (*values, json.dumps(people))
        # The lists of a beginning are merged before they are walked: not for every message anew.
        is_word = not expression.endswith("*")
        if filters.has_file or (len(people) == 1 and is_word and self._is_few(people[0])):
            clause, values = clause + (_HAS_WORDS if is_word else _AMONG_WORDS), (*values, expression)
            return self._without((clause, values), span, limit)
        if len(people) == 1 and filters.before is None and filters.after is None:
            other = 0 if filters.author is None else Direction.IN + Direction.OUT - filters.author
            return self._messages(_IN_ONE, (expression, *span, people[0], other, limit))
        sql = f"{_WITH_WORDS}{clause} order by words.rowid desc limit ?"
        return self._messages(sql, (expression, *span, *values, limit))

    def _without(self, condition: tuple[str, Values], span: tuple[int, int], limit: int) -> list[Message]:
        clause, values = condition
        return self._messages(f"{_WITHOUT}{clause} order by id desc limit ?", (*span, *values, limit))

    def _is_few(self, contact: ContactId) -> bool:
        sql = "select count(*) from (select 1 from messages where contact = ? limit ?)"
        return self._rows.number(sql, (contact, _FEW)) < _FEW

    def _span(self, end: int, filters: Filters) -> tuple[int, int]:
        """Return between which rows the days lie that are asked for: rows are in the order of storing."""
        start = 0
        if filters.before is not None:
            end = min(end, self._first_since(filters.before))
        if filters.after is not None:
            start = self._first_since(filters.after)
        return end, start

    def _first_since(self, instant: Instant) -> int:
        """Return a row before which everything was stored before `instant`, as far as the clock went on."""
        low, high = 1, self._rows.number("select coalesce(max(id), 0) from messages") + 1
        while low < high:
            middle = (low + high) // 2
            row = self._rows.one(
                "select id, stored_at from messages where id >= ? order by id limit 1", (middle,)
            )
            if row is None or row[1] >= instant:
                high = middle
            else:
                low = row[0] + 1
        return low

    def _messages(self, sql: str, values: Values) -> list[Message]:
        return [message_of(row) for row in self._rows.all(sql, values)]


def match_expression(query: str) -> str:
    """Return the FTS5 expression for what a person typed, empty where there is nothing to look for."""
    # Inside quotes FTS5 knows no operators; a zero byte would end the expression for it, and
    # half a character (a command line can carry one) could not be handed over at all.
    text = query[:MAX_QUERY].replace("\0", " ").encode(errors="replace").decode()
    terms = [term for term in text.split()[:MAX_TERMS] if _has_word(term)]
    if not terms:
        return ""
    quoted = " ".join('"' + term.replace('"', '""') + '"' for term in terms)
    return f"{quoted}*" if _may_go_on(text, terms) else quoted


def _may_go_on(text: str, terms: Sequence[str]) -> bool:
    """Tell whether the last word may be a beginning only."""
    return not text[-1].isspace() and len(terms[-1].encode()) >= LEAST_BEGINNING


def _has_word(term: str) -> bool:
    """Tell whether the index could know any part of `term`: of a term without, nothing is asked."""
    return any(character.isalnum() for character in term)


def _clause(filters: Filters) -> tuple[str, Values]:
    """Return what the filters ask of a message besides its words and its conversation."""
    parts: list[tuple[str, int]] = []
    if filters.author is not None:
        parts.append((" and direction = ?", filters.author))
    if filters.before is not None:
        parts.append((" and stored_at < ?", filters.before))
    if filters.after is not None:
        parts.append((" and stored_at >= ?", filters.after))
    clause = "".join(part for part, _ in parts)
    if filters.has_file:
        # Not a parameter: only so is the index of files used.
        clause += f" and kind = {FILE_KIND}"
    return clause, tuple(value for _, value in parts)


def _row(message: Message) -> int:
    return message.row
