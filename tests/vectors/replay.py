"""Two ends of our ratchet that follow the steps of a conversation in 05-ratchet.json."""

from __future__ import annotations

from typing import Any

import pytest

from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.instant import Instant
from securemsg.ratchet.header import open_header
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.opening import open_message
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.start import Seed, initiate, respond
from securemsg.ratchet.state import Active, Awaiting
from securemsg.wire import envelope
from tests.ratchet.parties import Rows
from tests.support.entropy import SeededEntropy
from tests.vectors.reading import ERRORS, Draws

KNOWN_PAIRS = (("rk", "root"), ("nhks", "next_sending"), ("nhkr", "next_receiving"))


def begin(start: dict[str, Any]) -> dict[str, Awaiting | Active]:
    """Return the first states of both sides (RT-2)."""
    octets = {name: bytes.fromhex(text) for name, text in start.items() if isinstance(text, str)}
    seed = Seed(octets["t"], RootKey(octets["sk_ec"]), HeaderKey(octets["hk_a"]), HeaderKey(octets["nhk_b"]))
    first = Draws([octets["initiator_ratchet_private"]])
    return {
        "a": initiate(seed, PublicKey.parse(octets["signed_prekey"]), first),
        "b": respond(seed, PrivateKey(octets["signed_prekey_private"])),
    }


def seen(state: Awaiting | Active, rows: Rows) -> dict[str, Any]:
    """Return a state by the names of RT-1, as the vectors write it."""
    shown: dict[str, Any] = {ours: getattr(state, name).expose().hex() for ours, name in KNOWN_PAIRS}
    shown["ratchet_private"] = state.ours.private.expose().hex()
    blank = {"hks": "", "cks": "", "ns": 0, "hkr": "", "ckr": "", "nr": 0, "receiving_chain": None}
    shown |= blank | {"pn": 0, "past_chains": []}
    if isinstance(state, Active):
        sending = state.sending
        shown |= {"hks": sending.header.expose().hex(), "cks": sending.key.expose().hex()}
        shown |= {"ns": sending.number, "pn": state.previous}
        past = [{"chain": old.index, "header_key": old.header.expose().hex()} for old in state.past]
        shown["past_chains"] = sorted(past, key=lambda old: old["chain"])
        if (receiving := state.receiving) is not None:
            shown |= {"hkr": receiving.header.expose().hex(), "ckr": receiving.key.expose().hex()}
            shown |= {"nr": receiving.number, "receiving_chain": receiving.index}
    skipped = [
        {
            "chain": row.place.chain,
            "n": row.place.number,
            "key": row.key.expose().hex(),
            "instant": row.skipped_at,
        }
        for row in rows.values()
    ]
    shown["skipped_count"] = len(skipped)
    shown["skipped"] = sorted(skipped, key=lambda row: (row["chain"], row["n"]))
    return shown


def assert_state(state: Awaiting | Active, rows: Rows, expected: dict[str, Any]) -> None:
    """Compare a whole state with what the vectors say it is."""
    wanted = {name: value for name, value in expected.items() if name != "their_ratchet_key"}
    found = seen(state, rows)
    if wanted["skipped"] is None:
        del wanted["skipped"], found["skipped"]
    else:
        wanted["skipped"] = sorted(wanted["skipped"], key=lambda row: (row["chain"], row["n"]))
    assert found == wanted


class Replay:
    """Takes the steps one by one and compares everything after each."""

    def __init__(self, start: dict[str, Any]) -> None:
        """Begin both sides and compare their first states."""
        self.states = begin(start)
        self.rows = {"a": Rows(), "b": Rows()}
        self.envelopes: dict[str, bytes] = {}
        for side, state in self.states.items():
            assert_state(state, self.rows[side], start[side])

    def step(self, step: dict[str, Any]) -> None:
        """Take a step."""
        {"seal": self._seal, "lose": self._lose, "open": self._open}[step["do"]](step)
        if "after" in step:
            assert_state(self.states[step["by"]], self.rows[step["by"]], step["after"])

    def _active(self, side: str) -> Active:
        state = self.states[side]
        assert isinstance(state, Active)
        return state

    def _seal(self, step: dict[str, Any]) -> None:
        side = step["by"]
        before = self._active(side)
        draws = Draws([bytes.fromhex(step["header_nonce"] + step["salt"])])  # one read, in this order
        self.states[side], message = seal_message(before, bytes.fromhex(step["content"]), draws)
        raw = envelope.encode(message)
        assert raw.hex() == step["envelope"]
        assert message.commitment.hex() == step["commitment"]
        assert before.sending.key.expose().hex() == step["chain_key"]
        header = open_header(before.sending.header, message.sealed_header, before.binding.sealing)
        assert header is not None
        fields = header.ratchet_key + header.previous.to_bytes(4, "big") + header.number.to_bytes(4, "big")
        assert (fields + bytes(12)).hex() == step["header"]
        assert draws.spent
        self.envelopes[step["message"]] = raw

    def _lose(self, step: dict[str, Any]) -> None:
        entropy = SeededEntropy()
        for _ in range(step["count"]):
            self.states[step["by"]], _ = seal_message(self._active(step["by"]), b"lost", entropy)

    def _open(self, step: dict[str, Any]) -> None:
        side = step["by"]
        raw = bytes.fromhex(step["envelope"]) if "envelope" in step else self.envelopes[step["message"]]
        message, now = envelope.decode(raw), Instant(step["now"])
        assert isinstance(message, envelope.Message)
        state, rows = self.states[side], self.rows[side]
        draws = Draws([bytes.fromhex(step["ratchet_private"])] if "ratchet_private" in step else [])
        if "error" in step:
            before = seen(state, rows)
            with pytest.raises(ERRORS[step["error"]]):
                open_message(state, message, rows, now, draws)
            assert seen(self.states[side], self.rows[side]) == before
            return
        opened = open_message(state, message, rows, now, draws)
        assert opened.content.hex() == step["content"]
        assert draws.spent
        self.states[side] = opened.state
        rows.apply(opened.rows, now)
