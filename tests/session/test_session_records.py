"""The record of a session: strict, versioned, and without loss."""

from dataclasses import replace
from itertools import islice

import pytest

from securemsg.errors import FrameError
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.ratchet.errors import NewerRecord
from securemsg.session.book import Held, wear_out
from securemsg.session.records import MAX_RECORD, decode_session, encode_session
from securemsg.session.states import Unanswered
from securemsg.wire.codec import decode, encode
from tests.ratchet.parties import NOW
from tests.session.people import friends, pair
from tests.support.mutations import one_byte_changes, truncations


def everything() -> dict[str, Held]:
    """Return a session of each kind and standing."""
    alice, bob = pair()
    alice.begin(bob)
    confirmed, peer = friends()
    held = confirmed.book(peer).entries[0]
    return {
        "unanswered": alice.book(bob).entries[0],
        "initiated": held,
        "accepted": peer.book(confirmed).entries[0],
        "worn": wear_out(confirmed.book(peer)).entries[0],
        "retired": replace(held, retired_at=Instant(LAST_INSTANT)),
    }


HELD = everything()
RECORDS = {name: encode_session(held) for name, held in HELD.items()}


@pytest.mark.parametrize("name", HELD)
def test_a_record_gives_the_same_session_and_the_same_record(name: str) -> None:
    """ST-8."""
    held = decode_session(RECORDS[name])
    assert held == HELD[name]
    assert encode_session(held) == RECORDS[name]
    assert len(RECORDS[name]) < 13_600


def test_an_answered_session_forgets_what_repeated_its_opening() -> None:
    """SE-1."""
    session = HELD["unanswered"].session
    assert isinstance(session, Unanswered)
    assert session.material.ciphertext in RECORDS["unanswered"]
    assert session.material.ciphertext not in RECORDS["initiated"]
    assert len(RECORDS["initiated"]) < 3_200


@pytest.mark.parametrize("name", RECORDS)
def test_a_cut_record_is_a_frame_error(name: str) -> None:
    """E02: at every offset."""
    for cut in truncations(RECORDS[name]):
        with pytest.raises(FrameError):
            decode_session(cut)


@pytest.mark.parametrize(("name", "stride"), [("unanswered", 37), ("accepted", 3), ("retired", 3)])
def test_a_changed_byte_is_refused_or_is_another_session(name: str, stride: int) -> None:
    """E25: there is one record for each session, so that a change never goes unseen."""
    for changed in islice(one_byte_changes(RECORDS[name]), 0, None, stride):
        try:
            held = decode_session(changed)
        except FrameError:
            continue
        assert encode_session(held) == changed
        assert held != HELD[name]


@pytest.mark.parametrize("version", [0, 1, 3, 2**53 - 1])
def test_a_record_of_another_version_is_told_apart_from_damage(version: int) -> None:
    """S14: whatever else it holds, so that nobody overwrites it."""
    for rest in ([], [b"x" * 60_000], decode(RECORDS["worn"], MAX_RECORD)[1:]):
        with pytest.raises(NewerRecord):
            decode_session(encode([version, *rest]))


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("accepted", 2, 0),
        ("accepted", 2, 3),
        ("accepted", 3, []),
        ("accepted", 3, [b"short"]),
        ("initiated", 3, [b"f" * 32]),
        ("unanswered", 1, 5),
        ("unanswered", 2, 2),
        ("unanswered", 5, 2),
        ("unanswered", 6, [NOW]),
        ("unanswered", 7, []),
        ("unanswered", 7, [b""]),
        ("initiated", 6, []),
        ("initiated", 6, [NOW, NOW]),
        ("retired", 4, [1, 2]),
        ("retired", 5, 1),
    ],
)
def test_a_record_whose_parts_do_not_belong_together_is_refused(
    name: str, place: int, value: int | list[bytes | int]
) -> None:
    """E16, E18: a fingerprint without acceptance, material of an answered session, and the like."""
    values = decode(RECORDS[name], MAX_RECORD)
    values[place] = list(value) if isinstance(value, list) else value
    with pytest.raises(FrameError):
        decode_session(encode(values))


def test_material_of_an_answered_session_is_refused() -> None:
    values = decode(RECORDS["initiated"], MAX_RECORD)
    values[7] = decode(RECORDS["unanswered"], MAX_RECORD)[7]
    with pytest.raises(FrameError):
        decode_session(encode(values))
