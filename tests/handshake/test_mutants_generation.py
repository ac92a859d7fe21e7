"""The numbers of publications: the last that there are, and those that another copy has used."""

import pytest

from securemsg.errors import LocalError
from securemsg.handshake.generation import LEAVES, Published, make_generation, pass_over
from securemsg.handshake.responder import MAX_SEEN
from tests.handshake.parties import BOB, SHELF, publication
from tests.identity.people import NOW
from tests.support.entropy import SeededEntropy

LAST_NUMBER = 2**32 - 1
LAST_LEAF_ID = 2**53 - 1


def test_a_device_that_has_published_nothing_begins_below_the_first_numbers() -> None:
    """HS-1, HS-3."""
    assert Published() == Published(generation=0, prekey_id=0, leaf_id=0, weekly=None)
    first = publication()
    assert (first.generation, first.leaves[0].leaf_id) == (1, 1)
    assert (first.weekly.signed_prekey.prekey_id, first.weekly.last_resort.prekey_id) == (1, 2)
    assert first.published == Published(1, 2, LEAVES, first.weekly)


def test_the_last_numbers_of_every_kind_are_used() -> None:
    """K19: and then no more."""
    before = Published(LAST_NUMBER - 1, LAST_NUMBER - 2, LAST_LEAF_ID - LEAVES)
    found = make_generation(BOB, SHELF, before, NOW, SeededEntropy())
    assert found.generation == LAST_NUMBER
    assert found.published.prekey_id == LAST_NUMBER
    assert found.leaves[-1].leaf_id == found.published.leaf_id == LAST_LEAF_ID
    with pytest.raises(LocalError):
        make_generation(BOB, SHELF, found.published, NOW, SeededEntropy())


def test_an_id_of_a_weekly_key_is_not_given_again_although_an_older_key_is_offered() -> None:
    """HS-3: as after passing over what another copy published."""
    first = publication()
    passed = pass_over(first.published, 4)
    assert passed == Published(4, 2 + 3 * 2, 4 * LEAVES, first.weekly)
    second = make_generation(BOB, SHELF, passed, NOW, SeededEntropy())
    assert second.weekly == first.weekly
    assert second.published == Published(5, 8, 5 * LEAVES, first.weekly)


@pytest.mark.parametrize("generation", [0, 2, 3])
def test_nothing_is_passed_over_for_a_generation_that_is_not_ahead(generation: int) -> None:
    """HS-16."""
    published = Published(3, 4, 5)
    assert pass_over(published, generation) == published
    assert pass_over(published, 4) == Published(4, 6, 5 + LEAVES)


def test_so_many_openings_are_remembered_of_one_last_resort_key() -> None:
    """HS-13."""
    assert MAX_SEEN == 10_000
