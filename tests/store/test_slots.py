"""The key slot: what opens it, and that nothing else does."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt
from nacl.pwhash import argon2id

from securemsg.crypto.argon2 import Cost
from securemsg.crypto.kdf import kdf
from securemsg.errors import LocalError
from securemsg.store.errors import WrongPassphrase
from securemsg.store.slots import MAX_SLOTS, FileKey, Slot, encode_slots, open_slots
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields
from tests.store.vaults import CHEAP, entropy

KEY = FileKey(bytes(range(32)))
PHRASE = "open sesame"
SLOT = Slot.seal(KEY, PHRASE, CHEAP, entropy)
FILE = encode_slots((SLOT,))


def with_parameters(memory_kib: int, passes: int) -> bytes:
    return encode([1, [[1, memory_kib, passes, SLOT.salt, SLOT.wrapped]]])


def test_the_passphrase_opens_the_slot() -> None:
    assert open_slots(FILE, PHRASE) == KEY


def test_the_slot_is_laid_out_and_wrapped_as_specified() -> None:
    """ST-3, PR-14, PR-15: computed here from the primitives of libsodium."""
    fields = Fields.parse(FILE, 2048)
    fields.exactly(1)
    slot = fields.array(1).array(5)
    assert [slot.uint(2**32) for _ in range(3)] == [1, CHEAP.memory_kib, CHEAP.passes]
    salt, wrapped = slot.binary(16), slot.binary(72)
    derived = argon2id.kdf(32, PHRASE.encode(), salt, CHEAP.passes, CHEAP.memory_kib * 1024)
    associated = b"securemsg/1/slot" + encode([1, CHEAP.memory_kib, CHEAP.passes, salt])
    wrapping = kdf(b"", derived, b"slot", 32)
    opened = crypto_aead_xchacha20poly1305_ietf_decrypt(wrapped[24:], associated, wrapped[:24], wrapping)
    assert opened == KEY.expose()


@pytest.mark.parametrize("phrase", ["open sesamf", "Open sesame", "open sesame ", "x"])
def test_another_passphrase_is_refused(phrase: str) -> None:
    """R20: a wrong passphrase is refused."""
    with pytest.raises(WrongPassphrase):
        open_slots(FILE, phrase)


def test_a_passphrase_typed_in_another_normal_form_is_the_same() -> None:
    slot = Slot.seal(KEY, "caf\u00e9", CHEAP, entropy)
    assert open_slots(encode_slots((slot,)), "cafe\u0301") == KEY


@pytest.mark.parametrize(
    ("memory_kib", "passes"),
    [(1, 2), (32 * 1024 - 1, 2), (1024 * 1024 + 1, 2), (2**32 - 1, 2), (32 * 1024, 1), (32 * 1024, 17)],
)
def test_a_cost_out_of_bounds_is_refused_before_anything_is_derived(memory_kib: int, passes: int) -> None:
    """R20: neither no cost nor all memory, and the same error as for a wrong passphrase."""
    start = time.process_time()
    with pytest.raises(WrongPassphrase) as refused:
        open_slots(with_parameters(memory_kib, passes), PHRASE)
    assert time.process_time() - start < 0.02
    with pytest.raises(WrongPassphrase) as wrong:
        open_slots(FILE, "another")
    assert str(refused.value) == str(wrong.value)


@pytest.mark.parametrize(("memory_kib", "passes"), [(33 * 1024, 2), (32 * 1024, 3)])
def test_another_cost_within_bounds_does_not_open(memory_kib: int, passes: int) -> None:
    """R20: the parameters are authenticated."""
    with pytest.raises(WrongPassphrase):
        open_slots(with_parameters(memory_kib, passes), PHRASE)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_file_with_any_byte_changed_is_refused_as_a_wrong_passphrase(place: int, mask: int) -> None:
    """R20: one error, whatever was changed."""
    changed = bytearray(FILE)
    changed[place] ^= mask
    with pytest.raises(WrongPassphrase):
        open_slots(bytes(changed), PHRASE)


@pytest.mark.parametrize("length", range(len(FILE)))
def test_a_file_cut_anywhere_is_refused_as_a_wrong_passphrase(length: int) -> None:
    with pytest.raises(WrongPassphrase):
        open_slots(FILE[:length], PHRASE)


@given(st.binary(max_size=200))
def test_whatever_the_file_holds_nothing_else_is_raised(content: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        open_slots(content, PHRASE)


def test_each_of_several_slots_opens_with_its_own_passphrase() -> None:
    other = Slot.seal(KEY, "second", CHEAP, entropy)
    both = encode_slots((SLOT, other))
    assert open_slots(both, PHRASE) == open_slots(both, "second") == KEY


def test_more_slots_than_allowed_cost_no_derivation() -> None:
    start = time.process_time()
    with pytest.raises(WrongPassphrase):
        open_slots(encode_slots((SLOT,) * (MAX_SLOTS + 1)), PHRASE)
    assert time.process_time() - start < 0.02


@pytest.mark.parametrize("phrase", ["", "x" * 1025, "\ud800"])
def test_what_cannot_be_a_passphrase_is_named_as_such(phrase: str) -> None:
    with pytest.raises(LocalError) as refused:
        open_slots(FILE, phrase)
    assert not isinstance(refused.value, WrongPassphrase)


def test_two_slots_of_one_key_and_passphrase_have_nothing_in_common() -> None:
    other = Slot.seal(KEY, PHRASE, CHEAP, entropy)
    assert other.salt != SLOT.salt
    assert other.wrapped != SLOT.wrapped


def test_keys_do_not_show_in_their_text() -> None:
    """N22: neither key nor passphrase."""
    assert repr(KEY) == "FileKey(...)"
    assert KEY.expose().hex() not in repr(SLOT)


def test_the_least_cost_is_the_one_that_tests_use() -> None:
    assert Cost(32 * 1024, 2) == CHEAP
