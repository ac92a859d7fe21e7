"""How the network part has decisions made: elsewhere, one transaction each."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from securemsg.client.step import Step

T = TypeVar("T")


class Decide(Protocol):
    """Runs a function in one transaction, in the worker thread, and returns what it returns (Spec: CL-1)."""

    async def __call__(self, function: Callable[[Step], T], /) -> T:
        """Return after the commit."""
        ...
