"""05, RT-1 to RT-11: one side of the EC ratchet, the Double Ratchet with header encryption."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tests.reference.curve25519 import x25519
from tests.reference.primitives import block_step, gcm_open, long_prf
from tests.reference.refusal import FOREIGN, SKIPPED, RefusedError, require
from tests.reference.rows import EC, Rows, Walk, check_steps, skip, take

if TYPE_CHECKING:
    from tests.reference.header import Header

MAX_PAST = 5
Place = str | int  # `present`, `next`, or the index of a past chain


class Past(NamedTuple):
    """A past receiving chain."""

    chain: int
    header_key: bytes


class Taken(NamedTuple):
    """What a message takes out of the EC ratchet."""

    state: Ec
    rows: Rows
    message_key: bytes


@dataclass(frozen=True)
class Ec:
    """One side (RT-1)."""

    rk: bytes
    private: bytes
    hks: bytes = b""
    cks: bytes = b""
    ns: int = 0
    hkr: bytes = b""
    ckr: bytes = b""
    nr: int = 0
    nhks: bytes = b""
    nhkr: bytes = b""
    pn: int = 0
    chain: int = -1  # the index of the present receiving chain
    past: tuple[Past, ...] = ()  # oldest first


def root_step(rk: bytes, dh: bytes) -> tuple[bytes, bytes, bytes]:
    """RT-3."""
    output = long_prf(rk, b"root", dh, 96)
    return output[:32], output[32:64], output[64:]


def chain_step(chain_key: bytes) -> tuple[bytes, bytes]:
    """RT-4."""
    return block_step(chain_key, b"chain")


def find(ec: Ec, sealed_header: bytes, ad: bytes) -> tuple[bytes, Place]:
    """RT-9: the header in the clear, and its chain."""
    candidates: list[tuple[Place, bytes]] = [("present", ec.hkr), ("next", ec.nhkr)]
    candidates += [(past.chain, past.header_key) for past in reversed(ec.past)]
    for place, key in candidates:
        if key:
            try:
                return gcm_open(key, sealed_header[:12], sealed_header[12:], ad), place
            except RefusedError:
                continue
    raise RefusedError(FOREIGN)


def receive(ec: Ec, rows: Rows, found: tuple[Header, Place], private: bytes, now: int) -> Taken:
    """RT-10 and RT-11; `private` is the new ratchet key in case a new chain begins."""
    header, place = found
    if isinstance(place, int) or (place == "present" and header.n < ec.nr):
        chain = ec.chain if isinstance(place, str) else place
        left, key = take(rows, EC, chain, header.n)
        return Taken(ec, left, key)
    if place == "next":
        require(SKIPPED, header.pn == 0 or ec.chain >= 0)
        check_steps(header.n + max(0, header.pn - ec.nr))
        ec, rows = _turn(ec, rows, header, private, now)
    check_steps(header.n - ec.nr)
    rows, walk = skip(rows, _walk(ec), header.n, now)
    ckr, message_key = chain_step(walk.key)
    return Taken(replace(ec, ckr=ckr, nr=header.n + 1), rows, message_key)


def _walk(ec: Ec) -> Walk:
    return Walk(EC, ec.chain, ec.nr, ec.ckr, chain_step)


def _turn(ec: Ec, rows: Rows, header: Header, private: bytes, now: int) -> tuple[Ec, Rows]:
    """RT-10, the DH step."""
    past = ec.past
    if ec.chain >= 0:
        rows, _ = skip(rows, _walk(ec), header.pn, now)
        past = (*past, Past(ec.chain, ec.hkr))[-MAX_PAST:]
    rk, ckr, nhkr = root_step(ec.rk, x25519(ec.private, header.dh))
    rk, cks, nhks = root_step(rk, x25519(private, header.dh))
    turned = Ec(
        rk=rk,
        private=private,
        hkr=ec.nhkr,
        ckr=ckr,
        nr=0,
        nhkr=nhkr,
        chain=ec.chain + 1,
        past=past,
        pn=ec.ns,
        ns=0,
        hks=ec.nhks,
        cks=cks,
        nhks=nhks,
    )
    return turned, rows
