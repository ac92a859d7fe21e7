"""Files that travel with messages: what they are, how far they have come, which key opens them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, final

from securemsg.crypto.stream import StreamKey
from securemsg.errors import LocalError
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import Direction
from securemsg.store.rows import Row, Rows

SPOOL_WIDTH: Final = 16
"""Bytes of the random name of a ciphertext in the home."""

_SELECT: Final = """
    select message, contact, files.direction, spool, host, port, pin, blob, read, write, key, digest, size,
           stored, name, type, files.state, done, path, taken, strip, removed, files.failure, attempts,
           not_before, files.expires_at
    from files join messages on messages.id = files.message"""
_INSERT: Final = """
    insert into files(
        message, direction, spool, host, port, pin, blob, read, write, key, digest, size, stored, name, type,
        state, done, path, taken, strip, removed, failure, attempts, not_before, expires_at
    ) values (?,?,?,?,?,?,?,?,x'',?,?,?,?,?,?,?,0,?,?,?,'','',0,0,?)"""
_MOVING: Final = "files.state in (1, 2, 5)"
_TOLD: Final = """contact in (select id from contacts where accepted = 1)
    and contact not in (select contact from conversation_settings where blocked = 1)"""


class FileState(IntEnum):
    """How far a file has come: 1 to 3 are of ours, 4 to 6 and 9 of others.

    PREPARING -> UPLOADING -> SENT           OFFERED -> DOWNLOADING -> SAVED
    PAUSED and FAILED on either way; EXPIRED where the relay has it no more.
    """

    PREPARING = 1
    UPLOADING = 2
    SENT = 3
    OFFERED = 4
    DOWNLOADING = 5
    SAVED = 6
    PAUSED = 7
    FAILED = 8
    EXPIRED = 9


MOVING: Final = (FileState.PREPARING, FileState.UPLOADING, FileState.DOWNLOADING)
"""What the engine works on."""


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob is: a relay, its name there, and what lets its holder fetch it."""

    relay: RelayAddress = field(repr=False)
    blob: bytes = field(repr=False)
    read: bytes = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Source:
    """A file that the person sends: where it is, its time of change (ns), whether metadata is removed."""

    path: str = field(repr=False)
    name: str = field(repr=False)
    type: str = field(repr=False)
    size: int
    taken: int
    strip: int


@final
@dataclass(frozen=True, slots=True)
class Sealed:
    """What encryption made of a source."""

    key: StreamKey
    digest: bytes = field(repr=False)
    size: int
    stored: int
    removed: str = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Offer:
    """A file that somebody else sent."""

    place: Place
    sealed: Sealed
    name: str = field(repr=False)
    type: str = field(repr=False)
    expires_at: Instant


