"""What two parties say to each other, message by message."""

import itertools

import pytest

from securemsg.errors import AuthenticationError, LocalError, RemoteError
from securemsg.instant import DAY, Instant
from securemsg.ratchet.errors import Replayed, SessionExhausted, TooManySkipped, Unrecognised
from securemsg.ratchet.skipped import MAX_SKIP, MAX_STORED, Place, Which, surplus
from securemsg.ratchet.state import MAX_CHAIN, MAX_PAST_CHAINS
from securemsg.wire.envelope import Message
from tests.ratchet.changed import changed
from tests.ratchet.forging import block_of, forge, header_of, sealed
from tests.ratchet.parties import NOW, Party, acquainted, parties


def refuses(party: Party, message: Message, error: type[RemoteError]) -> None:
    """Check that `party` refuses `message` with exactly this error and keeps every byte."""
    before, state = party.stored(), party.state
    with pytest.raises(error) as caught:
        party.open(message)
    assert caught.type is error
    assert party.state is state
    assert party.stored() == before


def test_a_conversation_opens_on_both_sides() -> None:
    """RT-2, RT-10."""
    initiator, responder = parties()
    for turn in range(20):
        for sender, receiver in ((initiator, responder), (responder, initiator)):
            for number in range(turn % 3 + 1):
                content = b"%d %d" % (turn, number)
                assert receiver.open(sender.seal(content)) == content
    assert not initiator.rows
    assert not responder.rows


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))])
def test_any_order_within_a_chain_opens_and_leaves_no_row(order: tuple[int, ...]) -> None:
    """S02: within a chain."""
    initiator, responder = parties()
    messages = [initiator.seal(b"%d" % number) for number in range(4)]
    assert [responder.open(messages[number]) for number in order] == [b"%d" % number for number in order]
    assert not responder.rows


def test_a_message_of_a_past_chain_opens_late() -> None:
    """S02: between chains."""
    initiator, responder = acquainted()
    late = [initiator.seal(b"late %d" % number) for number in range(3)]
    responder.open(late[1])
    initiator.open(responder.seal(b"turn"))
    assert responder.open(initiator.seal(b"new chain")) == b"new chain"
    assert [responder.open(late[2]), responder.open(late[0])] == [b"late 2", b"late 0"]
    assert not responder.rows


def test_what_is_lost_keeps_nothing_else_from_opening() -> None:
    """S03: any message may be missing, its key stays as a row."""
    for lost in range(6):
        initiator, responder = parties()
        sent = [initiator.seal(b"%d" % number) for number in range(6)]
        opened = [responder.open(message) for number, message in enumerate(sent) if number != lost]
        assert len(opened) == 5
        assert set(responder.rows) == ({Place(which, 0, lost) for which in Which} if lost < 5 else set())


def test_a_message_opens_once() -> None:
    """S01: in the present chain, from a row, and in a past chain."""
    initiator, responder = acquainted()
    first, second, third = (initiator.seal(b"x") for _ in range(3))
    responder.open(second)
    refuses(responder, second, Replayed)
    responder.open(first)
    refuses(responder, first, Replayed)
    initiator.open(responder.seal(b"turn"))
    responder.open(initiator.seal(b"new chain"))
    for repeat in (first, second):
        refuses(responder, repeat, Replayed)
    assert responder.open(third) == b"x"


@pytest.mark.parametrize("heard", [0, 1])
def test_a_message_may_skip_a_thousand_and_no_more(heard: int) -> None:
    """S04: checked before a single step is taken, in a new chain and in the present one."""
    initiator, responder = parties()
    for _ in range(heard):
        responder.open(initiator.seal(b"x"))
    sent = [initiator.seal(b"x") for _ in range(MAX_SKIP + 2)]
    refuses(responder, sent[MAX_SKIP + 1], TooManySkipped)
    responder.open(sent[MAX_SKIP])
    assert responder.counts() == [MAX_SKIP, MAX_SKIP]


