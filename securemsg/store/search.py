"""Full-text search over every conversation, newest first (Spec: ST-7)."""

from typing import Final, final

from securemsg.store.ids import MessageRow
from securemsg.store.messages import SELECT_MESSAGE, Message, message_of
from securemsg.store.rows import Rows

MAX_QUERY: Final = 1_000
"""Characters of a query that are looked at: more than anyone types, few enough to plan at once."""

MAX_TERMS: Final = 32
"""Words of a query that are looked for; each walks its own list of rows."""

_SEARCH: Final = f"""
    {SELECT_MESSAGE} join words on messages.id = words.rowid
    where words match ? and words.rowid < ? order by words.rowid desc limit ?"""
_END: Final = 2**63 - 1


@final
class Search:
    """Finds messages by their words."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def find(self, query: str, limit: int, before: MessageRow | None = None) -> list[Message]:
        """Return the newest messages (before row `before`) that have every word of `query`.

        The last word may be a beginning. Whatever a person types is a query: it has no
        syntax and never raises.

        Spec: ST-7.
        """
        expression = match_expression(query)
        if not expression:
            return []
        end = _END if before is None else before
        return [message_of(row) for row in self._rows.all(_SEARCH, (expression, end, limit))]


def match_expression(query: str) -> str:
    """Return the FTS5 expression for what a person typed, empty where there is nothing to look for."""
    # Inside quotes FTS5 knows no operators; a zero byte would end the expression for it, and
    # half a character (a command line can carry one) could not be handed over at all.
    text = query[:MAX_QUERY].replace("\0", " ").encode(errors="replace").decode()
    terms = ['"' + term.replace('"', '""') + '"' for term in text.split()[:MAX_TERMS] if _has_word(term)]
    return " ".join(terms) + "*" if terms else ""


def _has_word(term: str) -> bool:
    """Tell whether the index could know any part of `term`: of a term without, nothing is asked."""
    return any(character.isalnum() for character in term)
