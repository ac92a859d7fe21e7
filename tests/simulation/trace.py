"""What happened, in order: two runs of one seed must tell the same."""

import hashlib

import trio

_TAIL = 60
"""Events shown of a run that failed: the last ones mostly tell why."""


class Trace:
    """Events with their simulated times; nothing in them may depend on keys or addresses."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def note(self, who: str, what: str) -> None:
        """Add an event of now."""
        self.events.append(f"{trio.current_time():14.6f} {who:8} {what}")

    @property
    def digest(self) -> str:
        """Stands for the whole trace."""
        return hashlib.sha256("\n".join(self.events).encode()).hexdigest()[:16]

    @property
    def tail(self) -> str:
        """The last events, one a line."""
        return "\n".join(self.events[-_TAIL:])
