"""The record of a session as its book holds it: versioned bytes for an encrypted store."""

from typing import Final

from securemsg.errors import AuthenticationError, FrameError
from securemsg.handshake.material import OpeningMaterial
from securemsg.ids import SessionId
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.role import Role
from securemsg.ratchet.snapshot import decode_state, encode_state
from securemsg.ratchet.state import Active, ReceivingChain
from securemsg.session.book import Held
from securemsg.session.states import FINGERPRINT_WIDTH, Confirmed, Origin, Session, Unanswered
from securemsg.wire.codec import MAX_INTEGER, encode
from securemsg.wire.fields import Fields
from securemsg.wire.messages.opening import KemKind

VERSION: Final = 2
"""Of the record; every version ever released stays readable (Spec: ST-8)."""

MAX_RECORD: Final = 65_536
"""Bytes: this version needs 13,000 at most, but must recognise the longer record of a newer one."""


def encode_session(held: Held) -> bytes:
    """Return the record of a session; it holds its secrets in clear (Spec: ST-8)."""
    session = held.session
    origin = session.origin
    return encode(
        (
            VERSION,
            origin.opened_at,
            origin.kem_kind.value,
            (origin.fingerprint,) if origin.fingerprint else (),
            () if held.retired_at is None else (held.retired_at,),
            int(held.worn),
            () if isinstance(session, Unanswered) else (session.healed_at,),
            (session.material.encode(),) if isinstance(session, Unanswered) else (),
            encode_state(session.ratchet),
        )
    )


def decode_session(record: bytes) -> Held:
    """Return the session of a record.

    Raises `NewerRecord` for a version that this one does not know, and `FrameError` for a damaged record.

    Spec: ST-5, ST-8.
    """
    fields = Fields.parse(record, MAX_RECORD)
    if fields.uint(MAX_INTEGER) != VERSION:
        raise NewerRecord("a record of another version")
    opened_at = Instant(fields.uint(LAST_INSTANT))
    kem_kind = _kem_kind(fields)
    fingerprint = _fingerprint(fields.optional())
    retired_at = _instant(fields.optional())
    worn = fields.uint(1) == 1
    if worn and retired_at is not None:
        raise FrameError("only a current session wears out")
    healed_at = _instant(fields.optional())
    material = _material(fields.optional())
    if (healed_at is None) == (material is None):
        raise FrameError("a session is answered or not")
    ratchet = decode_state(fields.binary_up_to(MAX_RECORD))
    fields.end()
    session_id = SessionId(ratchet.binding.transcript[: SessionId.WIDTH])
    origin = Origin(session_id, opened_at, kem_kind, fingerprint)
    return Held(_session(origin, ratchet, material if healed_at is None else healed_at), retired_at, worn)


def _session(origin: Origin, ratchet: Active, own: Instant | OpeningMaterial | None) -> Session:
    """Return the session of these parts; raises `FrameError` if no session has them together."""
    ours = ratchet.binding.role is Role.INITIATOR
    if ours == bool(origin.fingerprint):
        raise FrameError("a fingerprint belongs to what was accepted")
    match own, ratchet.receiving:
        case OpeningMaterial(), None:
            if own.opened_at != origin.opened_at or own.choice.kem_kind is not origin.kem_kind:
                raise FrameError("material of another session")
            return Unanswered(origin, ratchet, own)
        case int(), ReceivingChain():
            return Confirmed(origin, ratchet, Instant(own))
        case _:
            raise FrameError("material belongs to what is not answered")


def _kem_kind(fields: Fields) -> KemKind:
    kind = fields.uint(max(KemKind))
    if kind < min(KemKind):
        raise FrameError("no kind of key")
    return KemKind(kind)


def _fingerprint(fields: Fields | None) -> bytes:
    return b"" if fields is None else fields.binary(FINGERPRINT_WIDTH)


def _instant(fields: Fields | None) -> Instant | None:
    return None if fields is None else Instant(fields.uint(LAST_INSTANT))


def _material(fields: Fields | None) -> OpeningMaterial | None:
    if fields is None:
        return None
    try:
        return OpeningMaterial.decode(fields.binary_up_to(MAX_RECORD))
    except AuthenticationError:
        raise FrameError("no public key") from None
