"""What the service manager is told: ready, still alive, going down (Spec: RL-44).

The words of sd_notify(3): datagrams to the socket that the environment names; without one, nothing.
"""

import os
import socket
from collections.abc import Mapping
from typing import Final, Self

import trio

from relay.committing import Committing
from relay.counters import Counters

_BEAT_SECONDS: Final = 1.0
"""How often the event loop is looked at; how late it comes is how long everybody waits for it."""

_MICROSECONDS: Final = 1_000_000

_SIGNS_PER_TIMEOUT: Final = 3
"""One sign of life may be late without the manager losing patience."""


class Supervisor:
    """The service manager that started this process, or nobody."""

    __slots__ = ("_place", "patience_seconds")

    def __init__(self, place: str, patience_seconds: float) -> None:
        self._place = place
        self.patience_seconds = patience_seconds

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Whom the environment names; `patience_seconds` is 0 where nobody waits for signs of life."""
        patience = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        seconds = int(patience) / _MICROSECONDS if patience.isdecimal() and is_ours else 0
        return cls(environment.get("NOTIFY_SOCKET", ""), seconds)

    def tell(self, words: str) -> None:
        """Tell `words`, lines of NAME=VALUE; a manager that does not listen misses them."""
        if not self._place.startswith(("/", "@")):
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)  # noqa: FBT003  # a name of the system's
            try:
                line.sendto(words.encode(), self._place.replace("@", "\0", 1))
            except OSError:
                return


async def measure_loop(counters: Counters) -> None:
    """Count how late the event loop comes to what it should do, for ever."""
    while True:
        due = trio.current_time() + _BEAT_SECONDS
        await trio.sleep_until(due)
        counters.loop_lag_seconds.add(trio.current_time() - due)


async def give_signs_of_life(supervisor: Supervisor, committer: Committing) -> None:
    """Tell that the process lives, for ever, as long as both loop and store's thread come round."""
    if not supervisor.patience_seconds:
        return
    while True:
        await committer.alone(lambda: None)
        supervisor.tell("WATCHDOG=1")
        await trio.sleep(supervisor.patience_seconds / _SIGNS_PER_TIMEOUT)
