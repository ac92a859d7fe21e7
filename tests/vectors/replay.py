"""Two ends of our ratchet that follow the steps of a conversation in 05-*.json.

All randomness of a side is a parameter, so that it is given as the vectors name it, with one
exception: the library under `EncapsulationKey.encapsulate` draws its own. There, and only there, what
it would have returned is replaced by the secret and the ciphertext of the vector.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from securemsg.crypto.aead import open_once
from securemsg.crypto.kem import EncapsulationKey
from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.instant import Instant
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.header import open_header
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.opening import open_message
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.start import Seed, initiate, respond
from securemsg.ratchet.state import Active, Awaiting
from securemsg.wire import envelope
from securemsg.wire.padding import CODEWORD_WIDTH, unpad
from tests.ratchet.parties import Rows
from tests.support.entropy import SeededEntropy
from tests.vectors.reading import ERRORS, Draws, joined
from tests.vectors.shown import assert_state, seen, short

if TYPE_CHECKING:
    from collections.abc import Iterator

AGREED = (
    ("sk_ec", RootKey),
    ("sk_pq", EpochSeed),
    ("a_0", Authenticator),
    ("hk_a", HeaderKey),
    ("nhk_b", HeaderKey),
)


def begin(start: dict[str, Any]) -> dict[str, Awaiting | Active]:
    """Return the first states of both sides (RT-2)."""
    octets = {name: bytes.fromhex(text) for name, text in start.items() if isinstance(text, str)}
    seed = Seed(octets["t"], *(role(octets[name]) for name, role in AGREED))  # type: ignore[arg-type]  # in order
    first = Draws([octets["initiator_ratchet_private"], octets["initiator_kem_seed"]])
    states: dict[str, Awaiting | Active] = {
        "a": initiate(seed, PublicKey.parse(octets["signed_prekey"]), first),
        "b": respond(seed, PrivateKey(octets["signed_prekey_private"])),
    }
    assert first.spent
    return states


@contextmanager
def encapsulating(step: dict[str, Any]) -> Iterator[None]:
    """Let an encapsulation in this step yield what the vector says, exactly once, or none be made."""
    yields = [(joined(step["shared"]), joined(step["ciphertext"]))] if "ciphertext" in step else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EncapsulationKey, "encapsulate", lambda _key: yields.pop())
        yield
    assert not yields


class Replay:
    """Takes the steps one by one and compares everything after each."""

    def __init__(self, start: dict[str, Any]) -> None:
        """Begin both sides and compare their first states."""
        self.states = begin(start)
        self.rows = {"a": Rows(), "b": Rows()}
        self.expected = {side: dict(start[side]) for side in self.states}
        self.envelopes: dict[str, bytes] = {}
        for side in self.states:
            self._compare(side)

    def _compare(self, side: str) -> None:
        assert_state(self.states[side], self.rows[side], self.expected[side])

    def step(self, step: dict[str, Any]) -> None:
        """Take a step; `after` tells what of the state of its side is new."""
        {"seal": self._seal, "lose": self._lose, "open": self._open, "show": self._show}[step["do"]](step)
        self.expected[step["by"]].update(step.get("after", {}))
        self._compare(step["by"])

    def _active(self, side: str) -> Active:
        state = self.states[side]
        assert isinstance(state, Active)
        return state

    def _seal(self, step: dict[str, Any]) -> None:
        side = step["by"]
        before = self._active(side)
        draws = Draws([bytes.fromhex(step["header_nonce"] + step["salt"])])  # one read, in this order
        self.states[side], sealed = seal_message(before, joined(step["content"]), draws)
        message = envelope.decode(sealed)
        assert isinstance(message, envelope.Message)
        assert draws.spent
        _, ec_mk = chain_step(before.sending.key)
        _, pq_mk = epoch_step(before.epoch_sending.key)
        key, commitment = sealing_key(ec_mk, pq_mk, message.salt)
        found = (ec_mk, pq_mk, key, commitment)
        assert [one.hex() for one in found] == [
            step[name] for name in ("ec_mk", "pq_mk", "key", "commitment")
        ]
        header = open_header(before.sending.header, message.sealed_header, before.binding.sealing)
        assert header is not None
        numbers = b"".join(number.to_bytes(4, "big") for number in header[1:])
        assert (header[0] + numbers).hex() == step["header"]
        bound = before.binding.sealing + message.sealed_header + message.salt + commitment
        block = open_once(key, message.body, bound)
        assert list(unpad(block)[1][::CODEWORD_WIDTH]) == step["indices"]
        assert short(block) == step["block_sha256"]
        self.envelopes[step["message"]] = envelope.encode(message)
        assert self.envelopes[step["message"]] == joined(step["envelope"])

    def _lose(self, step: dict[str, Any]) -> None:
        entropy = SeededEntropy()
        for _ in range(step["count"]):
            state, _ = seal_message(self._active(step["by"]), joined(step["content"]), entropy)
            self.states[step["by"]] = state

    def _open(self, step: dict[str, Any]) -> None:
        side = step["by"]
        raw = joined(step["envelope"]) if "envelope" in step else self.envelopes[step["message"]]
        message, now = envelope.decode(raw), Instant(step["now"])
        assert isinstance(message, envelope.Message)
        state, rows = self.states[side], self.rows[side]
        draws = Draws([joined(step[name]) for name in ("ratchet_private", "kem_seed") if name in step])
        with encapsulating(step):
            if "error" in step:
                before = seen(state, rows)
                with pytest.raises(ERRORS[step["error"]]) as refused:
                    open_message(state, message, rows, now, draws)
                assert refused.type is ERRORS[step["error"]]
                assert seen(state, rows) == before
                return
            opened = open_message(state, message, rows, now, draws)
        assert opened.content == joined(step["content"])
        assert draws.spent
        self.states[side] = opened.state
        rows.apply(opened.rows, now)

    def _show(self, step: dict[str, Any]) -> None:
        state = self._active(step["by"])
        found = {"ec": state.messages_since_turn, "kem": state.messages_since_epoch}
        assert found == step["since_step"]
        shown = seen(state, self.rows[step["by"]])
        assert [shown[name] for name in ("codes", "marked")] == [step[name] for name in ("codes", "marked")]
