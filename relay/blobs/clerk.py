"""What one connection asks about blobs, in order, beside everything else that it asks (Spec: RL-62)."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import trio

from relay.blobs.files import REFUSED
from relay.blobs.service import Blobs
from relay.outgoing import Outgoing
from securemsg.crypto.kdf import same
from securemsg.mailbox.answers import Answer
from securemsg.mailbox.blobs import MAX_CHUNK, BlobRequest, GetRange, PutChunk
from securemsg.mailbox.relay import Asked

_CONNECTION_BYTES: Final = 4 * 1024 * 1024
"""Chunks of one connection that wait: half is written while the other half comes in."""

_BATCH_BYTES: Final = 2 * 1024 * 1024
"""Chunks that are written and synced together: the store's syncs on the same disk wait for them."""

_RANGES_AT_ONCE: Final = 6
"""Ranges read together: what is read still fits when there was room before (Spec: RL-4)."""

_REST_SECONDS: Final = 0.005
"""After a refusal: who tries keys takes no more of the time than others do."""


class Clerk:
    """Answers what was taken; one task runs `run`."""

    __slots__ = ("_answer", "_blobs", "_idle", "_outgoing", "_room", "_size", "_stir", "_waiting")

    def __init__(self, blobs: Blobs, outgoing: Outgoing, answer: Callable[[int, Answer], None]) -> None:
        self._blobs = blobs
        self._outgoing = outgoing
        self._answer = answer
        self._waiting: deque[tuple[int, BlobRequest]] = deque()
        self._size = 0
        self._room = trio.lowlevel.ParkingLot()
        self._stir = trio.Event()
        self._idle = trio.Event()
        self._idle.set()

    async def take(self, asked: Asked, request: BlobRequest) -> None:
        """Have a request answered after those before it; waits while too much waits."""
        while self._size >= _CONNECTION_BYTES:
            await self._room.park()
        size = _size_of(request)
        if size:
            await self._blobs.wait_for_room()
        self._count(size)
        self._waiting.append((asked.number, request))
        self._idle = trio.Event() if self._idle.is_set() else self._idle
        self._stir.set()

    async def finish(self) -> None:
        """Wait until everything that was taken is answered."""
        await self._idle.wait()

    async def run(self) -> None:
        """Answer for ever."""
        try:
            while True:
                while self._waiting:
                    await self._outgoing.room()
                    await self._answer_run(self._take_run())
                self._idle.set()
                self._stir = trio.Event()
                await self._stir.wait()
        finally:
            self._count(-self._size)

    async def _answer_run(self, run: Sequence[tuple[int, BlobRequest]]) -> None:
        requests = [request for _, request in run]
        answers = await self._blobs.carry_out(requests)
        for (number, _), answer in zip(run, answers, strict=True):
            self._answer(number, answer)
        self._count(-sum(map(_size_of, requests)))
        if REFUSED in answers:
            await trio.sleep(_REST_SECONDS)

    def _take_run(self) -> list[tuple[int, BlobRequest]]:
        """The next request, and those like it that follow at once."""
        first = self._waiting.popleft()
        run, size = [first], _size_of(first[1])
        most = _most_of(first[1])
        while self._waiting and len(run) < most and _is_like(first[1], self._waiting[0][1]):
            size += _size_of(self._waiting[0][1])
            if size > _BATCH_BYTES:
                break
            run.append(self._waiting.popleft())
        return run

    def _count(self, size: int) -> None:
        self._size += size
        self._blobs.took(size)
        if size < 0:
            self._room.unpark_all()


def _size_of(request: BlobRequest) -> int:
    return len(request.chunk) if isinstance(request, PutChunk) else 0


def _most_of(request: BlobRequest) -> int:
    if isinstance(request, PutChunk):
        return _BATCH_BYTES // MAX_CHUNK * 2
    return _RANGES_AT_ONCE if isinstance(request, GetRange) else 1


def _is_like(first: BlobRequest, other: BlobRequest) -> bool:
    """Tell whether both can be carried out together: for one blob, with one key."""
    if isinstance(first, PutChunk) and isinstance(other, PutChunk):
        return first.blob == other.blob and same(first.key, other.key)
    if isinstance(first, GetRange) and isinstance(other, GetRange):
        return first.blob == other.blob and same(first.key, other.key)
    return False
