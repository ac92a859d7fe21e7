"""Every pair of places in both chains, also those that no honest peer gives a message."""

from itertools import product
from typing import Final

import pytest

from securemsg.crypto.aead import ZERO_NONCE, Gcm
from securemsg.errors import RemoteError
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.header import Header, open_header
from securemsg.ratchet.opening import Opened, _open_anywhere, open_message
from securemsg.ratchet.receiving import Arrival
from securemsg.ratchet.state import MAX_CHAIN, Active
from securemsg.wire.envelope import Message
from tests.ratchet.changed import changed
from tests.ratchet.forging import SALT, block_of, header_of, sealed
from tests.ratchet.parties import NOW, Party, acquainted, tell
from tests.support.entropy import SeededEntropy

AHEAD: Final = 7
"""Messages of which a peer can seal each half."""


def halves(state: Active) -> list[tuple[bytes, bytes]]:
    """Return the next keys of both chains."""
    chain, epoch_chain = state.sending.key, state.epoch_sending.key
    found = []
    for _ in range(AHEAD):
        chain, key = chain_step(chain)
        epoch_chain, epoch_key = epoch_step(epoch_chain)
        found.append((key, epoch_key))
    return found


def sealed_at(state: Active, header: Header, keys: tuple[bytes, bytes], slots: int) -> Message:
    """Return a message with this header, under one key of each chain."""
    key, commitment = sealing_key(*keys, SALT)
    front = sealed(state, header)
    associated = state.binding.sealing + front + SALT + commitment
    body = Gcm(key).seal(ZERO_NONCE, block_of(state, b"." * (400 if slots else 700)), associated)
    return Message(front, SALT, commitment, body)


def found(way: str, receiver: Party, message: Message) -> Opened | type[RemoteError]:
    """Return what comes of a message by one way, without keeping it."""
    state, entropy = receiver.active, SeededEntropy(7)
    assert state.receiving is not None
    try:
        if way == "flat":
            return open_message(state, message, receiver.rows, NOW, entropy)
        fields = open_header(state.receiving.header, message.sealed_header, state.binding.opening)
        return _open_anywhere(state, fields, message, Arrival(receiver.rows, NOW), entropy)
    except RemoteError as error:
        return type(error)


def agree(receiver: Party, message: Message) -> bool:
    """Tell whether both ways find the same; both are right, or both are wrong in the same way."""
    flat, general = found("flat", receiver, message), found("general", receiver, message)
    if isinstance(flat, type) or isinstance(general, type):
        return flat == general
    rows = [(row.place, row.key.expose(), row.skipped_at) for row in flat.rows.added]
    others = [(row.place, row.key.expose(), row.skipped_at) for row in general.rows.added]
    return (flat.state, flat.content, rows, flat.rows.used, flat.rows.dropped) == (
        *(general.state, general.content, others),
        *(general.rows.used, general.rows.dropped),
    )


@pytest.mark.parametrize("slots", [0, 1])
def test_a_message_at_any_two_places_is_opened_as_by_the_general_way(slots: int) -> None:
    """RT-10, KR-5: next in one chain and late in the other, early in either, or opened before."""
    initiator, responder = acquainted()
    tell(initiator, responder, 0)
    state, keys = initiator.active, halves(initiator.active)
    for stepped_over in (True, True, False, False):
        message = initiator.seal(b".")
        if not stepped_over:
            responder.open(message)
    front = header_of(state)
    opened = 0
    for number, epoch_number in product(range(AHEAD), repeat=2):
        header = front._replace(number=front.number + number, epoch_number=front.epoch_number + epoch_number)
        pair = keys[number][0], keys[epoch_number][1]
        message = sealed_at(state, header, pair, slots)
        assert agree(responder, message)
        opened += not isinstance(found("flat", responder, message), type)
    # All but those at one of the two places that were opened before.
    assert opened == (AHEAD - 2) ** 2


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_row_of_one_epoch_opens_nothing_that_names_another(epoch: int) -> None:
    """KR-5: whatever else the header says, and although the keys are those of the rows."""
    initiator, responder = acquainted()
    state, keys = initiator.active, halves(initiator.active)
    messages = [initiator.seal(b".") for _ in range(3)]
    responder.open(messages[2])
    front = header_of(state)
    assert responder.active.epoch_receiving.epoch == front.epoch == 0
    for number, epoch_number, previous in product(range(2), range(2), range(3)):
        header = front._replace(
            number=number,
            epoch=epoch,
            epoch_previous=previous,
            epoch_number=front.epoch_number + epoch_number,
        )
        message = sealed_at(state, header, (keys[number][0], keys[epoch_number][1]), 0)
        assert agree(responder, message)
        assert isinstance(found("flat", responder, message), type)


@pytest.mark.parametrize(
    ("previous", "epoch_previous"),
    [(MAX_CHAIN, 0), (0, MAX_CHAIN), (MAX_CHAIN + 1, 0), (0, MAX_CHAIN + 1)],
)
def test_a_late_message_after_a_chain_longer_than_any_is_refused(previous: int, epoch_previous: int) -> None:
    """RT-11: also where its keys lie in rows."""
    initiator, responder = acquainted()
    state, keys = initiator.active, halves(initiator.active)
    messages = [initiator.seal(b".") for _ in range(2)]
    responder.open(messages[1])
    header = header_of(state)._replace(previous=previous, epoch_previous=epoch_previous)
    message = sealed_at(state, header, keys[0], 0)
    assert agree(responder, message)
    refused = previous + epoch_previous > MAX_CHAIN
    assert isinstance(found("flat", responder, message), type) is refused


@pytest.mark.parametrize("place", ["number", "epoch_number", "both"])
@pytest.mark.parametrize("previous", [0, MAX_CHAIN - 1, MAX_CHAIN, MAX_CHAIN + 1])
@pytest.mark.parametrize("epoch_previous", [0, MAX_CHAIN - 1, MAX_CHAIN, MAX_CHAIN + 1])
@pytest.mark.parametrize("last", [0, 1])
def test_a_message_at_the_bounds_of_a_chain_is_opened_as_by_the_general_way(
    place: str, previous: int, epoch_previous: int, last: int
) -> None:
    """RT-11: each of the four numbers may be the one that is too large."""
    initiator, responder = acquainted()
    tell(initiator, responder, 0)
    number = MAX_CHAIN - last
    ours, theirs = initiator.active, responder.active
    assert theirs.receiving is not None
    if place != "epoch_number":
        ours = changed(ours, sending=ours.sending._replace(number=number))
        theirs = changed(theirs, receiving=theirs.receiving._replace(number=number))
    if place != "number":
        ours = changed(ours, epoch_sending=ours.epoch_sending._replace(number=number))
        theirs = changed(theirs, epoch_receiving=theirs.epoch_receiving._replace(number=number))
    responder.state = theirs
    header = header_of(ours)._replace(previous=previous, epoch_previous=epoch_previous)
    message = sealed_at(ours, header, halves(ours)[0], 0)
    assert agree(responder, message)
    allowed = last == 1 and max(previous, epoch_previous) <= MAX_CHAIN
    assert allowed is not isinstance(found("flat", responder, message), type)
