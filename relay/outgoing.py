"""What waits to be written to one connection: bounded, and written in as few calls as possible."""

from typing import Final

import trio

from relay.stream import Stream

OUTGOING_BYTES: Final = 1024 * 1024
"""Bytes that wait for one connection at most (Spec: RL-4)."""

_FULL: Final = OUTGOING_BYTES - 384 * 1024
"""From here on nothing more is read for the connection.

What is being read when it gets there still fits: a page and an envelope that is handed on, or the prekeys
of one commit.
"""


class Outgoing:
    """Bytes for one connection; any task adds them, one task runs `run`.

    Who reads much to add it holds `turn` meanwhile, and waits for `room` first.
    """

    __slots__ = ("_finished", "_pieces", "_room", "_size", "_stir", "_stream", "turn")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pieces: list[bytes] = []
        self._size = 0
        self._stir = trio.Event()
        self._room = trio.lowlevel.ParkingLot()
        self._finished = False
        self.turn = trio.Lock()

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._size

    @property
    def is_full(self) -> bool:
        """Tell whether nothing more should be added for now."""
        return self._size >= _FULL

    def add(self, data: bytes) -> None:
        """Have `data` written after what was added before."""
        if data and not self._finished:
            self._pieces.append(data)
            self._size += len(data)
            self._stir.set()

    async def room(self) -> None:
        """Wait until `is_full` does not hold."""
        while self.is_full:
            await self._room.park()

    def finish(self) -> None:
        """Have `run` return once everything is written; what is added later is dropped."""
        self._finished = True
        self._stir.set()

    async def run(self) -> None:
        """Write until `finish`; raises `ConnectionLostError` or `StalledError`."""
        while True:
            while self._pieces:
                data = b"".join(self._pieces)
                self._pieces.clear()
                await self._stream.send(data)
                self._size -= len(data)
                self._room.unpark_all()
            if self._finished:
                return
            self._stir = trio.Event()
            await self._stir.wait()
