"""Places at the very end of a chain, where the flat path must give way to the checks of the general one."""

import pytest

from securemsg.ratchet.errors import TooManySkipped
from securemsg.ratchet.state import MAX_CHAIN
from tests.ratchet.changed import changed
from tests.ratchet.forging import block_of, forge, header_of
from tests.ratchet.parties import Party, acquainted
from tests.ratchet.test_ratchet_messages import refuses


def at_the_end(party: Party) -> None:
    """Let all that a chain can hold have gone through the chains of both ratchets."""
    state = party.active
    assert state.receiving is not None
    party.state = changed(
        state,
        sending=state.sending._replace(number=MAX_CHAIN),
        receiving=state.receiving._replace(number=MAX_CHAIN),
        epoch_sending=state.epoch_sending._replace(number=MAX_CHAIN),
        epoch_receiving=state.epoch_receiving._replace(number=MAX_CHAIN),
    )


@pytest.mark.parametrize("previous", [0, MAX_CHAIN])
def test_nothing_opens_at_the_place_after_the_last_of_a_chain(previous: int) -> None:
    """RT-8, RT-11: not even what comes in order, from a peer that goes on sealing."""
    initiator, responder = acquainted()
    responder.open(initiator.seal(b"so that the chain is the present one"))
    for party in (initiator, responder):
        at_the_end(party)
    state = initiator.active
    header = header_of(state)._replace(previous=previous, epoch_previous=0)
    assert (header.number, header.epoch_number) == (MAX_CHAIN, MAX_CHAIN)
    refuses(responder, forge(state, header, block_of(state, b"x")), TooManySkipped)
