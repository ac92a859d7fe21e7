"""The KEM ratchet's agreement keeps in step under every schedule, and never gets stuck.

An abstract machine is searched whole, not the code; `specs/models/README.md` says what that leaves out.
"""

from typing import Final

import pytest

from tests.models.kem_machine import BrokenPromiseError, Fault, Phase, Rules
from tests.models.kem_search import START, World, explore, fair_messages, speak_in_turn

LAST_EPOCH: Final = 3
SIZES: Final = ((1, 1), (1, 2), (2, 3), (3, 4), (4, 5))
"""Codewords needed, and how many there are; the last needs as many as the real code, of fewer."""

REAL: Final = Rules(needed=4, codewords=255)
GENERATING: Final = {Phase.SEND_EK, Phase.WAIT_CT}
ENCAPSULATING: Final = {Phase.WAIT_EK, Phase.SEND_CT}


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]} of {size[1]}")
def searched(request: pytest.FixtureRequest) -> tuple[Rules, set[World]]:
    """The rules and every world reached; a broken promise on the way would have ended the search."""
    rules = Rules(*request.param)
    return rules, explore(rules, LAST_EPOCH)


def test_no_schedule_brings_an_epoch_that_its_receiver_has_not_installed_or_skips_one(
    searched: tuple[Rules, set[World]],
) -> None:
    """Nor does a side leave an epoch without having sent in it: `receive` and `send` check each step."""
    rules, worlds = searched
    passed_at_once = {Phase.WAIT_CT} if rules.needed == 1 else set()
    assert {side.epoch for world in worlds for side in world.sides} == set(range(1, LAST_EPOCH + 2))
    assert {side.phase for world in worlds for side in world.sides} == set(Phase) - passed_at_once


def test_the_sides_are_never_more_than_one_epoch_apart_and_never_both_generators(
    searched: tuple[Rules, set[World]],
) -> None:
    _, worlds = searched
    for world in worlds:
        behind, ahead = sorted(world.sides, key=lambda side: side.epoch)
        if behind.epoch == ahead.epoch:
            generator, encapsulator = sorted(world.sides, key=lambda side: side.phase in ENCAPSULATING)
            assert generator.phase in GENERATING
            assert encapsulator.phase in ENCAPSULATING
        else:
            assert ahead.epoch == behind.epoch + 1
            assert (behind.phase, ahead.phase) == (Phase.SEND_CT, Phase.WAIT_EK)
            assert behind.installed == behind.epoch


def test_from_every_reachable_state_a_fair_schedule_completes_the_epoch(
    searched: tuple[Rules, set[World]],
) -> None:
    """Whatever was under way is lost; then both speak in turn."""
    rules, worlds = searched
    pairs = {world.sides for world in worlds}
    needed = [fair_messages(pair, rules) for pair in pairs]
    assert None not in needed
    assert max(count for count in needed if count is not None) <= 4 * rules.needed + 2


@pytest.mark.parametrize(
    "fault", [Fault.SENDS_BEFORE_PROOF, Fault.MOVES_WITHOUT_PROOF], ids=lambda fault: fault.name
)
def test_a_planted_fault_breaks_a_promise(fault: Fault) -> None:
    with pytest.raises(BrokenPromiseError):
        explore(Rules(2, 3, fault), LAST_EPOCH)


@pytest.mark.parametrize(
    "fault",
    [Fault.STOPS_EK_EARLY, Fault.NEVER_SWITCHES, Fault.FORGETS_CODEWORDS],
    ids=lambda fault: fault.name,
)
def test_a_planted_fault_leaves_a_state_that_no_schedule_gets_out_of(fault: Fault) -> None:
    rules = Rules(2, 3, fault)
    pairs = {world.sides for world in explore(rules, LAST_EPOCH)}
    assert None in {fair_messages(pair, rules) for pair in pairs}


def test_every_fault_is_planted() -> None:
    assert len(Fault) == 1 + 2 + 3


@pytest.mark.parametrize(
    ("needed", "messages"), [(4, 15), (1, 3)], ids=["one codeword a message", "all in one"]
)
def test_an_epoch_of_a_ping_pong_takes_as_many_messages_as_the_specification_says(
    needed: int, messages: int
) -> None:
    """Four codewords in one message are modelled as one that is enough."""
    talk = list(speak_in_turn(START.sides, Rules(needed, REAL.codewords), 10 * messages))
    assert [min(side.epoch for side in sides) for sides in talk[messages - 1 :: messages]] == list(
        range(2, 12)
    )
    assert [min(side.epoch for side in sides) for sides in talk[messages - 2 :: messages]] == list(
        range(1, 11)
    )
