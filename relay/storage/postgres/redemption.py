"""Invitations whose mailboxes lie on other shards (Spec: RL-57)."""

from typing import Any, Final

from psycopg import Connection

from relay.storage.clustering import Admit, OfInvitation, Redeem
from relay.storage.operations import Refused, Result, Stored
from relay.storage.policy import hour_after, hour_of
from securemsg.crypto.kdf import sha256
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode

_KEPT_HOURS: Final = 1
"""So long a create can be repeated that failed after its invitation was used."""

_USABLE: Final = "SELECT 1 FROM invitation WHERE hash = %s AND uses_left > 0 AND expires_hour > %s"
_REDEEMED: Final = "SELECT 1 FROM redemption WHERE digest = %s"
_USE: Final = (
    "UPDATE invitation SET uses_left = uses_left - 1 WHERE hash = %s AND uses_left > 0 AND expires_hour > %s"
)
_REMEMBER: Final = "INSERT INTO redemption (digest, expires_hour) VALUES (%s, %s)"
_FORGET: Final = "DELETE FROM redemption WHERE digest = %s"
_FORGET_OLD: Final = "DELETE FROM redemption WHERE expires_hour <= %s"

_REFUSED: Final = Refused(ErrorCode.REGISTRATION_REFUSED)


def answer(connection: Connection, operation: OfInvitation, now: Instant) -> Result:
    """Carry out one operation."""
    if isinstance(operation, Admit):
        return Stored() if _row(connection, _USABLE, operation.invitation, hour_of(now)) else _REFUSED
    # Who has only the database cannot tell from it which mailbox it was.
    digest = sha256(operation.invitation + operation.mailbox)
    if isinstance(operation, Redeem):
        return _redeem(connection, operation, digest, now)
    connection.execute(_FORGET, (digest,))
    return Stored()


def forget_old(connection: Connection, now: Instant) -> int:
    """Forget redemptions past their time."""
    return connection.execute(_FORGET_OLD, (hour_of(now),)).rowcount


def _redeem(connection: Connection, operation: Redeem, digest: bytes, now: Instant) -> Result:
    with connection.transaction():
        if _row(connection, _REDEEMED, digest):
            return Stored()
        if not connection.execute(_USE, (operation.invitation, hour_of(now))).rowcount:
            return _REFUSED
        # Of two that come at once the second fails as a whole, and is repeated.
        connection.execute(_REMEMBER, (digest, hour_after(now, _KEPT_HOURS)))
    return Stored()


def _row(connection: Connection, query: str, *parameters: bytes | int) -> tuple[Any, ...] | None:
    return connection.execute(query.encode(), parameters).fetchone()
