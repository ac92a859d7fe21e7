"""Choices that repeat from run to run."""

from random import Random  # noqa: TID251  # schedules, not keys


class Chance(Random):
    """A sequence of choices that follows from its seed."""
