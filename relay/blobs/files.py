"""What is done to blobs on the disk, step by step; every function is for a thread (Spec: RL-60, RL-61).

What is answered is on disk; where the disk fails they raise `OSError`. A crash at any moment leaves a blob
that can be filled further, a charge without a file, or nothing.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from relay.blobs.alone import alone, remove
from relay.blobs.opened import DECOY, Opened, opened
from relay.blobs.places import FRESH, Charge, Places, make_folder, payer_of
from relay.blobs.record import HEADER, Record
from relay.folder import sync_folder
from relay.storage.policy import FULL_RETRY_SECONDS, hour_after, hour_of
from securemsg.crypto.kdf import same
from securemsg.ids import BlobId, MailboxId
from securemsg.instant import Instant
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.blobs import (
    BlobState,
    Chunk,
    CreateBlob,
    DeleteBlob,
    GetRange,
    LookAtBlob,
    PutChunk,
    ReleaseBlob,
)

REFUSED: Final = Failed(ErrorCode.REFUSED)
_NO_ROOM: Final = Failed(ErrorCode.UNAVAILABLE, 300)
"""Blobs have taken all of the disk that they may."""

_KEEP_NAMES: Final = 4_096
"""Files (inodes) that must stay free: each blob takes two, however short, and others need some, too."""

_BUSY: Final = Failed(ErrorCode.UNAVAILABLE, 1)
"""Another connection writes to the same blob: the one that its client lost, most often."""

_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes that one blob and all of a payer may have, and that must stay free; hours that they stay."""

    largest: int
    payer_bytes: int
    payer_blobs: int
    keep_free: int
    hours: int


class Put(NamedTuple):
    """What became of chunks: their answers, bytes that are new on the disk, and blobs that became whole."""

    answers: list[Answer]
    stored: int = 0
    completed: int = 0


