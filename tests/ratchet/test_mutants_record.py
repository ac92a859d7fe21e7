"""How long a record may be, before anything in it is looked at."""

import pytest

from securemsg.errors import FrameError
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.snapshot import VERSION, decode_state

MAX_RECORD = 16_384
NEWER = bytes((VERSION + 1,))


def test_the_longest_record_of_a_newer_version_is_told_apart_from_damage() -> None:
    """ST-5, S14: nobody overwrites it."""
    with pytest.raises(NewerRecord):
        decode_state(NEWER.ljust(MAX_RECORD, b"x"))


def test_what_is_longer_than_any_record_is_damage_whatever_it_says() -> None:
    """ST-8: refused by its length alone."""
    with pytest.raises(FrameError) as caught:
        decode_state(NEWER.ljust(MAX_RECORD + 1, b"x"))
    assert caught.type is FrameError
