"""The timer of a conversation, told as what one side does and hears (CL-24, CL-26)."""

from __future__ import annotations

from tests.reference.case import Fields, good
from tests.reference.timers import AHEAD, Side, lives

Step = tuple[str, int, int]

SET, HEAR, RECEIPT = "set", "hear", "receipt"

STORIES: dict[str, tuple[str, list[Step]]] = {
    "first": ("the first word", [(HEAR, 60, 1)]),
    "own": ("our own first word", [(SET, 60, 0)]),
    "off": ("none any more", [(HEAR, 60, 1), (SET, 0, 0)]),
    "same": ("the time that is set already is not said again", [(HEAR, 60, 1), (SET, 60, 0)]),
    "later": ("a later version, whoever says it", [(SET, 60, 0), (HEAR, 5, 2)]),
    "glare": ("both set it at once: the greater account decides", [(SET, 60, 0), (HEAR, 5, 1)]),
    "glare-twice": (
        "the greater version before the greater account",
        [(SET, 60, 0), (SET, 5, 0), (HEAR, 7, 1)],
    ),
    "again": ("the same author says the same version anew: the later word", [(HEAR, 60, 3), (HEAR, 5, 3)]),
    "late": ("an earlier word of theirs comes late", [(HEAR, 60, 3), (HEAR, 60, 2)]),
    "forgot": (
        "who had our word and says an older one has lost it, and is told again",
        [(SET, 60, 0), (SET, 5, 0), (RECEIPT, 0, 0), (HEAR, 7, 1)],
    ),
    "crossing": (
        "while our word is on its way, it is not said again",
        [(SET, 60, 0), (SET, 5, 0), (HEAR, 7, 1)],
    ),
    "forgot-twice": (
        "told once until that is receipted",
        [(HEAR, 60, 9), (HEAR, 5, 1), (HEAR, 7, 2), (RECEIPT, 0, 0), (HEAR, 7, 3)],
    ),
    "ahead": ("the farthest that is taken", [(HEAR, 60, AHEAD)]),
    "too-far": ("a version too far ahead does nothing", [(HEAR, 60, AHEAD + 1)]),
    "stepwise": ("but steps do", [(HEAR, 60, AHEAD), (HEAR, 5, 2 * AHEAD)]),
}


def _told(side: Side, step: Step) -> Side:
    kind, lifetime, version = step
    if kind == SET:
        return side.choose(lifetime)
    return side.hear(lifetime, version) if kind == HEAR else side.receipted()


def timer_cases() -> list[Fields]:
    """Give each story for the side with the lower and with the greater account, and lifetimes."""
    tests = []
    for name, (comment, steps) in STORIES.items():
        for rank, who in ((1, "lower"), (2, "greater")):
            side = Side(rank)
            for step in steps:
                side = _told(side, step)
            ends: Fields = {"lifetime": side.known.lifetime, "version": side.known.version, "by": side.by}
            fields: Fields = {"we_are": who, "steps": [list(step) for step in steps], "ends": ends}
            words = [list(each) for each in side.said]
            tests.append(good(f"timer/{name}-{who}", comment, op="timer", **fields, said=words))
    for said, timer in ((0, 0), (5, 0), (0, 5), (60, 5), (5, 60)):
        fields = {"op": "lifetime", "said": said, "timer": timer, "lives": lives(said, timer)}
        tests.append(good(f"lifetime/{said}-{timer}", "CL-24", **fields))
    return tests
