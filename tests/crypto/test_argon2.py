"""Passphrases: one form of each, and a cost that no file can push out of bounds."""

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from securemsg.crypto.argon2 import DEFAULT_COST, MAX_PASSPHRASE, Cost, derive
from securemsg.errors import FrameError, LocalError

SALT = bytes(range(16))
CHEAP = Cost(memory_kib=32 * 1024, passes=2)


def test_the_default_cost_is_that_of_the_specification() -> None:
    """PR-15."""
    assert (DEFAULT_COST.memory_kib, DEFAULT_COST.passes) == (65_536, 3)


@pytest.mark.parametrize("cost", [CHEAP, DEFAULT_COST])
def test_a_second_implementation_derives_the_same_key(cost: Cost) -> None:
    """PR-15: Argon2id, version 1.3, one lane, 32 bytes."""
    other = Argon2id(salt=SALT, length=32, iterations=cost.passes, lanes=1, memory_cost=cost.memory_kib)
    assert derive("correct horse", SALT, cost) == other.derive(b"correct horse")


def test_both_spellings_of_one_letter_are_one_passphrase() -> None:
    """PR-15: keyboards differ in whether an accent is a letter of its own."""
    assert derive("caf\u00e9", SALT, CHEAP) == derive("cafe\u0301", SALT, CHEAP)


def test_passphrase_salt_and_cost_all_matter() -> None:
    keys = {
        derive("correct horse", SALT, CHEAP),
        derive("Correct horse", SALT, CHEAP),
        derive("correct horse", bytes(16), CHEAP),
        derive("correct horse", SALT, Cost(memory_kib=32 * 1024, passes=3)),
        derive("correct horse", SALT, Cost(memory_kib=33 * 1024, passes=2)),
    }
    assert len(keys) == 5


@pytest.mark.parametrize("passphrase", ["", "a" * 1_025, "\u00e9" * 513, "\ud800"])
def test_a_passphrase_that_cannot_be_used_is_our_own_fault(passphrase: str) -> None:
    """PR-15: empty, longer than 1,024 bytes, or not Unicode."""
    with pytest.raises(LocalError) as refusal:
        derive(passphrase, SALT, CHEAP)
    assert len(str(refusal.value)) < 80


def test_the_shortest_passphrase_is_taken() -> None:
    """PR-15: whether it is wise is for the client to say."""
    assert len(derive("a", SALT, CHEAP)) == 32


def test_the_longest_passphrase_is_taken() -> None:
    """PR-15: counted in bytes, after normalisation."""
    assert MAX_PASSPHRASE == 1_024
    assert len(derive("e\u0301" * 512, SALT, CHEAP)) == 32


@pytest.mark.parametrize("width", [0, 8, 15, 17, 32])
def test_another_width_of_salt_is_our_own_fault(width: int) -> None:
    """K06."""
    with pytest.raises(LocalError):
        derive("correct horse", bytes(width), CHEAP)


@pytest.mark.parametrize(
    ("memory_kib", "passes"),
    [
        (0, 3),
        (32 * 1024 - 1, 3),
        (1024 * 1024 + 1, 3),
        (2**53, 3),
        (-(64 * 1024), 3),
        (64 * 1024, 0),
        (64 * 1024, 1),
        (64 * 1024, 17),
        (64 * 1024, 2**53),
        (64 * 1024, True),
    ],
)
def test_a_cost_out_of_bounds_is_refused_before_it_is_paid(memory_kib: int, passes: int) -> None:
    """R20, PR-15: neither no cost at all nor all memory."""
    with pytest.raises(FrameError):
        Cost(memory_kib, passes)


@pytest.mark.parametrize(("memory_kib", "passes"), [(32 * 1024, 2), (1024 * 1024, 16)])
def test_the_bounds_themselves_are_allowed(memory_kib: int, passes: int) -> None:
    """PR-15."""
    assert Cost(memory_kib, passes).passes == passes
