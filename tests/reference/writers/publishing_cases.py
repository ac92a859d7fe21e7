"""Vectors of 04 for the life of prekeys: when new ones are due, and their numbers."""

from __future__ import annotations

from tests.reference.case import Fields, good
from tests.reference.prekeys import DAY
from tests.reference.publishing import Numbers, due, pass_over
from tests.reference.writers.cast import NOW


def publishing_tests() -> list[Fields]:
    """Give the tests."""
    tests = []
    cases = {
        "fresh": (20, NOW),
        "low": (19, NOW),
        "last-moment": (64, NOW + 7 * DAY - 1),
        "week": (64, NOW + 7 * DAY),
        "clock-back": (64, NOW - 1),
    }
    for name, (left, now) in cases.items():
        fields = {"op": "due", "created_ms": NOW, "leaves_left": left, "now": now, "due": due(NOW, left, now)}
        tests.append(good(f"due/{name}", "HS-14: whether a new generation is due", **fields))
    own = Numbers(5, 6, 320)
    for name, told in {"next": 6, "ahead": 9, "equal": 5, "behind": 3, "far": 5 + 4096}.items():
        after = pass_over(own, told)
        fields = {"op": "pass_over", "told": told, "before": own._asdict(), "after": after._asdict()}
        tests.append(good(f"pass-over/{name}", "HS-16: the last numbers before and after", **fields))
    return tests
