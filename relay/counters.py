"""What the relay counts: numbers about all, never about one (Spec: RL-3, RL-41)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from securemsg.mailbox.answers import ErrorCode

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""From a commit on a fast disk to one that makes people wait."""

_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)
"""From one operation in a commit to as many as there may be."""


class Distribution:
    """How many values were up to each of `bounds`, how many above the last, and the sum of all."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True)
class Counters:
    """Since the start of the program; `connections_open` is of this moment."""

    connections: int = 0
    connections_open: int = 0
    connections_refused: int = 0
    connections_throttled: int = 0
    connections_failed: int = 0
    handshakes: int = 0
    handshakes_failed: int = 0
    websockets: int = 0
    violations: int = 0
    stalled: int = 0
    takeovers: int = 0
    commits: int = 0
    commits_failed: int = 0
    operations: int = 0
    accepted: int = 0
    delivered: int = 0
    refused: int = 0
    expired: int = 0
    expiry_walks: int = 0
    blobs_created: int = 0
    blobs_completed: int = 0
    blobs_expired: int = 0
    blob_bytes_stored: int = 0
    blob_bytes_read: int = 0
    refusals: Counter[ErrorCode] = field(default_factory=Counter)
    commit_seconds: Distribution = field(default_factory=lambda: Distribution(_SECONDS))
    commit_operations: Distribution = field(default_factory=lambda: Distribution(_SIZES))
    loop_lag_seconds: Distribution = field(default_factory=lambda: Distribution(_SECONDS))

    def refuse(self, code: ErrorCode) -> None:
        """Count an answer that was a refusal."""
        self.refused += 1
        self.refusals[code] += 1

    def committed(self, operations: int, seconds: float) -> None:
        """Count a commit, whether it succeeded or failed."""
        self.commits += 1
        self.operations += operations
        self.commit_operations.add(operations)
        self.commit_seconds.add(seconds)

    def numbers(self) -> dict[str, int]:
        """The plain ones by name."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, int)}
