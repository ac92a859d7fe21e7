"""05: the double ratchet with header encryption, as plain as the text."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.reference.curve25519 import x25519, x25519_public
from tests.reference.envelopes import Message, pad, unpad
from tests.reference.primitives import gcm_open, gcm_seal, kdf, prf
from tests.reference.refusal import (
    AUTHENTICATION,
    EXHAUSTED,
    FOREIGN,
    REPLAYED,
    SKIPPED,
    RefusedError,
    require,
)

INITIATOR, RESPONDER = 1, 2
MAX_CHAIN = 2**20
MAX_SKIP = 1000
MAX_PAST = 5
MAX_ROWS = 2000
ROW_LIFE = 30 * 24 * 60 * 60 * 1000


class Past(NamedTuple):
    """A past receiving chain."""

    chain: int
    header_key: bytes


class Row(NamedTuple):
    """A skipped message key."""

    chain: int
    n: int
    key: bytes
    instant: int


class Header(NamedTuple):
    """The header (RT-6)."""

    dh: bytes
    pn: int
    n: int
    e: int = 0
    pn_pq: int = 0
    n_pq: int = 0

    def encoded(self) -> bytes:
        """Give the 52 bytes."""
        return self.dh + b"".join(number.to_bytes(4, "big") for number in self[1:])


def read_header(raw: bytes) -> Header:
    """Read the 52 bytes."""
    return Header(raw[:32], *(int.from_bytes(raw[at : at + 4], "big") for at in range(32, 52, 4)))


@dataclass(frozen=True)
class State:
    """One side of a session (RT-1), with its skipped rows."""

    t: bytes
    role: int
    rk: bytes
    private: bytes
    theirs: bytes = b""
    hks: bytes = b""
    cks: bytes = b""
    ns: int = 0
    hkr: bytes = b""
    ckr: bytes = b""
    nr: int = 0
    nhks: bytes = b""
    nhkr: bytes = b""
    pn: int = 0
    chain: int = -1  # the number of the present receiving chain
    past: tuple[Past, ...] = ()  # oldest first
    rows: tuple[Row, ...] = ()  # oldest first


class Secrets(NamedTuple):
    """What the handshake gives (HS-8)."""

    t: bytes
    sk_ec: bytes
    hk_a: bytes
    nhk_b: bytes


class Trace(NamedTuple):
    """What a seal or an open used, for the vectors."""

    header: Header
    chain_key: bytes
    message_key: bytes
    key: bytes
    commitment: bytes


def root_step(rk: bytes, dh: bytes) -> tuple[bytes, bytes, bytes]:
    """RT-3."""
    output = kdf(rk, dh, b"root", 96)
    return output[:32], output[32:64], output[64:]


def initiator(secrets: Secrets, signed_prekey: bytes, private: bytes) -> State:
    """RT-2, the side that opened the session; `private` is its fresh ratchet key."""
    rk, cks, nhks = root_step(secrets.sk_ec, x25519(private, signed_prekey))
    return State(
        secrets.t,
        INITIATOR,
        rk,
        private,
        signed_prekey,
        hks=secrets.hk_a,
        cks=cks,
        nhks=nhks,
        nhkr=secrets.nhk_b,
    )


def responder(secrets: Secrets, signed_prekey_private: bytes) -> State:
    """RT-2, the side that answers."""
    return State(
        secrets.t, RESPONDER, secrets.sk_ec, signed_prekey_private, nhks=secrets.nhk_b, nhkr=secrets.hk_a
    )


def seal(state: State, content: bytes, salt: bytes, nonce: bytes) -> tuple[State, Message, Trace]:
    """RT-4 to RT-8."""
    header = Header(x25519_public(state.private), state.pn, state.ns)
    return seal_as(state, header, pad(content), (salt, nonce))


def seal_as(
    state: State, header: Header, block: bytes, draws: tuple[bytes, bytes]
) -> tuple[State, Message, Trace]:
    """Seal with any header and block, so that faults can be made on purpose; `draws` is (salt, nonce)."""
    require("LocalError", state.cks != b"")
    require(EXHAUSTED, state.ns < MAX_CHAIN)
    salt, nonce = draws
    next_chain, mk = prf(state.cks, b"chain", b"")
    key, commitment = prf(mk, b"message", salt)
    ad = state.t + bytes([state.role])
    sealed_header = nonce + gcm_seal(state.hks, nonce, header.encoded(), ad)
    body = gcm_seal(key, bytes(12), block, ad + sealed_header + salt + commitment)
    trace = Trace(header, state.cks, mk, key, commitment)
    return (
        replace(state, cks=next_chain, ns=state.ns + 1),
        Message(sealed_header, salt, commitment, body),
        trace,
    )


def open_message(state: State, message: Message, private: bytes, now: int) -> tuple[State, bytes, Trace]:
    """RT-9 to RT-14; `private` is the new ratchet key in case a new chain begins."""
    state = _without_old_rows(state, now)
    header, place = _find(state, message.sealed_header)
    require(SKIPPED, header.e == 0, header.pn_pq == 0, header.n_pq == 0)
    require(SKIPPED, header.n < MAX_CHAIN, header.pn <= MAX_CHAIN)
    _check_skip(state, header, place)
    if place == "next":
        state = _turn(state, header, private, now)
    chain = state.chain if isinstance(place, str) else place
    if chain != state.chain or header.n < state.nr:
        row = next((row for row in state.rows if (row.chain, row.n) == (chain, header.n)), None)
        if row is None:
            raise RefusedError(REPLAYED)
        content, trace = _open_body(state, header, message, (b"", row.key))
        return replace(state, rows=tuple(other for other in state.rows if other != row)), content, trace
    state = _skip(state, header.n, now)
    chain_key = state.ckr
    ckr, mk = prf(chain_key, b"chain", b"")
    content, trace = _open_body(state, header, message, (chain_key, mk))
    return _within_limits(replace(state, ckr=ckr, nr=state.nr + 1)), content, trace


def _find(state: State, sealed_header: bytes) -> tuple[Header, str | int]:
    """RT-9: the header, and `present`, `next`, or the number of a past chain."""
    candidates: list[tuple[str | int, bytes]] = [("present", state.hkr), ("next", state.nhkr)]
    candidates += [(past.chain, past.header_key) for past in reversed(state.past)]
    ad = state.t + bytes([INITIATOR + RESPONDER - state.role])
    for place, key in candidates:
        if key:
            try:
                return read_header(gcm_open(key, sealed_header[:12], sealed_header[12:], ad)), place
            except RefusedError:
                continue
    raise RefusedError(FOREIGN)


def _check_skip(state: State, header: Header, place: str | int) -> None:
    steps = 0
    if place == "present":
        steps = header.n - state.nr
    elif place == "next":
        require(SKIPPED, header.pn == 0 or state.chain >= 0)
        steps = header.n + max(0, header.pn - state.nr)
    require(SKIPPED, steps <= MAX_SKIP)


def _skip(state: State, until: int, now: int) -> State:
    while state.nr < until:
        ckr, mk = prf(state.ckr, b"chain", b"")
        row = Row(state.chain, state.nr, mk, now)
        state = replace(state, ckr=ckr, nr=state.nr + 1, rows=(*state.rows, row))
    return state


def _turn(state: State, header: Header, private: bytes, now: int) -> State:
    """RT-10, the DH step."""
    if state.chain >= 0:
        state = _skip(state, header.pn, now)
        state = replace(state, past=(*state.past, Past(state.chain, state.hkr)))
    rk, ckr, nhkr = root_step(state.rk, x25519(state.private, header.dh))
    rk, cks, nhks = root_step(rk, x25519(private, header.dh))
    return replace(
        state,
        rk=rk,
        private=private,
        theirs=header.dh,
        hkr=state.nhkr,
        ckr=ckr,
        nr=0,
        nhkr=nhkr,
        chain=state.chain + 1,
        pn=state.ns,
        ns=0,
        hks=state.nhks,
        cks=cks,
        nhks=nhks,
    )


def _open_body(
    state: State, header: Header, message: Message, keys: tuple[bytes, bytes]
) -> tuple[bytes, Trace]:
    """RT-12; `keys` is (chain key or nothing, message key)."""
    key, commitment = prf(keys[1], b"message", message.salt)
    require(AUTHENTICATION, hmac.compare_digest(commitment, message.commitment))
    ad = state.t + bytes([INITIATOR + RESPONDER - state.role])
    ad += message.sealed_header + message.salt + message.commitment
    try:
        content = unpad(gcm_open(key, bytes(12), message.body, ad))
    except RefusedError:
        raise RefusedError(AUTHENTICATION) from None
    return content, Trace(header, *keys, key, commitment)


def _without_old_rows(state: State, now: int) -> State:
    return replace(state, rows=tuple(row for row in state.rows if now - row.instant <= ROW_LIFE))


def _within_limits(state: State) -> State:
    """RT-13: drop the oldest past chains with their rows, then the oldest rows."""
    past = state.past[-MAX_PAST:]
    known = {entry.chain for entry in past} | {state.chain}
    rows = sorted((row for row in state.rows if row.chain in known), key=_age)
    return replace(state, past=past, rows=tuple(rows[-MAX_ROWS:]))


def _age(row: Row) -> tuple[int, int, int]:
    return row.instant, row.chain, row.n
