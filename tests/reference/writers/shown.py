"""The state of one side as the vector files write it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.reference import ratchet
from tests.reference.machine import FAILURES_THAT_MARK

if TYPE_CHECKING:
    from tests.reference.case import Fields
    from tests.reference.machine import Kem
    from tests.reference.ratchet import State

SHOWN_ROWS = 8


def short(raw: bytes) -> bytes:
    """Give SHA-256 of a long value of which only equality matters; nothing of nothing."""
    return hashlib.sha256(raw).digest() if raw else b""


def shown_state(state: State) -> Fields:
    """Give the state by the names of RT-1 and KR-1; empty keys are those that do not exist yet."""
    ec = state.ec
    rows = state.rows if len(state.rows) <= SHOWN_ROWS else None
    return {
        "rk": ec.rk,
        "ratchet_private": ec.private,
        "hks": ec.hks,
        "cks": ec.cks,
        "ns": ec.ns,
        "hkr": ec.hkr,
        "ckr": ec.ckr,
        "nr": ec.nr,
        "nhks": ec.nhks,
        "nhkr": ec.nhkr,
        "pn": ec.pn,
        "receiving_chain": ec.chain if ec.chain >= 0 else None,
        "past_chains": list(ec.past),
        **_shown_kem(state.kem),
        "skipped_count": len(state.rows),
        "skipped": None if rows is None else list(rows),
    }


def _shown_kem(kem: Kem) -> Fields:
    kept = [{"index": index, "symbol_sha256": short(symbol)} for index, symbol in kem.kept]
    return {
        "epoch": kem.epoch,
        "p": kem.root,
        "a": kem.authenticator,
        "pq_sending": kem.sending,
        "pq_receiving": kem.receiving,
        "unused_sending": kem.unused_sending,
        "unused_receiving": kem.unused_receiving,
        "machine": kem.state,
        "e": kem.e,
        "kem_seed": kem.seed,
        "object_sha256": short(kem.sends),
        "sent": kem.sent if kem.sends else None,
        "kept": kept,
        "failures": min(kem.failures, FAILURES_THAT_MARK),  # nothing depends on more
        "marked": kem.marked,
        "codes": [{"epoch": epoch, "digits": digits} for epoch, digits in kem.codes],
    }


def changed(before: State, after: State) -> Fields:
    """Give the fields of the new state that differ from the old one."""
    old = shown_state(before)
    return {name: value for name, value in shown_state(after).items() if value != old[name]}


def shown_figures(state: State) -> Fields:
    """Give what a person may see of it (KR-10)."""
    codes = [{"epoch": epoch, "digits": digits} for epoch, digits in state.kem.codes]
    return {"since_step": ratchet.figures(state), "codes": codes, "marked": state.kem.marked}