class BlobFiles:
    """All blobs of a relay."""

    def __init__(self, places: Places, quota: Quota) -> None:
        """Make the folder where it is not there; raises `OSError`."""
        self.places = places
        self._quota = quota
        places.prepare()
        if not places.decoy.exists():
            with alone(places.lock):
                _write_new(places.decoy, DECOY)

    @property
    def free(self) -> int:
        """Bytes free on the disk of the blobs."""
        disk = os.statvfs(self.places.path)
        return disk.f_bavail * disk.f_frsize

    def create(self, request: CreateBlob, now: Instant) -> Answer:
        """Begin a blob for somebody who showed a right to it; repeatable (Spec: MB-24)."""
        quota = self._quota
        record = Record(
            request.writing,
            request.reading,
            payer_of(request.mailbox),
            request.size,
            hour_after(now, quota.hours),
        )
        with alone(self.places.lock):
            older = self._record(request.blob)
            if older is not None and older.expires_hour <= hour_of(now):
                self._remove(request.blob, self.places.payer(older.payer))
            elif older is not None:
                return Done() if replace(older, expires_hour=record.expires_hour) == record else REFUSED
            refusal = self._objection(record, request.blob, now)
            if refusal is None:
                self._begin(record, request.blob)
        return refusal or Done()

    def put(self, run: Sequence[PutChunk], now: Instant) -> Put:
        """Add chunks of one blob, shown with one key, in order, passing over what is there (Spec: MB-25)."""
        blob, key = run[0].blob, run[0].key.hash
        paths = self.places.part(blob), self.places.whole(blob)
        try:
            with opened(
                paths, os.O_RDWR, lambda found: same(found.writing, key), now, self.places.decoy
            ) as file:
                return Put([REFUSED] * len(run)) if file is None else self._put(file, run)
        except BlockingIOError:
            return Put([_BUSY] * len(run))

    def look(self, request: LookAtBlob, now: Instant) -> Answer:
        """Tell how much is on disk (Spec: MB-25)."""
        paths = self.places.part(request.blob), self.places.whole(request.blob)
        key = request.key.hash
        with opened(
            paths, os.O_RDONLY, lambda found: same(found.writing, key), now, self.places.decoy
        ) as file:
            return REFUSED if file is None else BlobState(file.end, file.record.size)

    def read(self, run: Sequence[GetRange], now: Instant) -> list[Answer]:
        """Read ranges of one whole blob, shown with one key (Spec: MB-26)."""
        key = run[0].key.hash
        paths = (self.places.whole(run[0].blob),)
        with opened(
            paths, os.O_RDONLY, lambda found: same(found.reading, key), now, self.places.decoy
        ) as file:
            return [REFUSED if file is None else _range(file, one) for one in run]

    def delete(self, request: DeleteBlob, now: Instant) -> Answer:
        """Forget a blob for its creator (Spec: MB-27)."""
        paths = self.places.part(request.blob), self.places.whole(request.blob)
        key = request.key.hash
        with opened(
            paths, os.O_RDONLY, lambda found: same(found.writing, key), now, self.places.decoy
        ) as file:
            if file is None:
                return REFUSED
            self._forget(request.blob, self.places.payer(file.record.payer))
        return Done()

    def release(self, request: ReleaseBlob) -> Answer:
        """Forget a blob for the owner of the mailbox that pays for it (Spec: MB-27)."""
        payer = payer_of(request.mailbox)
        if not any(charge.blob == request.blob for charge in self.places.charges(payer)):
            return REFUSED
        self._forget(request.blob, self.places.payer(payer))
        return Done()

    def release_all(self, mailbox: MailboxId) -> None:
        """Forget everything that a mailbox pays for."""
        payer = payer_of(mailbox)
        for charge in self.places.charges(payer):
            self._forget(charge.blob, self.places.payer(payer))

    def expire(self, charge: Charge, payer: Path) -> None:
        """Remove a blob whose time was over when its charge was read; raises `OSError`."""
        with alone(self.places.lock):
            # Another node may have begun it anew.
            if (payer / charge.name).exists():
                self._remove(charge.blob, payer)

    def drop(self, path: Path, is_over: Callable[[Path], bool]) -> bool:
        """Remove a file that no charge leads to, if it is over; raises `OSError`."""
        with alone(self.places.lock):
            # Another node may have begun a blob in its place.
            found = is_over(path)
            if found:
                remove(path)
        return found

    def _forget(self, blob: BlobId, payer: Path) -> None:
        with alone(self.places.lock):
            self._remove(blob, payer)

    def _remove(self, blob: BlobId, payer: Path) -> None:
        """Remove a blob, then what counts it, durably."""
        part, whole = self.places.part(blob), self.places.whole(blob)
        found = self._record(blob)
        # After a crash another may pay for what is there now.
        if found is None or self.places.payer(found.payer) == payer:
            for path in (part, whole, whole.with_name(whole.name + FRESH)):
                remove(path)
            with suppress(FileNotFoundError):
                sync_folder(whole.parent)
        _unlink_charges(payer, blob)
        with suppress(FileNotFoundError):
            sync_folder(payer)
        with suppress(OSError):
            # Only where nothing else is in it.
            payer.rmdir()

    def _record(self, blob: BlobId) -> Record | None:
        for path in (self.places.part(blob), self.places.whole(blob)):
            with suppress(FileNotFoundError), path.open("rb") as file:
                return Record.parse(file.read(HEADER))
        return None

    def _objection(self, record: Record, blob: BlobId, now: Instant) -> Failed | None:
        quota, hour = self._quota, hour_of(now)
        if record.size > min(quota.largest, quota.payer_bytes):
            return Failed(ErrorCode.TOO_LARGE)
        held = [
            charge.size
            for charge in self.places.charges(record.payer)
            if charge.expires_hour > hour and charge.blob != blob
        ]
        if len(held) >= quota.payer_blobs or sum(held) + record.size > quota.payer_bytes:
            return Failed(ErrorCode.FULL, FULL_RETRY_SECONDS)
        if self.free - record.size < quota.keep_free or not self._has_names:
            return _NO_ROOM
        return None

    @property
    def _has_names(self) -> bool:
        disk = os.statvfs(self.places.path)
        # Some file systems make them as they need them, and say that there are none.
        return not disk.f_files or disk.f_favail >= _KEEP_NAMES

    def _begin(self, record: Record, blob: BlobId) -> None:
        """Count a blob, then make its file: one without the other never lasts for longer than its time."""
        payer, part = self.places.payer(record.payer), self.places.part(blob)
        make_folder(payer)
        _unlink_charges(payer, blob)
        (payer / Charge(blob, record.expires_hour, record.size).name).touch(_PRIVATE, exist_ok=False)
        sync_folder(payer)
        make_folder(part.parent)
        _write_new(part, record)

    def _put(self, file: Opened, run: Sequence[PutChunk]) -> Put:
        at, size = file.end, file.record.size
        answers: list[Answer] = []
        fresh: list[bytes] = []
        for one in run:
            end = one.offset + len(one.chunk)
            if one.offset > at or end > size:
                answers.append(Failed(ErrorCode.CONFLICT))
                continue
            answers.append(Done())
            if end > at:
                fresh.append(one.chunk[at - one.offset :])
                at = end
        if fresh and self.free < self._quota.keep_free // 2:
            return Put([_NO_ROOM] * len(run))
        is_completed = at == size and file.path == self.places.part(run[0].blob)
        if fresh or is_completed:
            file.write(b"".join(fresh))
        if is_completed:
            file.path.rename(self.places.whole(run[0].blob))
            sync_folder(file.path.parent)
        return Put(answers, at - file.end, int(is_completed))


def _range(file: Opened, asked: GetRange) -> Answer:
    if asked.offset >= file.record.size:
        return Failed(ErrorCode.CONFLICT)
    found = file.read(asked.offset, asked.length)
    # A file that somebody cut is no blob any more.
    is_whole = len(found) == min(asked.length, file.record.size - asked.offset)
    return Chunk(found) if is_whole else REFUSED


def _write_new(path: Path, record: Record) -> None:
    """Have a file with a header and room for the content, whole or not at all."""
    fresh = path.with_name(path.name.removesuffix(".part") + FRESH)
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        os.write(descriptor, record.header())
        # Without taking the room yet: sizes are counted by the charges.
        os.ftruncate(descriptor, HEADER + record.size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.rename(path)
    sync_folder(path.parent)


def _unlink_charges(payer: Path, blob: BlobId) -> None:
    """Stop counting a blob."""
    with suppress(FileNotFoundError):
        for path in payer.iterdir():
            if path.name.startswith(f"{blob.hex()}-"):
                path.unlink(missing_ok=True)