@final
@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file. `path` is the source of one of ours, and where a plain copy was saved of theirs.

    `done` is what is known of `stored` bytes; `key` is None and `place` without a blob before they exist.
    """

    message: MessageRow
    contact: ContactId
    direction: Direction
    spool: bytes = field(repr=False)
    place: Place | None
    write: bytes = field(repr=False)
    key: StreamKey | None
    digest: bytes = field(repr=False)
    size: int
    stored: int
    name: str = field(repr=False)
    type: str = field(repr=False)
    state: FileState
    done: int
    path: str = field(repr=False)
    taken: int
    strip: int
    removed: str = field(repr=False)
    failure: str
    attempts: int
    not_before: Instant
    expires_at: Instant


@final
class Files:
    """One row for each message with a file."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add_source(self, message: MessageRow, spool: bytes, source: Source) -> None:
        """Keep a file of ours that is to be encrypted and sent (Spec: FI-7)."""
        nowhere = ("", 0, b"", b"", b"")
        named = (source.size, 0, source.name, source.type)
        rest = (FileState.PREPARING, source.path, source.taken, source.strip, 0)
        self._rows.run(_INSERT, (message, Direction.OUT, spool, *nowhere, b"", b"", *named, *rest))

    def add_offer(self, message: MessageRow, spool: bytes, offer: Offer) -> None:
        """Keep a file that somebody else sent, so that it can be fetched (Spec: FI-10)."""
        sealed, place = offer.sealed, _columns(offer.place)
        named = (sealed.key.expose(), sealed.digest, sealed.size, sealed.stored, offer.name, offer.type)
        rest = (FileState.OFFERED, "", 0, 0, offer.expires_at)
        self._rows.run(_INSERT, (message, Direction.IN, spool, *place, *named, *rest))

    def get(self, message: MessageRow) -> FileRecord:
        """Return the file of a message; raises `LocalError` where there is none (any more)."""
        found = self.find(message)
        if found is None:
            raise LocalError("This message has no file.")
        return found

    def find(self, message: MessageRow) -> FileRecord | None:
        """Return the file of a message, if it has one."""
        row = self._rows.one(f"{_SELECT} where message = ?", (message,))
        return None if row is None else _record(row)

    def moving(self, limit: int) -> list[FileRecord]:
        """Return what is to be encrypted, uploaded or fetched, the first due first."""
        rows = self._rows.all(f"{_SELECT} where {_MOVING} order by not_before, message limit ?", (limit,))
        return [_record(row) for row in rows]

    def latest(self, contact: ContactId | None, limit: int) -> list[FileRecord]:
        """Return the newest files, of one contact or of all, the newest first."""
        values: tuple[int, ...] = (limit,) if contact is None else (contact, limit)
        which = "" if contact is None else "where contact = ?"
        return [
            _record(row) for row in self._rows.all(f"{_SELECT} {which} order by message desc limit ?", values)
        ]

    def named(self, beginning: str, limit: int) -> list[FileRecord]:
        """Return files whose message id begins with these hexadecimal digits, the newest first."""
        sql = f"{_SELECT} where hex(message_id) like ? || '%' order by message desc limit ?"
        return [_record(row) for row in self._rows.all(sql, (beginning.upper(), limit))]

    def spools(self) -> set[bytes]:
        """Return the names of the ciphertexts that may lie in the home (Spec: FI-15)."""
        kept = "select spool from files where state not in (?, ?) and not (direction = ? and state = ?)"
        values = (FileState.EXPIRED, FileState.OFFERED, Direction.OUT, FileState.SENT)
        return {bytes(row[0]) for row in self._rows.all(kept, values)}

    def sealed(self, message: MessageRow, sealed: Sealed) -> None:
        """Keep what opens the ciphertext that is on disk now: it can be uploaded (Spec: FI-7)."""
        made = (sealed.key.expose(), sealed.digest, sealed.size, sealed.stored, sealed.removed)
        self._rows.run(
            "update files set key = ?, digest = ?, size = ?, stored = ?, removed = ?, state = ?, done = 0,"
            " attempts = 0, not_before = 0, failure = '' where message = ? and state = ?",
            (*made, FileState.UPLOADING, message, FileState.PREPARING),
        )

    def placed(self, message: MessageRow, place: Place, write: bytes) -> None:
        """Keep where the blob is to be, before the relay hears of it."""
        self._rows.run(
            "update files set host = ?, port = ?, pin = ?, blob = ?, read = ?, write = ? where message = ?",
            (*_columns(place), write, message),
        )

    def reached(self, message: MessageRow, done: int) -> None:
        """Keep how much of the stored bytes is where it should be; who gets further has not failed."""
        sql = "update files set attempts = iif(? > done, 0, attempts), done = ? where message = ?"
        self._rows.run(sql, (done, done, message))

    def move(self, message: MessageRow, state: FileState, failure: str = "") -> None:
        """Change the state; `failure` is a word of the program for the reason, where there is one."""
        self._rows.run(
            "update files set state = ?, failure = ?, attempts = 0, not_before = 0 where message = ?",
            (state, failure, message),
        )

    def postpone(self, message: MessageRow, not_before: Instant, failure: str) -> None:
        """Count an attempt that failed (Spec: FI-9)."""
        sql = "update files set attempts = attempts + 1, not_before = ?, failure = ? where message = ?"
        self._rows.run(sql, (not_before, failure, message))

    def saved(self, message: MessageRow, path: str) -> None:
        """Keep where a plain copy was put."""
        self._rows.run("update files set path = ? where message = ?", (path, message))

    def move_waiting(self, source: ContactId, target: ContactId) -> None:
        """Let files that have not left for one contact go to another, with their messages (Spec: ID-11)."""
        self._rows.run(
            "update messages set contact = ? where contact = ? and id in"
            " (select message from files where direction = ? and state not in (?, ?))",
            (target, source, Direction.OUT, FileState.SENT, FileState.SAVED),
        )

    def unreleased(self, limit: int) -> list[FileRecord]:
        """Return files of others that are here and still take room at our relay.

        Their senders can see that a blob is gone: of strangers and blocked contacts it stays until
        it expires, because they are told nothing (Spec: CL-30, CL-31).
        """
        sql = f"{_SELECT} where files.state = ? and files.direction = ? and blob <> x'' and {_TOLD} limit ?"
        return [_record(row) for row in self._rows.all(sql, (FileState.SAVED, Direction.IN, limit))]

    def released(self, message: MessageRow) -> None:
        """Forget where the blob was: the relay has it no more."""
        self._rows.run("update files set blob = x'', read = x'' where message = ?", (message,))

    def erase(self, messages: Sequence[MessageRow]) -> None:
        """Forget files with their keys; what lies in the home is worth nothing from now on (Spec: FI-15)."""
        self._rows.each("delete from files where message = ?", [(row,) for row in messages])
        self._rows.mark_erasure()


def _columns(place: Place) -> tuple[str, int, bytes, bytes, bytes]:
    return place.relay.host, place.relay.port, place.relay.pin, place.blob, place.read


def _record(row: Row) -> FileRecord:
    message, contact, direction, spool, host, port, pin, blob, read, write, key = row[:11]
    digest, size, stored, name, kind, state, done, path, taken, strip, removed = row[11:22]
    failure, attempts, not_before, expires_at = row[22:]
    return FileRecord(
        MessageRow(message),
        ContactId(contact),
        Direction(direction),
        spool,
        Place(RelayAddress(host, port, pin), blob, read) if blob else None,
        write,
        StreamKey(key) if key else None,
        digest,
        size,
        stored,
        name,
        kind,
        FileState(state),
        done,
        path,
        taken,
        strip,
        removed,
        failure,
        attempts,
        Instant(not_before),
        Instant(expires_at),
    )
