"""How long a thief of a whole state reads along who also breaks every X25519 exchange after the theft."""

from collections.abc import Iterator
from itertools import cycle
from statistics import median

import pytest

from securemsg.wire.envelope import Message
from tests.ratchet.parties import SIZES, Party, parties
from tests.ratchet.thief import Thief, Watched

Pair = tuple[Party, Party]


def watched_pair(seed: int) -> tuple[Pair, tuple[Watched, Watched]]:
    """Return two parties, and what their randomness shows of itself to whom X25519 is nothing."""
    pair = parties(seed)
    watched = Watched(pair[0].entropy), Watched(pair[1].entropy)
    for party, entropy in zip(pair, watched, strict=True):
        party.entropy = entropy
    return pair, watched


def ping_pong(pair: Pair, slots: int) -> Iterator[tuple[Party, Message]]:
    """Let the two speak in turn for ever; yield who heard what."""
    for sender, receiver in cycle((pair, pair[::-1])):
        message = sender.seal(b"." * SIZES[slots])
        receiver.open(message)
        yield receiver, message


def readable(seed: int, victim: int, slots: int, moment: int) -> list[bool]:
    """Return which messages a thief reads who copied one side after `moment` messages."""
    pair, watched = watched_pair(seed)
    talk = ping_pong(pair, slots)
    for _ in range(moment):
        next(talk)
    thief = Thief(pair[victim], watched[victim])
    found = []
    for _ in range(40):
        receiver, message = next(talk)
        heard = receiver is pair[victim]
        found.append(thief.hears(message) if heard else thief.overhears(message))
    return found


def lock_outs(slots: int, moments: int) -> list[int]:
    """Return after how many messages each of many thieves is locked out, whenever they stole from whom."""
    found = []
    for moment in range(2, 2 + moments):
        for victim in (0, 1):
            reads = readable(moment, victim, slots, moment)
            count = sum(reads)
            # Once out, out for good.
            assert reads == [True] * count + [False] * (len(reads) - count)
            found.append(count)
    return found


@pytest.mark.parametrize(("slots", "middle", "most"), [(1, 19, 30), (2, 9, 14), (4, 4, 6)])
def test_a_thief_who_breaks_every_x25519_is_locked_out_by_the_next_fresh_epoch(
    slots: int, middle: int, most: int
) -> None:
    """I9, section 9: in ping-pong, over two epochs of moments and both victims; at most two epochs."""
    counts = lock_outs(slots, 30)
    assert median(counts) <= middle
    assert max(counts) <= most
    assert min(counts) > 0


def test_without_room_for_codewords_nobody_is_locked_out_who_breaks_x25519() -> None:
    """Section 8: the KEM ratchet does not move, and says so (KR-10)."""
    assert readable(1, 1, 0, 5) == [True] * 40


@pytest.mark.parametrize("victim", [0, 1])
def test_what_was_said_before_the_theft_stays_closed_to_whoever_breaks_x25519(victim: int) -> None:
    """RT-14, KR-3: of every epoch before, with all keys of the EC ratchet that there ever were."""
    pair, watched = watched_pair(3)
    talk = ping_pong(pair, 1)
    past = [next(talk) for _ in range(40)]
    for receiver, message in past:
        thief = Thief(pair[victim], watched[victim])
        if receiver is pair[victim]:
            assert not thief.hears(message)
        else:
            assert not thief.overhears(message)
    thief = Thief(pair[victim], watched[victim])
    receiver, message = next(talk)
    assert thief.hears(message) if receiver is pair[victim] else thief.overhears(message)
