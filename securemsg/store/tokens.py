"""Send tokens of our own mailbox: made in advance, each given to one contact (Spec: ID-8, CL-11)."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final, final

from securemsg.identity.access import SendToken
from securemsg.instant import Instant
from securemsg.store.ids import ContactId
from securemsg.store.rows import Rows

_NOBODY: Final = 0


class TokenState(IntEnum):
    """Whether the relay knows a token; a contact gets only one that it knows."""

    NEW = 1
    REGISTERED = 2
    DOUBTED = 3
    """The relay confirmed it and may have forgotten it since: it is told again; who has it goes on."""


@final
class Tokens:
    """The tokens beside that of the link."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, tokens: Sequence[SendToken], now: Instant) -> None:
        """Keep fresh tokens; the relay is told next."""
        sql = "insert into tokens(token, state, contact, created_at) values (?, ?, ?, ?)"
        self._rows.each(sql, [(token.expose(), TokenState.NEW, _NOBODY, now) for token in tokens])

    def unregistered(self) -> list[SendToken]:
        """Return the tokens of which the relay has not confirmed the hash, or may have forgotten it."""
        rows = self._rows.all("select token from tokens where state <> ?", (TokenState.REGISTERED,))
        return [SendToken(token) for (token,) in rows]

    def mark_registered(self, tokens: Sequence[SendToken]) -> None:
        """Note that the relay has confirmed the hashes of these."""
        sql = "update tokens set state = ? where token = ?"
        self._rows.each(sql, [(TokenState.REGISTERED, token.expose()) for token in tokens])

    def doubt(self) -> None:
        """Have the relay told again of all that it confirmed (Spec: CL-15)."""
        self._rows.run(
            "update tokens set state = ? where state = ?", (TokenState.DOUBTED, TokenState.REGISTERED)
        )

    def spare_count(self) -> int:
        """Return how many registered tokens belong to nobody yet."""
        sql = "select count(*) from tokens where state = ? and contact = ?"
        return self._rows.number(sql, (TokenState.REGISTERED, _NOBODY))

    def forget_spare(self) -> None:
        """Give up the tokens that belong to nobody: a newer copy of us may have given them (Spec: CL-15)."""
        self._rows.run("delete from tokens where contact = ? and state <> ?", (_NOBODY, TokenState.NEW))

    def take_for(self, contact: ContactId) -> SendToken | None:
        """Return the token of this contact, taking a spare one at the first call; `None` if there is none."""
        sql = """select token from tokens where contact = ? and state <> ? or contact = ? and state = ?
            order by contact = ? limit 1"""
        known, spare = (contact, TokenState.NEW), (_NOBODY, TokenState.REGISTERED)
        row = self._rows.one(sql, (*known, *spare, _NOBODY))
        if row is None:
            return None
        self._rows.run("update tokens set contact = ? where token = ?", (contact, row[0]))
        return SendToken(row[0])
