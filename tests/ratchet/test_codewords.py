"""Symbols of an object: any four give it back, computed a second time by the book."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.errors import LocalError
from securemsg.ratchet.codewords import (
    CYCLE,
    FILLER,
    FILLER_INDEX,
    INDICES,
    OBJECT_WIDTH,
    WORD_WIDTH,
    WORDS,
    Coded,
    codeword,
    join,
)
from securemsg.wire.padding import CODEWORD_WIDTH
from tests.support.entropy import SeededEntropy

VALUE = SeededEntropy(7)(OBJECT_WIDTH)

values = st.integers(0, 2**32).map(lambda seed: SeededEntropy(seed)(OBJECT_WIDTH))
four_indices = st.lists(st.integers(0, INDICES - 1), min_size=WORDS, max_size=WORDS, unique=True)


def times(first: int, second: int) -> int:
    """Multiply in GF(256) with 0x11d, bit by bit."""
    product = 0
    while second:
        if second & 1:
            product ^= first
        first <<= 1
        if first & 0x100:
            first ^= 0x11D
        second >>= 1
    return product


def inverse(value: int) -> int:
    """Return value ** 254: the group has 255 elements."""
    result = 1
    for _ in range(254):
        result = times(result, value)
    return result


def interpolate(known: dict[int, int], wanted: int) -> int:
    """Return the value at `wanted` of the polynomial of least degree through `known` (Lagrange)."""
    total = 0
    for own, value in known.items():
        term = value
        for other in known:
            if other != own:
                term = times(term, times(wanted ^ other, inverse(own ^ other)))
        total ^= term
    return total


def symbol(value: bytes, index: int) -> tuple[int, bytes]:
    """Return a symbol with its index, as a receiver takes it from a codeword."""
    word = codeword(value, index)
    return word[0], word[1:]


def test_the_widths_are_those_of_the_specification() -> None:
    """KR-6, WI-7."""
    assert (WORDS, WORD_WIDTH, OBJECT_WIDTH, INDICES, CYCLE) == (4, 400, 1_600, 255, 32)
    assert b"\xff" + bytes(400) == FILLER
    assert len(FILLER) == CODEWORD_WIDTH
    assert FILLER_INDEX == INDICES


def test_the_first_four_symbols_are_the_object() -> None:
    """KR-6: systematic."""
    assert b"".join(codeword(VALUE, index)[1:] for index in range(WORDS)) == VALUE


def test_a_symbol_is_the_value_of_the_polynomial_through_the_words() -> None:
    """KR-6: at the first, the last and another position of every index."""
    for index in range(INDICES):
        carried = codeword(VALUE, index)
        assert carried[0] == index
        assert len(carried) == CODEWORD_WIDTH
        for position in (0, 57, WORD_WIDTH - 1):
            words = {at: VALUE[at * WORD_WIDTH + position] for at in range(WORDS)}
            assert carried[1 + position] == interpolate(words, index)


@given(values, four_indices)
def test_any_four_symbols_give_the_object_back(value: bytes, indices: list[int]) -> None:
    """S11, KR-6: whichever arrived, in whatever order."""
    assert join(tuple(symbol(value, index) for index in indices)) == value


def test_any_four_of_a_cycle_give_the_object_back() -> None:
    """S11, KR-6: all 35,960 choices of what a sender ever sends, and so all pairs of erasures."""
    symbols = [symbol(VALUE, index) for index in range(CYCLE)]
    count = 0
    for chosen in combinations(symbols, WORDS):
        count += 1
        assert join(chosen) == VALUE
    assert count == 35_960


@pytest.mark.parametrize("lost", [*combinations(range(WORDS), 2)])
def test_any_two_lost_words_are_made_up_for_by_any_two_others(lost: tuple[int, int]) -> None:
    """S11, KR-6: of all indices there are, one from each end."""
    kept = [symbol(VALUE, index) for index in range(WORDS) if index not in lost]
    for first in range(WORDS, INDICES - 1):
        second = INDICES - 1 if first < INDICES // 2 else WORDS
        if first != second:
            assert join((*kept, symbol(VALUE, first), symbol(VALUE, second))) == VALUE


@settings(max_examples=30)
@given(values, four_indices, st.integers(0, WORDS - 1), st.integers(0, WORD_WIDTH - 1), st.integers(1, 255))
def test_a_damaged_symbol_gives_another_object(
    value: bytes, indices: list[int], which: int, at: int, change: int
) -> None:
    """The code corrects nothing: that is what the tag is for (KR-2)."""
    symbols = [symbol(value, index) for index in indices]
    index, word = symbols[which]
    symbols[which] = (index, word[:at] + bytes((word[at] ^ change,)) + word[at + 1 :])
    assert join(tuple(symbols)) != value


@pytest.mark.parametrize("indices", [(), (0,), (0, 1, 2), (0, 1, 2, 3, 4), (0, 1, 2, 2), (9, 9, 9, 9)])
def test_another_number_of_symbols_is_our_own_mistake(indices: tuple[int, ...]) -> None:
    with pytest.raises(LocalError):
        join(tuple(symbol(VALUE, index) for index in indices))


@pytest.mark.parametrize("width", [0, OBJECT_WIDTH - 1, OBJECT_WIDTH + 1])
def test_an_object_of_another_width_is_our_own_mistake(width: int) -> None:
    with pytest.raises(LocalError):
        Coded(bytes(width))


@given(st.lists(st.integers(0, 4), max_size=60))
def test_a_sender_goes_through_its_cycle_whatever_each_message_takes(counts: list[int]) -> None:
    """KR-6: 0, 1, 2, ... 31, 0, 1, ... over all messages."""
    coded, emitted, sent = Coded(VALUE), 0, b""
    for count in counts:
        sent += coded.codewords(emitted, count)
        emitted += count
    assert sent == b"".join(codeword(VALUE, number % CYCLE) for number in range(emitted))