def test_what_a_turn_skips_in_both_chains_counts_together() -> None:
    """S04, RT-11."""
    initiator, responder = acquainted()
    responder.open(initiator.seal(b"x"))
    for _ in range(MAX_SKIP - 1):
        initiator.seal(b"lost")
    initiator.open(responder.seal(b"turn"))
    first, second, third = (initiator.seal(b"x") for _ in range(3))
    refuses(responder, third, TooManySkipped)
    responder.open(second)
    assert responder.counts() == [MAX_SKIP, MAX_SKIP]
    assert responder.open(first) == b"x"


def test_a_forged_place_far_ahead_is_refused_before_any_step() -> None:
    """S04: a peer that holds the session claims place 25,000 or the greatest there is."""
    initiator, responder = acquainted()
    state, genuine = initiator.active, initiator.seal(b"x")
    for number in (25_000, MAX_CHAIN, 2**32 - 1):
        for header in (
            header_of(state)._replace(number=number),
            header_of(state)._replace(epoch_number=number),
        ):
            refuses(responder, genuine._replace(sealed_header=sealed(state, header)), TooManySkipped)


def claiming(sender: Party, previous: int) -> Message:
    """Return a whole message that tells another length of the sender's previous chain."""
    state = sender.active
    return forge(state, header_of(state)._replace(previous=previous), block_of(state, b"x"))


def test_a_previous_chain_shorter_than_what_arrived_of_it_skips_nothing() -> None:
    """RT-10, R01: so speaks a device that came back from an older copy of its vault; the turn heals it."""
    initiator, responder = acquainted()
    responder.open(initiator.seal(b"x"))
    initiator.open(responder.seal(b"turn"))
    assert initiator.active.turn.previous == 1
    assert responder.open(claiming(initiator, 0)) == b"x"


def test_a_previous_chain_before_the_first_is_refused() -> None:
    """RT-10, RT-11: by a responder that heard nothing, and by an initiator that did not either."""
    initiator, responder = parties()
    refuses(responder, claiming(initiator, 1), TooManySkipped)
    responder.open(initiator.seal(b"x"))
    refuses(initiator, claiming(responder, 1), TooManySkipped)
    assert initiator.open(claiming(responder, 0)) == b"x"


def test_the_previous_chain_is_not_compared_within_a_chain() -> None:
    """RT-10."""
    initiator, responder = acquainted()
    assert responder.open(claiming(initiator, 7)) == b"x"


def test_the_oldest_rows_go_when_there_are_too_many() -> None:
    """S05: count cap, oldest first."""
    initiator, responder = parties()
    for sitting in range(3):
        lost = [initiator.seal(b"x") for _ in range(MAX_SKIP)]
        responder.now = Instant(NOW + sitting)
        responder.open(initiator.seal(b"after a gap"))
        if sitting == 0:
            oldest = lost[0]
    assert responder.counts() == [MAX_STORED, MAX_STORED]
    refuses(responder, oldest, Replayed)


def test_a_row_lives_thirty_days() -> None:
    """S05: age, and the step refuses an expired row even where the store has not trimmed yet."""
    initiator, responder = parties()
    first, second, third = (initiator.seal(b"x") for _ in range(3))
    responder.open(third)
    responder.now = Instant(NOW + 30 * DAY)
    assert responder.open(first) == b"x"
    responder.now = Instant(NOW + 30 * DAY + 1)
    refuses(responder, second, Replayed)
    places = [Place(which, 0, 1) for which in Which]
    assert sorted(surplus([(NOW, place) for place in places], responder.now)) == places


