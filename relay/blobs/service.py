"""The blobs of a relay while it runs: who may, in which thread, and how much waits (Spec: RL-62)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar, cast

import trio

from relay.blobs.files import REFUSED, BlobFiles
from relay.blobs.places import FANS
from relay.blobs.sweep import Swept, sweep_charges, sweep_orphans
from relay.clock import Clock
from relay.committing import Committing
from relay.counters import Counters
from relay.log import Event, Log
from relay.storage.operations import LookAtMailbox, Refused, Stored
from relay.storage.rights import ShowToken
from securemsg.ids import MailboxId
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.blobs import (
    BlobRequest,
    Chunk,
    CreateBlob,
    DeleteBlob,
    GetRange,
    LookAtBlob,
    PutChunk,
    ReleaseBlob,
)

WAITING_BYTES: Final = 64 * 1024 * 1024
"""Chunks that wait for the disk, all connections together; beyond that no more are read (Spec: RL-62)."""

_WRITERS: Final = 1
_READERS: Final = 4
"""Threads of their own, apart from the store's: of syncs on the same disk one at a time competes with it."""

_WATCH_SECONDS: Final = 10
_SWEEP_SECONDS: Final = 3_600
_PAUSE_SECONDS: Final = 0.01
"""Between two folders of a sweep: the others have their turn."""

_SWEEPS_PER_ORPHANS: Final = 24

_UNAVAILABLE: Final = Failed(ErrorCode.UNAVAILABLE, 60)

_T = TypeVar("_T")


class Blobs:
    """Carries out what connections ask; `files` is `None` where the relay takes no blobs."""

    def __init__(
        self, files: BlobFiles | None, committer: Committing, counters: Counters, log: Log, clock: Clock
    ) -> None:
        self._files = files
        self._committer = committer
        self._counters = counters
        self._log = log
        self._clock = clock
        self._writers = trio.CapacityLimiter(_WRITERS)
        self._readers = trio.CapacityLimiter(_READERS)
        self._waiting = 0
        self._room = trio.lowlevel.ParkingLot()
        self._free = 0
        self.held = Swept()
        """What the last sweep counted."""

    def moment(self) -> dict[str, int]:
        """What is so now, by the names of metrics."""
        return {
            "blobs": self.held.blobs,
            "blob_bytes": self.held.bytes,
            "blob_queue_bytes": self._waiting,
            "blob_disk_free_bytes": self._free,
        }

    async def wait_for_room(self) -> None:
        """Wait until there is room for what one connection may read at once."""
        while self._waiting >= WAITING_BYTES:
            await self._room.park()

    def took(self, size: int) -> None:
        """Count bytes that wait from now on, or, below 0, that wait no more."""
        self._waiting += size
        if size < 0:
            self._room.unpark_all()

    async def carry_out(self, run: Sequence[BlobRequest]) -> list[Answer]:
        """Answer one request, or several chunks or ranges of one blob that were shown one key."""
        files = self._files
        if files is None:
            return [Failed(ErrorCode.TOO_LARGE)] * len(run)
        try:
            return await self._carry_out(files, run)
        except OSError as error:
            self._log.note_error(Event.BLOB_FAILED, error)
            return [_UNAVAILABLE] * len(run)

    async def _carry_out(self, files: BlobFiles, run: Sequence[BlobRequest]) -> list[Answer]:
        now = self._clock()
        match run[0]:
            case PutChunk():
                return await self._put(files, cast("Sequence[PutChunk]", run))
            case GetRange():
                ranges = cast("Sequence[GetRange]", run)
                found = await self._read(partial(files.read, ranges, now))
                self._counters.blob_bytes_read += sum(
                    len(one.content) for one in found if isinstance(one, Chunk)
                )
                return found
            case LookAtBlob() as request:
                return [await self._read(partial(files.look, request, now))]
            case CreateBlob() as request:
                return [await self._create(files, request)]
            case DeleteBlob() as request:
                return [await self._write(partial(files.delete, request, now))]
            case ReleaseBlob() as request:
                return [await self._write(partial(files.release, request))]

    async def _create(self, files: BlobFiles, request: CreateBlob) -> Answer:
        (right,) = await self._committer.commit([ShowToken(request.mailbox, request.token.hash)])
        if not isinstance(right, Stored):
            return Failed(right.code, right.retry_seconds) if isinstance(right, Refused) else _UNAVAILABLE
        made = await self._write(partial(files.create, request, self._clock()))
        if made != Done():
            return made
        (payer,) = await self._committer.commit([LookAtMailbox(request.mailbox)])
        if payer == Refused(ErrorCode.REFUSED):
            # Given up meanwhile at another node: nobody could release it any more (Spec: MB-29).
            await self._write(partial(files.release, ReleaseBlob(request.mailbox, request.blob)))
            return REFUSED
        self._counters.blobs_created += 1
        return made

    async def _put(self, files: BlobFiles, run: Sequence[PutChunk]) -> list[Answer]:
        put = await self._write(partial(files.put, run, self._clock()))
        self._counters.blob_bytes_stored += put.stored
        self._counters.blobs_completed += put.completed
        return put.answers

    async def release_all(self, mailbox: MailboxId) -> Failed | None:
        """Forget all that counts for a mailbox that is given up; tells where that failed (Spec: MB-29)."""
        try:
            if self._files is not None:
                await self._write(partial(self._files.release_all, mailbox))
        except OSError as error:
            self._log.note_error(Event.BLOB_FAILED, error)
            return _UNAVAILABLE
        return None

    async def watch(self) -> None:
        """Look how much is free, for ever; who asks for numbers does not wait for a folder that hangs."""
        while self._files is not None:
            try:
                self._free = await trio.to_thread.run_sync(
                    lambda files: files.free, self._files, abandon_on_cancel=True
                )
            except OSError as error:
                self._log.note_error(Event.BLOB_FAILED, error)
            await trio.sleep(_WATCH_SECONDS)

    async def sweep(self) -> None:
        """Remove what is past its time, at once and every hour, for ever (Spec: RL-63)."""
        if self._files is None:
            return
        sweeps = 0
        while True:
            try:
                await self._sweep(self._files, sweeps)
            except OSError as error:
                self._log.note_error(Event.BLOB_FAILED, error)
            sweeps += 1
            await trio.sleep(_SWEEP_SECONDS)

    async def _sweep(self, files: BlobFiles, sweeps: int) -> None:
        found = Swept()
        for fan in FANS:
            found += await self._write(partial(sweep_charges, files, fan, self._clock()))
            if sweeps % _SWEEPS_PER_ORPHANS == 0:
                found += await self._write(partial(sweep_orphans, files, fan, self._clock()))
            await trio.sleep(_PAUSE_SECONDS)
        self._counters.blobs_expired += found.removed
        self.held = found

    async def _write(self, step: Callable[[], _T]) -> _T:
        return await trio.to_thread.run_sync(step, limiter=self._writers)

    async def _read(self, step: Callable[[], _T]) -> _T:
        return await trio.to_thread.run_sync(step, limiter=self._readers)
