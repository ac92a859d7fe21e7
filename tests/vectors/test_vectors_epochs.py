"""05-epochs.json against securemsg.ratchet: code and derivations (KR-1, KR-2, KR-4, KR-6, KR-10)."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest

from securemsg.crypto.kem import DecapsulationKey, EncapsulationKey
from securemsg.errors import AuthenticationError
from securemsg.ids import SessionId
from securemsg.ratchet import codewords, epochs
from securemsg.ratchet.keys import Authenticator, EpochRoot, EpochSeed
from tests.vectors.reading import Vector, joined, vectors

EPOCHS = "05-epochs"


def power(value: int, exponent: int) -> int:
    """Return a power in the field, by the products of the code."""
    total = 1
    for _ in range(exponent):
        total = codewords._times(total, value)
    return total


@vectors(EPOCHS, "field")
def test_the_field_has_these_products_and_inverses(vector: Vector) -> None:
    assert all(codewords._times(a, b) == product for a, b, product in vector["products"])
    assert all(codewords._over(1, a) == inverse == power(a, 254) for a, inverse in vector["inverses"])


@vectors(EPOCHS, "symbols")
def test_an_object_has_these_symbols(vector: Vector) -> None:
    whole = vector.octets("object")
    made = [codewords.codeword(whole, index) for index in range(codewords.INDICES)]
    assert [word[0] for word in made] == list(range(255))
    assert [hashlib.sha256(word[1:]).hexdigest() for word in made] == vector["sha256"]
    for shown in vector["listed"]:
        assert made[shown["index"]][1:] == joined(shown["symbol"])
    sent = codewords.Coded(whole).codewords(30, 4)
    assert sent == made[30] + made[31] + made[0] + made[1]


@vectors(EPOCHS, "join")
def test_four_codewords_are_joined_to_the_object(vector: Vector) -> None:
    words = [joined(word) for word in vector["codewords"]]
    whole = codewords.join(tuple((word[0], word[1:]) for word in words))
    assert hashlib.sha256(whole).digest() == vector.octets("object_sha256")


@vectors(EPOCHS, "first_epoch")
def test_epoch_0_has_these_keys(vector: Vector) -> None:
    root, chains = epochs.first_epoch(EpochSeed(vector.octets("sk_pq")))
    found = [key.expose() for key in (root, chains.from_initiator, chains.from_responder)]
    assert found == [vector.octets(name) for name in ("p", "c_ab", "c_ba")]


@vectors(EPOCHS, "epoch_step")
def test_a_chain_of_an_epoch_steps_so(vector: Vector) -> None:
    for shown, following in pairwise(vector["steps"]):
        chain, key = epochs.epoch_step(joined(shown["chain_key"]))
        assert chain == joined(following["chain_key"])
        assert key == joined(shown["message_key"])


@vectors(EPOCHS, "exchange")
def test_a_key_and_a_ciphertext_make_this_epoch(vector: Vector) -> None:
    """All but the two values `h` and `f` that no function of ours gives: the tag and `k` depend on them."""
    before, session = Authenticator(vector.octets("a")), SessionId(vector.octets("sid"))
    private = DecapsulationKey(vector.octets("kem_seed"))
    key = private.public().encoded
    tag = epochs.key_tag(before, session, vector["e"], key)
    assert key + tag == vector.octets("ek_object")
    ciphertext = vector.octets("ct_object")[:1568]
    shared = private.decapsulate(ciphertext)
    assert shared == vector.octets("shared")
    mixed = epochs.Exchange(session, vector["e"], key, ciphertext).mix(before, shared)
    assert ciphertext + mixed.tag == vector.octets("ct_object")
    assert (mixed.secret, mixed.authenticator.expose()) == (vector.octets("k"), vector.octets("next_a"))
    root, chains = epochs.next_epoch(EpochRoot(vector.octets("p")), mixed.secret, vector["e"])
    found = [made.expose() for made in (root, chains.from_initiator, chains.from_responder)]
    assert found == [vector.octets(name) for name in ("next_p", "c_ab", "c_ba")]
    code = epochs.epoch_code(mixed.authenticator, session, vector["e"])
    assert code == vector.octets("code")
    assert epochs.code_digits(code) == vector["digits"]


@vectors(EPOCHS, "bad_ek_object")
def test_an_offered_key_with_one_fault_is_refused(vector: Vector) -> None:
    whole, before = vector.octets("ek_object"), Authenticator(vector.octets("a"))
    tag = epochs.key_tag(before, SessionId(vector.octets("sid")), vector["e"], whole[:1568])
    with pytest.raises(vector.error):
        check(whole, tag)


def check(whole: bytes, tag: bytes) -> None:
    """Refuse a wrong tag, then a key that PR-7 refuses."""
    if whole[1568:] != tag:
        raise AuthenticationError("refused")
    EncapsulationKey.parse(whole[:1568])


@vectors(EPOCHS, "bad_ct_object")
def test_a_ciphertext_with_one_fault_confirms_nothing(vector: Vector) -> None:
    whole, private = vector.octets("ct_object"), DecapsulationKey(vector.octets("kem_seed"))
    exchange = epochs.Exchange(
        SessionId(vector.octets("sid")), vector["e"], private.public().encoded, whole[:1568]
    )
    mixed = exchange.mix(Authenticator(vector.octets("a")), private.decapsulate(whole[:1568]))
    assert not mixed.confirms(whole[1568:])


@vectors(EPOCHS, "code")
def test_a_code_is_read_out_as_these_digits(vector: Vector) -> None:
    authenticator, session = Authenticator(vector.octets("a")), SessionId(vector.octets("sid"))
    code = epochs.epoch_code(authenticator, session, vector["e"])
    assert code == vector.octets("code")
    assert epochs.code_digits(code) == vector["digits"]
