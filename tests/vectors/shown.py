"""A state of our ratchet by the names that the vectors of 05 use (RT-1, KR-1)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from securemsg.ratchet.epochs import code_digits
from securemsg.ratchet.kem_states import MAX_FAILURES, Machine, SendCt, SendEk, WaitCt, WaitEk
from securemsg.ratchet.state import Active, Awaiting, EpochChain

if TYPE_CHECKING:
    from tests.ratchet.parties import Rows

SIDES = {0: "ec", 1: "kem"}
BLANK = {"hks": "", "cks": "", "ns": 0, "hkr": "", "ckr": "", "nr": 0, "receiving_chain": None}


def seen(state: Awaiting | Active, rows: Rows) -> dict[str, Any]:
    """Return a whole state as the vectors write it."""
    turn = state.turn
    past = [{"chain": old.index, "header_key": old.header.expose().hex()} for old in turn.past]
    shown: dict[str, Any] = {
        "rk": turn.root.expose().hex(),
        "ratchet_private": turn.ours.private.expose().hex(),
        "nhks": turn.next_sending.expose().hex(),
        "nhkr": turn.next_receiving.expose().hex(),
        "pn": turn.previous,
        "past_chains": past[::-1],
    }
    shown |= BLANK
    if isinstance(state, Active):
        sending = state.sending
        shown |= {"hks": sending.header.expose().hex(), "cks": sending.key.hex(), "ns": sending.number}
        if (receiving := state.receiving) is not None:
            shown |= {"hkr": receiving.header.expose().hex(), "ckr": receiving.key.hex()}
            shown |= {"nr": receiving.number, "receiving_chain": receiving.index}
    ours, theirs = _chain(state.epoch_sending), _chain(state.epoch_receiving)
    del theirs["previous"]
    shown |= {"pq_sending": ours, "pq_receiving": theirs, **_machine(state.machine, state.emitted)}
    return shown | _rows(rows)


def _chain(chain: EpochChain) -> dict[str, Any]:
    number = {"number": chain.number, "previous": chain.previous}
    return {"epoch": chain.epoch, "key": chain.key.hex(), **number}


def _machine(machine: Machine, emitted: int) -> dict[str, Any]:
    epochs = machine.epochs
    kept = [] if isinstance(machine, (SendEk, SendCt)) else machine.symbols
    sends = b"" if isinstance(machine, WaitEk) else machine.coded.value
    codes = [
        {"epoch": epochs.installed - age, "digits": code_digits(code)}
        for age, code in enumerate(epochs.codes)
    ]
    return {
        "epoch": epochs.installed,
        "p": epochs.root.expose().hex(),
        "a": epochs.authenticator.expose().hex(),
        "unused_sending": machine.departing.expose().hex() if isinstance(machine, SendCt) else "",
        "unused_receiving": epochs.arriving.expose().hex() if epochs.arriving else "",
        "machine": type(machine).__name__,
        "e": epochs.installed + (not isinstance(machine, SendCt)),
        "kem_seed": machine.private.expose().hex() if isinstance(machine, (SendEk, WaitCt)) else "",
        "object_sha256": short(sends),
        "sent": emitted if sends else None,
        "kept": [{"index": index, "symbol_sha256": short(symbol)} for index, symbol in kept],
        "failures": epochs.failures,
        "marked": epochs.failures >= MAX_FAILURES,
        "codes": codes[::-1],
    }


def _rows(rows: Rows) -> dict[str, Any]:
    skipped = [
        {
            "ratchet": SIDES[row.place.ratchet],
            "chain": row.place.chain,
            "n": row.place.number,
            "key": row.key.expose().hex(),
            "instant": row.skipped_at,
        }
        for row in rows.values()
    ]
    return {"skipped_count": len(skipped), "skipped": sorted(skipped, key=place_of)}


def place_of(row: dict[str, Any]) -> tuple[str, int, int]:
    """Return what orders the rows."""
    return row["ratchet"], row["chain"], row["n"]


def short(raw: bytes) -> str:
    """Return SHA-256, or nothing of nothing."""
    return hashlib.sha256(raw).hexdigest() if raw else ""


def assert_state(state: Awaiting | Active, rows: Rows, expected: dict[str, Any]) -> None:
    """Compare a whole state with what the vectors say it is."""
    wanted, found = dict(expected), seen(state, rows)
    if wanted["skipped"] is None:
        del wanted["skipped"], found["skipped"]
    else:
        wanted["skipped"] = sorted(wanted["skipped"], key=place_of)
    assert found == wanted
