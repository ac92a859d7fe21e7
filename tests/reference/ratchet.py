"""05: both ratchets side by side, as plain as the text."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.reference import ec, machine
from tests.reference.curve25519 import x25519, x25519_public
from tests.reference.ec import Ec
from tests.reference.envelopes import Message, pad, slots_for, unpad
from tests.reference.epochs import epoch_step
from tests.reference.header import Header, check_ranges, read_header
from tests.reference.machine import Draws, Kem, Receiving, Sending
from tests.reference.primitives import gcm_open, gcm_seal, prf
from tests.reference.refusal import AUTHENTICATION, EXHAUSTED, SKIPPED, RefusedError, require
from tests.reference.rows import (
    INITIATOR,
    KEM,
    MAX_CHAIN,
    RESPONDER,
    Rows,
    Walk,
    check_steps,
    skip,
    take,
    within_limits,
    young,
)


@dataclass(frozen=True)
class State:
    """One side of a session, with its skipped rows."""

    t: bytes
    role: int
    ec: Ec
    kem: Kem
    rows: Rows = ()  # oldest first


class Secrets(NamedTuple):
    """What the handshake gives (HS-8)."""

    t: bytes
    sk_ec: bytes
    sk_pq: bytes
    a_0: bytes
    hk_a: bytes
    nhk_b: bytes


class Trace(NamedTuple):
    """What a seal or an open used, for the vectors."""

    header: Header
    message_key: bytes
    pq_message_key: bytes
    key: bytes
    commitment: bytes
    block: bytes
    codewords: tuple[bytes, ...]


def initiator(secrets: Secrets, signed_prekey: bytes, private: bytes, kem_seed: bytes) -> State:
    """RT-2, the side that opened the session; `private` and `kem_seed` are its draws."""
    rk, cks, nhks = ec.root_step(secrets.sk_ec, x25519(private, signed_prekey))
    first = Ec(rk, private, hks=secrets.hk_a, cks=cks, nhks=nhks, nhkr=secrets.nhk_b)
    kem = machine.begin(secrets.t[:32], INITIATOR, (secrets.sk_pq, secrets.a_0), kem_seed)
    return State(secrets.t, INITIATOR, first, kem)


def responder(secrets: Secrets, signed_prekey_private: bytes) -> State:
    """RT-2, the side that answers."""
    first = Ec(secrets.sk_ec, signed_prekey_private, nhks=secrets.nhk_b, nhkr=secrets.hk_a)
    kem = machine.begin(secrets.t[:32], RESPONDER, (secrets.sk_pq, secrets.a_0))
    return State(secrets.t, RESPONDER, first, kem)


def next_header(state: State) -> Header:
    """RT-6."""
    chain = state.kem.sending
    public = x25519_public(state.ec.private)
    return Header(public, state.ec.pn, state.ec.ns, chain.epoch, chain.previous, chain.number)


def seal(state: State, content: bytes, salt: bytes, nonce: bytes) -> tuple[State, Message, Trace]:
    """RT-4 to RT-8."""
    kem, words = machine.carried(state.kem, slots_for(len(content)))
    block = pad(content, words)
    sealed = seal_as(replace(state, kem=kem), next_header(state), block, (salt, nonce))
    return sealed[0], sealed[1], sealed[2]._replace(codewords=tuple(words))


def seal_as(
    state: State, header: Header, block: bytes, draws: tuple[bytes, bytes]
) -> tuple[State, Message, Trace]:
    """Seal with any header and block, so that faults can be made on purpose; `draws` is (salt, nonce)."""
    require("LocalError", state.ec.cks != b"")
    chain = state.kem.sending
    require(EXHAUSTED, state.ec.ns < MAX_CHAIN, chain.number < MAX_CHAIN)
    salt, nonce = draws
    cks, ec_mk = ec.chain_step(state.ec.cks)
    cks_pq, pq_mk = epoch_step(chain.key)
    key, commitment = prf(ec_mk, b"message", pq_mk + salt)
    ad = state.t + bytes([state.role])
    sealed_header = nonce + gcm_seal(state.ec.hks, nonce, header.encoded(), ad)
    body = gcm_seal(key, bytes(12), block, ad + sealed_header + salt + commitment)
    trace = Trace(header, ec_mk, pq_mk, key, commitment, block, ())
    following = replace(
        state,
        ec=replace(state.ec, cks=cks, ns=state.ec.ns + 1),
        kem=replace(state.kem, sending=Sending(chain.epoch, cks_pq, chain.number + 1, chain.previous)),
    )
    return following, Message(sealed_header, salt, commitment, body), trace


def open_message(state: State, message: Message, draws: Draws, now: int) -> tuple[State, bytes, Trace]:
    """RT-9 to RT-14, then KR-8."""
    ad = state.t + bytes([INITIATOR + RESPONDER - state.role])
    raw, place = ec.find(state.ec, message.sealed_header, ad)
    header, rows = read_header(raw), young(state.rows, now)
    check_ranges(header)
    taken = ec.receive(state.ec, rows, (header, place), draws.ratchet_private, now)
    kem, rows, pq_mk = _receive_kem(state.kem, taken.rows, header, now)
    key, commitment = prf(taken.message_key, b"message", pq_mk + message.salt)
    require(AUTHENTICATION, hmac.compare_digest(commitment, message.commitment))
    ad += message.sealed_header + message.salt + message.commitment
    try:
        block = gcm_open(key, bytes(12), message.body, ad)
        content, words = unpad(block)
    except RefusedError:
        raise RefusedError(AUTHENTICATION) from None
    kem = machine.step(kem, header.e, words, draws)
    chains = {past.chain for past in taken.state.past} | {taken.state.chain}
    following = replace(state, ec=taken.state, kem=kem, rows=within_limits(rows, chains))
    keys = (taken.message_key, pq_mk, key, commitment)
    return following, content, Trace(header, *keys, block, tuple(words))


def _receive_kem(kem: Kem, rows: Rows, header: Header, now: int) -> tuple[Kem, Rows, bytes]:
    """KR-5 and RT-11: the state, the rows, the message key."""
    chain = kem.receiving
    if header.e < chain.epoch or (header.e == chain.epoch and header.n_pq < chain.number):
        left, key = take(rows, KEM, header.e, header.n_pq)
        return kem, left, key
    walk = Walk(KEM, chain.epoch, chain.number, chain.key, epoch_step)
    if header.e == chain.epoch:
        check_steps(header.n_pq - chain.number)
    else:
        require(SKIPPED, header.e == chain.epoch + 1, kem.unused_receiving != b"")
        check_steps(header.n_pq + max(0, header.pn_pq - chain.number))
        rows, _ = skip(rows, walk, header.pn_pq, now)
        walk = Walk(KEM, header.e, 0, kem.unused_receiving, epoch_step)
        kem = replace(kem, unused_receiving=b"")
    rows, walk = skip(rows, walk, header.n_pq, now)
    key, pq_mk = epoch_step(walk.key)
    receiving = Receiving(walk.chain, key, walk.number + 1)
    return replace(kem, receiving=receiving), rows, pq_mk


def figures(state: State) -> dict[str, int]:
    """KR-10: how many messages since the last step of each ratchet."""
    kem = state.kem
    return {"ec": state.ec.ns + state.ec.nr, "kem": kem.sending.number + kem.receiving.number}
