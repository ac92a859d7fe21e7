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

    REVOKED = 4
    """The relay is to refuse it from now on, and has not confirmed that yet."""


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
        states = (TokenState.NEW, TokenState.DOUBTED)
        rows = self._rows.all("select token from tokens where state in (?, ?)", states)
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

    def revoke(self, contact: ContactId) -> bool:
        """Take back the token of a contact; the relay is told next. Tell whether it had one (Spec: CL-31)."""
        sql = "update tokens set state = ? where contact = ? and state in (?, ?)"
        states = (TokenState.REGISTERED, TokenState.DOUBTED)
        return self._rows.run(sql, (TokenState.REVOKED, contact, *states)) > 0

    def revoked(self) -> list[SendToken]:
        """Return the tokens that the relay is still to refuse."""
        rows = self._rows.all("select token from tokens where state = ?", (TokenState.REVOKED,))
        return [SendToken(token) for (token,) in rows]

    def forget(self, tokens: Sequence[SendToken]) -> None:
        """Forget tokens that the relay refuses now."""
        self._rows.each("delete from tokens where token = ?", [(token.expose(),) for token in tokens])

    def spare_count(self) -> int:
        """Return how many registered tokens belong to nobody yet."""
        sql = "select count(*) from tokens where state = ? and contact = ?"
        return self._rows.number(sql, (TokenState.REGISTERED, _NOBODY))

    def forget_spare(self) -> None:
        """Give up the tokens that belong to nobody: a newer copy of us may have given them (Spec: CL-15)."""
        self._rows.run("delete from tokens where contact = ? and state <> ?", (_NOBODY, TokenState.NEW))

    def take_for(self, contact: ContactId) -> SendToken | None:
        """Return the token of this contact, taking a spare one at the first call; `None` if there is none."""
        sql = """select token from tokens
            where contact = ? and state in (?, ?) or contact = ? and state = ? order by contact = ? limit 1"""
        known = (contact, TokenState.REGISTERED, TokenState.DOUBTED)
        row = self._rows.one(sql, (*known, _NOBODY, TokenState.REGISTERED, _NOBODY))
        if row is None:
            return None
        self._rows.run("update tokens set contact = ? where token = ?", (contact, row[0]))
        return SendToken(row[0])
