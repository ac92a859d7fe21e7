"""Lengths and names of files (FI-3, FI-11)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import LocalError
from securemsg.wire.files import MAX_FILE, MAX_SAVED_NAME, numbered, padded_size, saved_name

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from("./\\ ~-:*?conCONaux1\0\x1b\u0301\u200b\u202e\u3000\ufeff")
    ),
    max_size=300,
)


@given(st.integers(0, MAX_FILE))
def test_padding_hides_the_length_at_little_cost(size: int) -> None:
    """FI-3: at most an eighth more, here less than a sixteenth; never shorter, and stable."""
    padded = padded_size(size)
    assert padded >= max(size, 16_384)
    assert padded_size(padded) == padded
    assert size <= 16_384 or (padded - size) * 16 < size


def test_a_class_holds_many_lengths() -> None:
    """FI-3: between 1 and 2 MiB there are 32 classes."""
    assert len({padded_size(size) for size in range(2**20 + 1, 2**21 + 1, 997)}) == 32


@pytest.mark.parametrize("size", [-1, 2**40 + 1])
def test_what_is_longer_than_any_file_or_has_no_length_is_refused(size: int) -> None:
    """FI-2."""
    with pytest.raises(LocalError, match="too large"):
        padded_size(size)


def test_what_the_system_could_not_read_of_a_name_is_left_out() -> None:
    """FI-11: Python keeps such bytes of a name as half characters, which no content can carry."""
    assert saved_name("caf\udcff\udce9.txt") == "caf.txt"


@given(HOSTILE)
def test_every_name_becomes_one_harmless_part_of_a_path(name: str) -> None:
    """T14: whatever the sender called it."""
    saved = saved_name(name)
    assert saved_name(saved) == saved
    assert 1 <= len(saved.encode()) <= MAX_SAVED_NAME
    assert not set(saved) & set('/\\\0<>:"|?*')
    assert saved[0] not in ".-~ "
    assert saved[-1] not in ". "
    assert not {unicodedata.category(each) for each in saved} & {"Cc", "Cf", "Cs", "Co", "Cn"}


@pytest.mark.parametrize("device", ["CON", "con.txt", "Nul .pdf", "COM\u00b9.x", "lpt9", "CONIN$"])
def test_a_name_of_a_device_is_changed(device: str) -> None:
    """T14: on the system where it is one."""
    assert saved_name(device) == f"_{device}"


def test_a_number_stands_before_the_ending() -> None:
    assert [numbered("a.tar.gz", number) for number in (1, 2, 11)] == [
        "a.tar.gz",
        "a.tar (2).gz",
        "a.tar (11).gz",
    ]
    assert numbered("README", 2) == "README (2)"
