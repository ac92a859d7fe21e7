"""The random generator is refused as soon as it looks broken."""

import os

import pytest

from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError


def failing(_count: int, /) -> bytes:
    raise OSError


@pytest.mark.parametrize("count", [0, 1, 12, 15, 16, 17, 32, 96, 5_000])
def test_a_read_has_the_length_asked_for(count: int) -> None:
    assert len(SystemEntropy()(count)) == count


def test_reads_differ() -> None:
    entropy = SystemEntropy()
    assert len({entropy(16) for _ in range(1_000)}) == 1_000


def test_a_failing_source_is_refused() -> None:
    """K27: the operating system cannot give randomness."""
    with pytest.raises(LocalError):
        SystemEntropy(failing)(32)


@pytest.mark.parametrize("count", [1, 16, 32])
def test_zeros_are_refused(count: int) -> None:
    """K27: however few bytes are asked for, enough are drawn to tell."""
    with pytest.raises(LocalError):
        SystemEntropy(bytes)(count)


@pytest.mark.parametrize(("first", "second"), [(32, 32), (1, 12), (16, 64), (64, 16)])
def test_a_repeated_read_is_refused(first: int, second: int) -> None:
    """K27: also when the two reads have different lengths."""
    stuck = SystemEntropy(lambda count: bytes(range(1, 200))[:count])
    stuck(first)
    with pytest.raises(LocalError):
        stuck(second)


def test_a_short_read_is_refused() -> None:
    """K27: the rest would be missing or made up."""
    with pytest.raises(LocalError):
        SystemEntropy(lambda count: b"\1" * (count - 1))(32)


def test_a_refusal_does_not_end_after_one_read() -> None:
    """K27: a stuck source stays refused."""
    stuck = SystemEntropy(lambda count: b"\1" * count)
    stuck(16)
    for _ in range(3):
        with pytest.raises(LocalError):
            stuck(16)


def test_a_forked_child_is_refused_and_its_parent_goes_on() -> None:
    """K28: a child would share the generator's state with its parent."""
    entropy = SystemEntropy()
    entropy(16)
    child = os.fork()
    if child == 0:
        try:
            entropy(16)
        except LocalError:
            os._exit(7)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert len(entropy(16)) == 16


def test_the_last_read_is_not_kept() -> None:
    """A read may have become a key: the generator must not be where a thief finds it."""
    entropy = SystemEntropy()
    value = entropy(32)
    assert entropy._last == hash(value[:16])
