"""Files under way: at most two at once, beside the messages (Spec: FI-9, FI-10)."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio

from securemsg.client import blobs
from securemsg.client.board import Board
from securemsg.client.deciding import Decide
from securemsg.client.link import connected
from securemsg.client.profile import Profile
from securemsg.client.step import Step
from securemsg.client.transfer import steps
from securemsg.client.transfer.downloading import download, verify
from securemsg.client.transfer.failures import ELSEWHERE, TransferFailed
from securemsg.client.transfer.halt import beside
from securemsg.client.transfer.preparing import prepare
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.showing import shown_bytes
from securemsg.client.transfer.spool import Spool
from securemsg.client.transfer.uploading import blob_of, upload
from securemsg.crypto.kdf import same
from securemsg.errors import RemoteError
from securemsg.instant import SECOND
from securemsg.mailbox.address import RelayAddress
from securemsg.store.files import MOVING, FileRecord, FileState
from securemsg.store.ids import MessageRow

AT_ONCE: Final = 2
"""Transfers at once: a third would make each slower and none earlier (Spec: FI-9)."""

SEEN: Final = 100
"""Files looked at that wait to be moved."""

SWEEP_SECONDS: Final = 3_600.0
"""Between two looks at the folder where nothing gives cause (Spec: FI-15)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be moved, seconds until more is due, and whose ciphertexts may lie in the home."""

    unwanted: set[MessageRow]
    """What is carried and need not be any more."""

    due: list[FileRecord]
    pause: float | None
    spools: set[bytes]


class Ferry:
    """Prepares, uploads and fetches what the vault says; woken by `wake`."""

    def __init__(self, profile: Profile, board: Board, decide: Decide) -> None:
        self._profile = profile
        self._board = board
        self._decide = decide
        self._spool = Spool(profile.home)
        self._threads = anyio.CapacityLimiter(AT_ONCE)
        self._carried = dict[MessageRow, anyio.CancelScope]()
        self._withdrawn: list[FileRecord] = []
        self._stir = anyio.Event()

    def wake(self, withdrawn: Collection[FileRecord] = ()) -> None:
        """Look again: a transfer was asked for or given up, or a message with a file went.

        What was `withdrawn` is deleted at its relay, if that can be reached now.
        """
        self._withdrawn += withdrawn
        self._stir.set()

    async def run(self) -> None:
        """Carry what is due until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                self._stir = anyio.Event()
                found = await self._decide(partial(look, carried=tuple(self._carried)))
                for row in found.unwanted & self._carried.keys():
                    self._carried[row].cancel()
                while self._withdrawn:
                    tasks.start_soon(self._withdraw, self._withdrawn.pop())
                free = [record for record in found.due if record.message not in self._carried]
                for record in free[: AT_ONCE - len(self._carried)]:
                    scope = anyio.CancelScope()
                    self._carried[record.message] = scope
                    tasks.start_soon(self._carry, record, scope)
                if not self._carried:
                    # What is being written is not in anybody's way; a name that is gone can wait.
                    await anyio.to_thread.run_sync(self._spool.sweep, found.spools, limiter=self._threads)
                with anyio.move_on_after(SWEEP_SECONDS if found.pause is None else found.pause):
                    await self._stir.wait()

    async def _withdraw(self, record: FileRecord) -> None:
        """Delete the blob of a file of ours; it expires anyway where that fails (Spec: MB-27)."""
        if record.place is None:
            return
        with suppress(RemoteError):
            async with connected(record.place.relay, self._profile.network) as link:
                await blobs.delete(link, blob_of(record, record.place))

    async def _carry(self, record: FileRecord, scope: anyio.CancelScope) -> None:
        progress = Progress()
        row = record.message
        try:
            with scope:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(progress.tell, partial(self._tell, record))
                    await self._attempt(record, progress)
                    tasks.cancel_scope.cancel()
        finally:
            del self._carried[row]
            self._stir.set()
            if record.state is FileState.DOWNLOADING:
                self._board.fetched()

    async def _attempt(self, record: FileRecord, progress: Progress) -> None:
        """Bring one file one state further, or keep why that did not happen."""
        row = record.message
        try:
            match record.state:
                case FileState.PREPARING:
                    await self._prepare(record, progress)
                case FileState.UPLOADING:
                    await self._upload(record, progress)
                case _:
                    await self._download(record, progress)
        except TransferFailed as failure:
            word = failure
            await self._decide(lambda step: steps.failed(step, row, word))
        except RemoteError as error:
            problem = error
            await self._decide(lambda step: steps.put_off(step, row, problem, progress.done))

    async def _prepare(self, record: FileRecord, progress: Progress) -> None:
        work = partial(prepare, record, self._spool, self._profile.entropy, progress)
        sealed = await beside(work, self._threads)
        await self._decide(lambda step: steps.prepared(step, record.message, sealed))

    async def _upload(self, record: FileRecord, progress: Progress) -> None:
        row = record.message
        target = await self._decide(lambda step: steps.place_for(step, row))
        if target is None:
            await self._decide(lambda step: steps.hold(step, row))
            return
        placed, address = target
        async with connected(address.relay, self._profile.network) as link:
            await upload(link, placed, address, self._spool, progress)
        await self._decide(lambda step: steps.uploaded(step, row))

    async def _download(self, record: FileRecord, progress: Progress) -> None:
        row, own = record.message, self._profile.owner.link
        if record.place is None or not same(record.place.relay.pin, own.pin):
            raise TransferFailed(ELSEWHERE)
        if self._spool.size(record.spool) != record.stored:
            address = RelayAddress(own.host, own.port, own.pin)
            async with connected(address, self._profile.network) as link:
                await download(link, record, record.place, self._spool, progress)
        await beside(partial(verify, record, self._spool), self._threads)
        await self._decide(lambda step: steps.arrived(step, row))

    def _tell(self, record: FileRecord, done: int) -> None:
        shown = done if record.state is FileState.PREPARING else shown_bytes(done, record)
        self._board.progress(record.contact, record.message, shown, record.size)


def look(step: Step, carried: Collection[MessageRow]) -> Look:
    """Return what there is to do beside what is `carried` already (Spec: FI-9, FI-15)."""
    moving = step.vault.files.moving(SEEN)
    unwanted = {row for row in carried if not _moves(step.vault.files.find(row))}
    due = [record for record in moving if record.not_before <= step.now]
    later = [record.not_before for record in moving if record.not_before > step.now]
    pause = (min(later) - step.now) / SECOND if later else None
    return Look(unwanted, due, pause, step.vault.files.spools())


def _moves(record: FileRecord | None) -> bool:
    return record is not None and record.state in MOVING
