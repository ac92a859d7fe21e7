"""What one node tells another at once: where it is worth looking (Spec: RL-51)."""

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

import trio

from securemsg.ids import MailboxId

MOST_HINTS: Final = 65_536
"""Hints that wait for one node at most: some megabytes; what is lost is repaired (Spec: RL-52)."""

BEAT_SECONDS: Final = 5
"""After so long without a hint a node says that it is there."""

_RECORD: Final = Struct(">B16sQ")
HINT_BYTES: Final = _RECORD.size

GIVEN_UP: Final = 2**64 - 1
"""As the number of a subscription: there is no such mailbox any more, and none of its subscriptions."""


class HintKind(IntEnum):
    """What happened in a mailbox."""

    NOTHING = 0
    STORED = 1
    SHELF_LOW = 2
    SUBSCRIBED = 3


class Hint(NamedTuple):
    """A mailbox to look into; `number` is that of its newest subscription, `GIVEN_UP`, or 0."""

    kind: HintKind
    mailbox: MailboxId
    number: int = 0


_BEAT: Final = _RECORD.pack(HintKind.NOTHING, bytes(MailboxId.WIDTH), 0)


class Hints:
    """What waits to be told to one node; nothing while that is away."""

    __slots__ = ("_is_open", "_stir", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[tuple[HintKind, MailboxId], int] = {}
        self._is_open = False
        self._stir = trio.Event()

    def open(self) -> None:
        """The node is there."""
        self._is_open = True

    def close(self) -> None:
        """The node is away: it looks by itself when it is back."""
        self._is_open = False
        self._waiting.clear()

    def add(self, hint: Hint) -> None:
        """Have a hint told, unless there are too many."""
        kind, mailbox, number = hint
        if self._is_open and len(self._waiting) < MOST_HINTS:
            self._waiting[kind, mailbox] = max(number, self._waiting.get((kind, mailbox), 0))
            self._stir.set()

    async def take(self) -> bytes:
        """The bytes of everything that waits, or after a time without any, of a sign of life."""
        if not self._waiting:
            self._stir = trio.Event()
            with trio.move_on_after(BEAT_SECONDS):
                await self._stir.wait()
        waiting, self._waiting = self._waiting, {}
        return b"".join(_RECORD.pack(*key, number) for key, number in waiting.items()) or _BEAT


class HintReader:
    """Hints in a stream of bytes, which may be cut anywhere."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def read(self, data: bytes) -> Iterator[Hint]:
        """The hints that are complete with `data`; kinds that a newer node knows are passed over."""
        data = self._rest + data
        whole = len(data) - len(data) % HINT_BYTES
        self._rest = data[whole:]
        for kind, mailbox, number in _RECORD.iter_unpack(data[:whole]):
            if HintKind.NOTHING < kind <= HintKind.SUBSCRIBED:
                yield Hint(HintKind(kind), MailboxId(mailbox), number)
