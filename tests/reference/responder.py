"""04, HS-12: what the responder does with an opening, on its own keys and what it knows of others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from tests.reference import agreement, hpke, ratchet
from tests.reference.agreement import LAST_RESORT, ONE_TIME, Agreed, Inner, Offer, Party
from tests.reference.book import check_opened
from tests.reference.curve25519 import x25519_public
from tests.reference.envelopes import Message, Opening, read_envelope
from tests.reference.hybrid import decapsulate, kem_public
from tests.reference.identity import Certificate, accept_certificate, check_list_version, read_card
from tests.reference.primitives import h32
from tests.reference.refusal import AUTHENTICATION, FRAME, PREKEY, RefusedError, require

if TYPE_CHECKING:
    from tests.reference.machine import Draws

MAX_SEEN = 10_000


@dataclass(frozen=True)
class Responder:
    """One device: its private keys by their ids, and what it has seen."""

    account: bytes
    device: bytes
    identity: bytes
    sealing: bytes
    bodies: dict[int, bytes]
    prekeys: dict[int, bytes]
    one_time: dict[int, tuple[bytes, bytes]]
    last_resort: dict[int, bytes]
    list_versions: dict[bytes, int] = field(default_factory=dict)
    seen: frozenset[bytes] = frozenset()
    sessions: dict[tuple[bytes, bytes], tuple[Held, ...]] = field(default_factory=dict)


class Held(NamedTuple):
    """A session that was accepted, known by the mark of its opening (HS-13)."""

    mark: bytes
    state: ratchet.State


class Accepted(NamedTuple):
    """An opening that was accepted."""

    account: bytes
    inner: Inner
    agreed: Agreed
    state: ratchet.State
    content: bytes


class Repeated(NamedTuple):
    """A message of a session held, which an opening of that session carried once more."""

    state: ratchet.State
    content: bytes


def seen_mark(inner: Inner) -> bytes:
    """HS-13."""
    return h32(b"seen", inner.ephemeral + inner.ciphertext)


def arrive(me: Responder, opening: Opening, draws: Draws, now: int) -> Accepted | Repeated:
    """HS-12, step by step; `draws` are for the answer."""
    require(AUTHENTICATION, opening.hint == agreement.hint(hpke.public_key(me.sealing)))
    inner = agreement.open_opening(me.sealing, opening)
    if inner.card:
        read_card(inner.card)
    account, certificate = accept_certificate(inner.certificate)
    _check_peer(me, account, certificate)
    message = _message(inner)
    for held in me.sessions.get((account, certificate.device), ()):
        if held.mark == seen_mark(inner):
            state, content, _ = ratchet.open_message(held.state, message, draws, now)
            return Repeated(state, content)
    check_opened(inner.opened_ms, now)
    agreed, prekey = _agree(me, inner, (account, certificate))
    secrets = ratchet.Secrets(*agreed[1:2], *agreed[3:])
    state, content, _ = ratchet.open_message(ratchet.responder(secrets, prekey), message, draws, now)
    return Accepted(account, inner, agreed, state, content)


def accept(me: Responder, opening: Opening, draws: Draws, now: int) -> Accepted:
    """Open an opening of no session held."""
    arrived = arrive(me, opening, draws, now)
    if not isinstance(arrived, Accepted):
        raise TypeError
    return arrived


def after(me: Responder, accepted: Accepted) -> Responder:
    """HS-13: what the device holds once the message has authenticated."""
    inner, certificate = accepted.inner, accept_certificate(accepted.inner.certificate)[1]
    key, held = (accepted.account, certificate.device), Held(seen_mark(inner), accepted.state)
    sessions = {**me.sessions, key: (*me.sessions.get(key, ()), held)}
    if inner.kem_kind != ONE_TIME:
        return replace(me, sessions=sessions, seen=me.seen | {held.mark})
    left = {leaf: keys for leaf, keys in me.one_time.items() if leaf != inner.kem_id}
    return replace(me, sessions=sessions, one_time=left)


def _message(inner: Inner) -> Message:
    message = read_envelope(inner.message)
    if not isinstance(message, Message):
        raise RefusedError(FRAME)
    return message


def _agree(me: Responder, inner: Inner, peer: tuple[bytes, Certificate]) -> tuple[Agreed, bytes]:
    """HS-7 and HS-8 with our private keys: the secrets, and the private signed prekey."""
    account, certificate = peer
    one_time, kem = _kem_keys(me, inner)
    prekey = me.prekeys[inner.signed_prekey_id]
    shared = decapsulate(kem, inner.ciphertext)
    offer = Offer(
        x25519_public(prekey),
        inner.kem_kind,
        kem_public(kem),
        None if one_time is None else x25519_public(one_time),
        inner.ephemeral,
        inner.ciphertext,
    )
    a = Party(account, certificate.device, inner.certificate)
    b = Party(me.account, me.device, me.bodies[inner.generation])
    dhs = agreement.responder_dhs(me.identity, prekey, one_time, (certificate.identity_key, inner.ephemeral))
    transcript = agreement.transcript(a, b, offer, inner.opened_ms, inner.card)
    return agreement.agree(transcript, dhs, shared), prekey


def _kem_keys(me: Responder, inner: Inner) -> tuple[bytes | None, bytes]:
    require(PREKEY, inner.generation in me.bodies, inner.signed_prekey_id in me.prekeys)
    if inner.kem_kind == ONE_TIME:
        require(PREKEY, inner.kem_id in me.one_time)
        return me.one_time[inner.kem_id]
    require(PREKEY, inner.kem_kind == LAST_RESORT, inner.kem_id in me.last_resort)
    require(AUTHENTICATION, seen_mark(inner) not in me.seen)
    require(PREKEY, len(me.seen) < MAX_SEEN)
    return None, me.last_resort[inner.kem_id]


def _check_peer(me: Responder, account: bytes, certificate: Certificate) -> None:
    require(AUTHENTICATION, (account, certificate.device) != (me.account, me.device))
    check_list_version(certificate, me.list_versions.get(account, 0))
