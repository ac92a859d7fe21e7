"""Chances that repeat: whatever a simulation decides follows from its seed."""

import random  # noqa: TID251  # decides what goes wrong and when; nothing secret
from typing import TypeAlias

Dice: TypeAlias = random.Random
"""A source of decisions."""


def dice(seed: int, purpose: str) -> Dice:
    """Return the decisions of one seed for one purpose: those for another do not change them."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311  # repeatable on purpose


def geometric(source: Dice, least: float, most: float) -> float:
    """Draw from `least` to `most`, small numbers as often as large ones."""
    return float(least * (most / least) ** source.random())