def test_only_the_newest_past_chains_are_kept() -> None:
    """S09: five, and the rows of the oldest go with it."""
    initiator, responder = acquainted()
    late = []
    for _ in range(MAX_PAST_CHAINS + 2):
        late.append(initiator.seal(b"late"))
        responder.open(initiator.seal(b"x"))
        initiator.open(responder.seal(b"turn"))
    responder.open(initiator.seal(b"x"))
    assert len(responder.active.turn.past) == MAX_PAST_CHAINS
    assert responder.counts() == [MAX_PAST_CHAINS, MAX_PAST_CHAINS + 2]
    for message in late[:2]:
        refuses(responder, message, Unrecognised)
    assert [responder.open(message) for message in late[2:]] == [b"late"] * MAX_PAST_CHAINS


@pytest.mark.parametrize("chain", ["sending", "epoch_sending"])
def test_the_end_of_a_chain_asks_for_a_new_session(chain: str) -> None:
    """S06: at 2**20 messages of either ratchet, long before any counter overflows; RT-8."""
    initiator, _ = parties()
    state, last = initiator.active, MAX_CHAIN - 1
    if chain == "sending":
        initiator.state = changed(state, sending=state.sending._replace(number=last))
    else:
        initiator.state = changed(state, epoch_sending=state.epoch_sending._replace(number=last))
    initiator.seal(b"the last")
    with pytest.raises(SessionExhausted):
        initiator.seal(b"one too many")


@pytest.mark.parametrize(
    "block",
    [
        b"\0\0\1x".ljust(1_023, b"\0") + b"\1",
        b"\1\0\1x".ljust(1_024, b"\0"),
        b"\0\0\1x".ljust(2_048, b"\0"),
        b"\0\0\0".ljust(1_024, b"\0"),
        b"\0\xff\xff".ljust(1_024, b"\0"),
    ],
)
def test_an_authentic_block_that_is_badly_padded_is_refused_like_a_bad_tag(block: bytes) -> None:
    """E23: after authentication only, with the one error, and nothing is stepped."""
    initiator, responder = acquainted()
    state = initiator.active
    refuses(responder, forge(state, header_of(state), block), AuthenticationError)
    assert responder.open(initiator.seal(b"genuine")) == b"genuine"


def test_the_commitment_is_checked_before_anything_is_opened() -> None:
    """RT-12: another commitment is refused although the body would open."""
    initiator, responder = acquainted()
    message = initiator.seal(b"x")
    refuses(responder, message._replace(commitment=bytes(32)), AuthenticationError)
    refuses(responder, message._replace(salt=bytes(16)), AuthenticationError)
    assert responder.open(message) == b"x"


def test_a_refused_turn_draws_no_randomness_and_takes_no_step() -> None:
    """S08: the body of the first message of a chain fails after the agreement was tried."""
    initiator, responder = acquainted()
    responder.open(initiator.seal(b"x"))
    initiator.open(responder.seal(b"turn"))
    message = initiator.seal(b"first of its chain")
    refuses(responder, message._replace(body=bytes(1_040)), AuthenticationError)
    assert responder.open(message) == b"first of its chain"


def test_a_ratchet_key_of_low_order_is_refused() -> None:
    """K01: also from a peer that can seal headers."""
    initiator, responder = parties()
    state, genuine = initiator.active, initiator.seal(b"x")
    header = header_of(state)._replace(ratchet_key=bytes(32))
    refuses(responder, genuine._replace(sealed_header=sealed(state, header)), AuthenticationError)
    assert responder.open(genuine) == b"x"


@pytest.mark.parametrize("content", [b"", b"x" * 16_382])
def test_content_that_no_block_holds_is_our_own_mistake(content: bytes) -> None:
    initiator, _ = parties()
    before = initiator.stored()
    with pytest.raises(LocalError):
        initiator.seal(content)
    assert initiator.stored() == before


def test_the_header_and_the_body_of_two_messages_do_not_mix() -> None:
    """RT-7: the body is bound to its own header."""
    initiator, responder = acquainted()
    first, second = initiator.seal(b"first"), initiator.seal(b"second")
    refuses(responder, second._replace(sealed_header=first.sealed_header), AuthenticationError)
    assert [responder.open(first), responder.open(second)] == [b"first", b"second"]
