"""What is kept for messages that have not arrived: bounded, in each ratchet by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import AuthenticationError
from securemsg.instant import DAY, Instant
from securemsg.ratchet.errors import Replayed, TooManySkipped
from securemsg.ratchet.skipped import MAX_SKIP, MAX_STORED, STORED_FOR, Place, Which, surplus
from tests.ratchet.forging import block_of, forge, header_of
from tests.ratchet.parties import NOW, SIZES, Party, parties, standing, tell
from tests.ratchet.test_ratchet_messages import refuses


def before_a_new_epoch(lost: int) -> tuple[Party, Party]:
    """Return a generator that has gone over to epoch 1 after `lost` messages in epoch 0, and its peer."""
    initiator, responder = parties()
    tell(initiator, responder, 4)
    for _ in range(lost):
        initiator.seal(b"." * SIZES[0])
    tell(responder, initiator, 4)
    assert initiator.active.epoch_sending[0] == 1
    return initiator, responder


def test_what_is_skipped_in_two_epochs_counts_together() -> None:
    """S04, RT-11, KR-5: before any step is taken."""
    initiator, responder = before_a_new_epoch(MAX_SKIP - 1)
    first, second, third = (initiator.seal(b"x") for _ in range(3))
    refuses(responder, third, TooManySkipped)
    responder.open(second)
    assert sum(place.ratchet is Which.KEM for place in responder.rows) == MAX_SKIP
    assert {place.chain for place in responder.rows if place.ratchet is Which.KEM} == {0, 1}
    assert responder.open(first) == b"x"


@pytest.mark.parametrize("claimed", [0, 1])
def test_an_epoch_before_that_is_told_shorter_than_what_arrived_skips_nothing(claimed: int) -> None:
    """KR-5: so speaks a device that came back from an older copy."""
    initiator, responder = before_a_new_epoch(0)
    state = initiator.active
    header = header_of(state)._replace(epoch_previous=claimed)
    assert responder.open(forge(state, header, block_of(state, b"x"))) == b"x"
    assert not responder.rows


def test_a_forged_length_of_the_epoch_before_is_refused() -> None:
    """S04: up to the greatest there is."""
    initiator, responder = before_a_new_epoch(0)
    state = initiator.active
    for claimed in (MAX_SKIP + 2, 2**20, 2**20 + 1, 2**32 - 1):
        header = header_of(state)._replace(epoch_previous=claimed)
        refuses(responder, forge(state, header, block_of(state, b"x")), TooManySkipped)
    header = header_of(state)._replace(epoch_previous=MAX_SKIP + 1)
    assert responder.open(forge(state, header, block_of(state, b"x"))) == b"x"


def test_the_length_of_the_epoch_before_is_not_compared_within_an_epoch() -> None:
    """KR-5."""
    initiator, responder = before_a_new_epoch(0)
    tell(initiator, responder, 0)
    state = initiator.active
    header = header_of(state)._replace(epoch_previous=2**20)
    assert responder.open(forge(state, header, block_of(state, b"x"))) == b"x"


@pytest.mark.parametrize("epoch", [1, 2, 2**32 - 1])
def test_an_epoch_that_is_not_installed_is_refused(epoch: int) -> None:
    """KR-5: from a peer not heard before, and in a chain that goes on."""
    initiator, responder = parties()
    for _ in range(2):
        state = initiator.active
        for number in (state.epoch_sending.number, 0):
            header = header_of(state)._replace(epoch=epoch, epoch_number=number)
            refuses(responder, forge(state, header, block_of(state, b"x")), TooManySkipped)
        tell(initiator, responder, 0)


def test_an_epoch_after_the_installed_one_is_refused() -> None:
    """KR-5: although there is a chain that waits to be used."""
    initiator, responder = before_a_new_epoch(0)
    state = initiator.active
    refuses(
        responder, forge(state, header_of(state)._replace(epoch=2), block_of(state, b"x")), TooManySkipped
    )
    tell(initiator, responder, 0)


def test_a_message_with_the_keys_of_another_place_is_refused() -> None:
    """RT-10, KR-5: the place of either ratchet, in a chain that goes on."""
    initiator, responder = parties()
    tell(initiator, responder, 0)
    state = initiator.active
    header = header_of(state)
    for wrong in (header._replace(number=2), header._replace(epoch_number=2)):
        refuses(responder, forge(state, wrong, block_of(state, b"x")), AuthenticationError)
    for impossible in (header._replace(previous=2**20 + 1), header._replace(epoch_previous=2**20 + 1)):
        refuses(responder, forge(state, impossible, block_of(state, b"x")), TooManySkipped)
    tell(initiator, responder, 0)


def test_a_message_of_a_past_epoch_opens_late_and_once() -> None:
    """S02, S11: while its row is kept, however many epochs have passed."""
    initiator, responder = parties()
    late = initiator.seal(b"late")
    for _ in range(12):
        tell(initiator, responder, 4)
        tell(responder, initiator, 4)
        if responder.active.receiving and responder.active.receiving.index == 4:
            break
    assert standing(responder)[1] >= 2
    assert responder.counts() == [1, 1]
    assert responder.open(late) == b"late"
    assert responder.counts() == [0, 0]
    refuses(responder, late, Replayed)


def test_a_peer_that_skips_for_ever_costs_so_much_and_no_more() -> None:
    """S04, S05, S09: in one direction, and over turns and epochs."""
    initiator, responder = parties()
    for sitting in range(8):
        for _ in range(450):
            initiator.seal(b"." * SIZES[0])
        responder.now = Instant(NOW + sitting)
        tell(initiator, responder, 4)
        tell(responder, initiator, 4)
        assert max(responder.counts()) <= MAX_STORED
    assert responder.counts() == [MAX_STORED, MAX_STORED]
    assert standing(responder)[1] >= 4
    assert min(row.skipped_at for row in responder.rows.values()) == NOW + 3


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(Which), st.integers(0, 2), st.integers(0, 9)),
        unique_by=lambda drawn: drawn[1:],
    )
)
def test_only_what_expired_goes_while_there_is_room(drawn: list[tuple[int, Which, int, int]]) -> None:
    """RT-13: exactly thirty days are kept."""
    rows = [(Instant(NOW + after), Place(which, chain, n)) for after, which, chain, n in drawn]
    now = Instant(NOW + 2 + STORED_FOR)
    assert STORED_FOR == 30 * DAY
    assert set(surplus(rows, now)) == {place for instant, place in rows if instant < NOW + 2}


def test_the_oldest_go_of_the_ratchet_that_has_too_many() -> None:
    """RT-13: by instant, then chain, then number; the other ratchet keeps all of its own."""
    newest = [(Instant(NOW + 1), Place(Which.KEM, 5, number)) for number in range(MAX_STORED - 2)]
    others = [(Instant(NOW), Place(Which.EC, 0, number)) for number in range(MAX_STORED)]
    older = [(NOW, Place(Which.KEM, chain, number)) for chain in (1, 2) for number in (3, 4)]
    expected = [Place(Which.KEM, 1, 3), Place(Which.KEM, 1, 4)]
    assert sorted(surplus([*older, *newest, *others], NOW)) == expected
