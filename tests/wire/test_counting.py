"""Numbers that count up from one and fit four bytes."""

import pytest

from securemsg.errors import FrameError
from securemsg.wire.codec import Value, encode
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import LAST_NUMBER, counted


def reader(element: Value) -> Fields:
    return Fields.parse(encode([element]), 100)


@pytest.mark.parametrize("number", [1, 2, 2**32 - 2, 2**32 - 1])
def test_a_number_of_four_bytes_is_taken(number: int) -> None:
    """E16."""
    assert LAST_NUMBER == 2**32 - 1
    assert counted(reader(number)) == number


@pytest.mark.parametrize("number", [0, 2**32, 2**53 - 1])
def test_nothing_and_what_no_fixed_layout_holds_is_refused(number: int) -> None:
    """E16."""
    with pytest.raises(FrameError):
        counted(reader(number))


def test_a_maximum_of_its_own_bounds_a_number() -> None:
    assert counted(reader(7), 7) == 7
    with pytest.raises(FrameError):
        counted(reader(8), 7)
    with pytest.raises(FrameError):
        counted(reader(0), 7)
