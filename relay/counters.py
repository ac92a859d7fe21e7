"""What the relay counts: numbers about all, never about one (Spec: RL-3)."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counters:
    """Since the start of the program."""

    connections: int = 0
    connections_open: int = 0
    connections_refused: int = 0
    connections_failed: int = 0
    handshakes_failed: int = 0
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

    def numbers(self) -> dict[str, int]:
        """All of them by name."""
        return asdict(self)
