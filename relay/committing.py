"""What connections know of the store: one committer, or one for each shard."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from relay.storage.operations import Operation, Result

_T = TypeVar("_T")

Witness = Callable[[Sequence[Operation], Sequence[Result]], None]
"""Told of operations and their results once they are on disk."""


class Committing(Protocol):
    """Carries out operations; one task runs `run`, everybody may call the rest."""

    @property
    def each(self) -> "Sequence[Committing]":
        """One for each shard, or itself."""
        ...

    @property
    def waiting(self) -> tuple[int, int]:
        """Operations that wait or are being committed, and their bytes."""
        ...

    @property
    def is_busy(self) -> bool:
        """Tell whether the store does not keep up."""
        ...

    async def run(self) -> None:
        """Commit for ever."""
        ...

    async def commit(
        self, operations: Sequence[Operation], witness: Witness | None = None
    ) -> Sequence[Result]:
        """Carry out `operations`, those of one mailbox in order; returns when they are on disk."""
        ...

    async def alone(self, function: Callable[[], _T]) -> _T:
        """Run `function` where it may use the store; raises what it raises."""
        ...
