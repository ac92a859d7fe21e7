"""Every schedule of the KEM machine's two sides up to an epoch, and a fair one from each state reached."""

from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.models.kem_machine import INITIATOR, RESPONDER, Kind, Message, Rules, Side, receive, send, sendable

Pair = tuple[Side, Side]
UnderWay = frozenset[tuple[int, Message]]
"""Messages that the network holds, each with the side that it is for."""

PEER: Final = (1, 0)


class World(NamedTuple):
    """Both sides, and what the network can still deliver to any effect."""

    sides: Pair
    under_way: UnderWay = frozenset()


START: Final = World((INITIATOR, RESPONDER))


def explore(rules: Rules, last_epoch: int) -> set[World]:
    """Return every world that any schedule reaches before a side is past `last_epoch`.

    Raises `BrokenPromiseError` for the first step that must not be possible.
    """
    reached = {START}
    waiting = deque(reached)
    while waiting:
        world = waiting.popleft()
        for following in _steps(world, rules):
            if following not in reached and max(side.epoch for side in following.sides) <= last_epoch + 1:
                reached.add(following)
                waiting.append(following)
    return reached


def _steps(world: World, rules: Rules) -> Iterator[World]:
    for who, side in enumerate(world.sides):
        for message in sendable(side, rules):
            sent = world.under_way | {(PEER[who], message)}
            yield _tidy(World(_with(world.sides, who, send(side)), sent))
    for who, message in world.under_way:
        yield _tidy(
            World(_with(world.sides, who, receive(world.sides[who], message, rules)), world.under_way)
        )


def _with(sides: Pair, who: int, side: Side) -> Pair:
    return (side, sides[1]) if who == 0 else (sides[0], side)


def _tidy(world: World) -> World:
    """Drop what can have no effect: it names nothing ahead of its receiver, whose epochs only grow."""
    kept = frozenset(
        (who, message) for who, message in world.under_way if _matters(world.sides[who], message)
    )
    return World(world.sides, kept)


def _matters(side: Side, message: Message) -> bool:
    carries_news = message.kind is not Kind.FILLER and message.epoch >= side.epoch
    return carries_news or message.header_epoch > side.receiving or message.header_epoch >= side.epoch


def speak_in_turn(sides: Pair, rules: Rules, messages: int) -> Iterator[Pair]:
    """Yield the sides after each message of a conversation in turn, without loss."""
    both = list(sides)
    for turn in range(messages):
        who = turn % 2
        choices = list(sendable(both[who], rules))
        message = choices[(turn // 2) % len(choices)]
        both[who] = send(both[who])
        both[PEER[who]] = receive(both[PEER[who]], message, rules)
        yield both[0], both[1]


def fair_messages(sides: Pair, rules: Rules) -> int | None:
    """Let both speak in turn without loss; return after how many messages each has gained an epoch.

    `None` if that takes more than any honest exchange needs.
    """
    limit = 8 * (rules.codewords + 2)
    for count, after in enumerate(speak_in_turn(sides, rules, limit), start=1):
        if all(later.epoch > side.epoch for later, side in zip(after, sides, strict=True)):
            return count
    return None
