"""Children of this process that tell in lines what they find, and die of what has no end."""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from typing import Any, Final

_MEMORY: Final = 3 * 2**29
"""Bytes of address space: a mutant that allocates without end dies of it."""


def tell(pipe: int, value: object) -> None:
    """Write a line that `told` reads."""
    os.write(pipe, json.dumps(value).encode() + b"\n")


def told(child: Callable[[int], int]) -> Iterator[Any]:
    """Yield what `child` tells through its pipe, from a process of its own, and then its status."""
    reading, writing = os.pipe()
    number = os.fork()
    if number == 0:
        status = 1
        try:
            os.close(reading)
            status = child(writing)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    yield os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def silence() -> None:
    """Let this process print nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def bound_memory() -> None:
    """Let this process have so much memory and no more."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def bound_time(seconds: float) -> None:
    """End this process after so many seconds of the processor from now, or ten times as many of the clock."""
    # The default action of both signals ends the process, also where it loops in C.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 60 + 10 * seconds)
