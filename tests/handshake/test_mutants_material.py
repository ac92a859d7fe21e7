"""The longest record of an opening that is repeated, and what is too long in it."""

import dataclasses

import pytest

from securemsg.errors import FrameError
from securemsg.handshake.material import OpeningMaterial
from securemsg.identity.card import MAX_CARD
from securemsg.identity.certificate import MAX_CERTIFICATE
from securemsg.instant import LAST_INSTANT, Instant
from tests.handshake.parties import opened_session

LONGEST = dataclasses.replace(
    opened_session().material,
    opened_at=Instant(LAST_INSTANT),
    certificate=b"c" * MAX_CERTIFICATE,
    card=b"d" * MAX_CARD,
)


def test_the_longest_material_comes_back_as_it_was() -> None:
    """ST-8."""
    assert OpeningMaterial.decode(LONGEST.encode()) == LONGEST


def test_whatever_is_there_as_a_certificate_is_not_looked_into() -> None:
    """HS-11: it is our own, and who gets the opening verifies it."""
    shortest = dataclasses.replace(LONGEST, certificate=b"c", card=b"")
    assert OpeningMaterial.decode(shortest.encode()) == shortest


@pytest.mark.parametrize(
    "damaged",
    [
        dataclasses.replace(LONGEST, certificate=b"c" * (MAX_CERTIFICATE + 1)),
        dataclasses.replace(LONGEST, certificate=b""),
        dataclasses.replace(LONGEST, card=b"d" * (MAX_CARD + 1)),
    ],
    ids=["long certificate", "no certificate", "long card"],
)
def test_a_certificate_or_card_of_an_impossible_length_is_refused(damaged: OpeningMaterial) -> None:
    """E16: an opening without a certificate tells nobody who opens."""
    with pytest.raises(FrameError):
        OpeningMaterial.decode(damaged.encode())
