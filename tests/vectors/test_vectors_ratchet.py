"""05-ratchet.json and 05-machine.json against securemsg.ratchet (RT-1..14, KR-1..10, SE-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from securemsg.ratchet.chains import chain_step, root_step, sealing_key
from securemsg.ratchet.header import Header, open_header
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.state import Active, Awaiting, EpochChain, SendingChain
from tests.ratchet.changed import changed
from tests.ratchet.forging import seal_header
from tests.reference.primitives import gcm_open
from tests.support.entropy import SeededEntropy
from tests.vectors.reading import Vector, joined, vectors
from tests.vectors.replay import Replay, begin

if TYPE_CHECKING:
    from collections.abc import Callable

RATCHET = "05-ratchet"
MACHINE = "05-machine"


@vectors(RATCHET, "keys")
def test_a_step_of_the_ratchet_gives_these_keys(vector: Vector) -> None:
    root, chain, header = root_step(RootKey(vector.octets("rk")), vector.octets("dh"))
    found = [key.expose() for key in (root, chain, header)]
    assert found == [vector.octets(name) for name in ("next_rk", "ck", "nhk")]
    assert_steps(vector, chain.expose(), chain_step)
    first, salt = joined(vector["steps"][0]["message_key"]), vector.octets("salt")
    pair = sealing_key(first, vector.octets("pq_mk"), salt)
    assert pair == (vector.octets("key"), vector.octets("commitment"))


def assert_steps(vector: Vector, chain: bytes, step: Callable[[bytes], tuple[bytes, bytes]]) -> None:
    """Compare chain keys and message keys, one step after the other (RT-4)."""
    for shown in vector["steps"]:
        assert chain == joined(shown["chain_key"])
        chain, key = step(chain)
        assert key == joined(shown["message_key"])


@vectors(RATCHET, "header")
def test_a_header_has_this_layout(vector: Vector) -> None:
    key, nonce = bytes(range(32)), bytes(range(12))
    numbers = (vector[name] for name in ("pn", "n", "e", "pn_pq", "n_pq"))
    header = Header(vector.octets("dh"), *numbers)
    sealed = seal_header(HeaderKey(key), header, nonce, b"ad")
    assert sealed[:12] == nonce
    assert gcm_open(key, nonce, sealed[12:], b"ad") == vector.octets("bytes")
    assert open_header(HeaderKey(key), sealed, b"ad") == header


@vectors(RATCHET, "conversation")
def test_a_conversation_is_byte_for_byte_this_one(vector: Vector) -> None:
    """Every envelope, every refusal and the whole state after each step."""
    replay = Replay(vector["start"])
    for step in vector["steps"]:
        replay.step(step)


@vectors(MACHINE, "conversation")
def test_a_conversation_in_which_epochs_change_is_byte_for_byte_this_one(vector: Vector) -> None:
    """KR-1 to KR-10: the same, with every codeword and every step of the machine."""
    test_a_conversation_is_byte_for_byte_this_one(vector)


@vectors(RATCHET, "seal_first")
def test_a_responder_that_has_heard_nothing_cannot_be_given_to_seal(vector: Vector) -> None:
    """The type has no sending chain: what the vector calls `LocalError` does not pass the type checker."""
    state = begin(vector["start"])[vector["by"]]
    assert isinstance(state, Awaiting)
    assert not isinstance(state, Active)


@vectors(RATCHET, "seal_full")
def test_a_full_chain_seals_no_more(vector: Vector) -> None:
    state = begin(vector["start"])[vector["by"]]
    assert isinstance(state, Active)
    seal_message(at(state, vector["ratchet"], vector["number"] - 1), b"hello", SeededEntropy())
    full = at(state, vector["ratchet"], vector["number"])
    with pytest.raises(vector.error):
        seal_message(full, b"hello", SeededEntropy())


def at(state: Active, ratchet: str, number: int) -> Active:
    """Return the state with its sending chain of one ratchet at this number."""
    sending, chain = state.sending, state.epoch_sending
    if ratchet == "ec":
        sending = SendingChain(sending.header, sending.key, number)
    else:
        chain = EpochChain(chain.epoch, chain.key, number, chain.previous)
    return changed(state, sending=sending, epoch_sending=chain)
