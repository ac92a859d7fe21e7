"""How words of erased messages leave the full-text index (Spec: ST-16)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from securemsg.store.rows import Rows

_PASSED_IN: Final = 250
"""Messages over which one pass of the whole index goes in the time in which the words of one are looked up
and taken out."""


@contextmanager
def forgetting(rows: Rows, erased: int) -> Iterator[None]:
    """Erase so many messages in the block: their words go one by one, or at its end in one pass for all.

    Spec: ST-16.
    """
    newest = rows.number("select coalesce(max(id), 0) from messages")
    if erased * _PASSED_IN <= newest:
        yield
        return
    rows.run("insert into words(words, rank) values ('secure-delete', 0)")
    yield
    rows.run("insert into words(words) values ('optimize')")
    rows.run("insert into words(words, rank) values ('secure-delete', 1)")
