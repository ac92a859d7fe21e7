"""05-ratchet.json against securemsg.ratchet (RT-1..14, SE-11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from securemsg.ratchet.chains import chain_step, root_step, sealing_key
from securemsg.ratchet.header import Header, open_header, seal_header
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.state import Active, Awaiting
from tests.reference.primitives import gcm_open
from tests.support.entropy import SeededEntropy
from tests.vectors.reading import Vector, one, vectors
from tests.vectors.replay import Replay, begin

RATCHET = "05-ratchet"


@vectors(RATCHET, "keys")
def test_a_step_of_the_ratchet_gives_these_keys(vector: Vector) -> None:
    root, chain, header = root_step(RootKey(vector.octets("rk")), vector.octets("dh"))
    next_chain, message_key = chain_step(chain)
    found = [key.expose() for key in (root, chain, header, next_chain, message_key)]
    names = ("next_rk", "ck", "nhk", "next_chain", "message_key")
    assert found == [vector.octets(name) for name in names]
    pair = sealing_key(message_key, vector.octets("salt"))
    assert pair == (vector.octets("key"), vector.octets("commitment"))


@vectors(RATCHET, "header")
def test_a_header_has_this_layout(vector: Vector) -> None:
    key, nonce = bytes(range(32)), bytes(range(12))
    header = Header(vector.octets("dh"), vector["pn"], vector["n"])
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


def test_a_responder_that_has_heard_nothing_cannot_be_given_to_seal() -> None:
    vector = one(RATCHET, "seal/responder-first")
    state = begin(vector["start"])[vector["by"]]
    assert isinstance(state, Awaiting)
    assert not isinstance(state, Active)


def test_a_full_chain_seals_no_more() -> None:
    vector = one(RATCHET, "seal/exhausted")
    state = begin(vector["start"])[vector["by"]]
    assert isinstance(state, Active)
    number = vector["start"][vector["by"]]["ns"]
    full = replace(state, sending=replace(state.sending, number=number))
    last = replace(state, sending=replace(state.sending, number=number - 1))
    seal_message(last, b"hello", SeededEntropy())
    with pytest.raises(vector.error):
        seal_message(full, b"hello", SeededEntropy())
