"""The books of peer devices and the sessions in them (Spec: SE-2, ST-8)."""

from dataclasses import dataclass
from typing import Final, final

from securemsg.errors import RemoteError
from securemsg.ids import DeviceId, SessionId, SubmitId
from securemsg.instant import Instant
from securemsg.ratchet.errors import NewerRecord
from securemsg.session.book import Book, Held, changes, expire
from securemsg.session.records import decode_session, encode_session
from securemsg.session.states import has_reduced_secrecy
from securemsg.store.errors import DAMAGED, TOO_NEW, VaultDamaged, VaultTooNew
from securemsg.store.ids import BookId, ContactId
from securemsg.store.recent import RecentSessions
from securemsg.store.rows import Row, Rows

_SELECT: Final = "select id, contact, device, generation, used_at from books"
_SAVE: Final = """
    insert into sessions(book, session, reduced, record) values (?,?,?,?)
    on conflict(session) do update set reduced = excluded.reduced, record = excluded.record"""


@final
@dataclass(frozen=True, slots=True)
class PeerDevice:
    """A device of a contact; `generation` is the highest of its manifests seen (Spec: HS-5)."""

    book: BookId
    contact: ContactId
    device: DeviceId
    generation: int
    used_at: Instant


NOTHING: Final = SubmitId(bytes(SubmitId.WIDTH))
"""No submit has this id."""


@final
@dataclass(frozen=True, slots=True)
class Doubted:
    """A session that is to be given up, and what is to be asked for then, if anything (Spec: SE-8)."""

    peer: PeerDevice
    session: SessionId
    asked: SubmitId


@final
class Sessions:
    """Finds the books of peer devices, loads and saves them."""

    __slots__ = ("_recent", "_rows")

    def __init__(self, rows: Rows, recent: RecentSessions) -> None:
        self._rows = rows
        self._recent = recent

    def peer(self, contact: ContactId, device: DeviceId, now: Instant) -> PeerDevice:
        """Return a device of a contact, with an empty book at the first call."""
        sql = (
            "insert into books(contact, device, generation, used_at) values (?, ?, 0, ?)"
            " on conflict(contact, device) do nothing"
        )
        self._rows.run(sql, (contact, device, now))
        return _peer(self._rows.all(f"{_SELECT} where contact = ? and device = ?", (contact, device))[0])

    def peers(self) -> list[PeerDevice]:
        """Return every device, the most recently used first: the order in which header keys are tried."""
        return [_peer(row) for row in self._rows.all(f"{_SELECT} order by used_at desc, id desc")]

    def peers_of(self, contact: ContactId) -> list[PeerDevice]:
        """Return the devices of one contact, the most recently used first."""
        sql = f"{_SELECT} where contact = ? order by used_at desc, id desc"
        return [_peer(row) for row in self._rows.all(sql, (contact,))]

    def load(self, book: BookId) -> Book:
        """Return a book with its sessions.

        Raises `VaultTooNew` for a record of a newer version, which stays as it is, and
        `VaultDamaged` for one that cannot be read.
        """
        rows = self._rows.all("select session, record from sessions where book = ?", (book,))
        return Book.of([self._held(SessionId(session), record) for session, record in rows])

    def save(self, book: BookId, before: Book, after: Book, now: Instant) -> None:
        """Write what a step changed in a book, and that the book was used.

        Rows of skipped keys that the step added come after this, because they refer to
        their session; those of a deleted session go with it.
        """
        self._write(book, before, after)
        self._rows.run("update books set used_at = ? where id = ?", (now, book))

    def doubt(self, session: SessionId, asked: SubmitId = NOTHING) -> bool:
        """Note that a session is to be given up when that is allowed, unless it opens something before.

        `asked` is asked for then. Returns false where the session was doubted before.

        Spec: SE-8, CL-23.
        """
        sql = "update sessions set doubted = 1, asked = ? where session = ? and doubted = 0"
        return self._rows.run(sql, (asked, session)) > 0

    def give_up_later(self, session: SessionId, asked: SubmitId) -> None:
        """Note that a session is to be given up in any case, because `asked` was asked for in none (SE-8)."""
        self._rows.run("update sessions set doubted = 2, asked = ? where session = ?", (asked, session))

    def trust(self, session: SessionId) -> None:
        """Doubt a session no more in which something was opened."""
        self._rows.run("update sessions set doubted = 0 where session = ? and doubted = 1", (session,))

    def settle(self, session: SessionId) -> None:
        """Forget that a session was to be given up."""
        self._rows.run("update sessions set doubted = 0 where session = ?", (session,))

    def doubted(self) -> list[Doubted]:
        """Return the sessions that are to be given up, in use or not."""
        rows = self._rows.all(
            "select s.session, s.asked, b.id, b.contact, b.device, b.generation, b.used_at"
            " from sessions s join books b on b.id = s.book where s.doubted > 0"
        )
        return [
            Doubted(_peer(tuple(peer)), SessionId(session), SubmitId(asked)) for session, asked, *peer in rows
        ]

    def raise_generation(self, book: BookId, generation: int) -> None:
        """Note a generation of the peer's manifest; the highest stays (Spec: HS-5)."""
        self._rows.run("update books set generation = max(generation, ?) where id = ?", (generation, book))

    def forget(self, contact: ContactId) -> None:
        """Delete every session with a contact, which has become another account (Spec: ID-11)."""
        self._rows.run("delete from books where contact = ?", (contact,))
        self._recent.forget_all()

    def purge(self, now: Instant) -> None:
        """Delete sessions that were retired 30 days ago, also in books that nobody uses (Spec: SE-6)."""
        for peer in self.peers():
            before = self.load(peer.book)
            self._write(peer.book, before, expire(before, now))

    def _write(self, book: BookId, before: Book, after: Book) -> None:
        step = changes(before, after)
        for session in step.deleted:
            self._rows.run("delete from sessions where session = ?", (session,))
            self._recent.forget(session)
        for held in step.saved:
            record = encode_session(held)
            self._rows.run(_SAVE, (book, held.session_id, _reduced(held), record))
            self._recent.keep(held.session_id, record, held)

    def _held(self, session: SessionId, record: bytes) -> Held:
        held = self._recent.find(session, record)
        if held is None:
            held = _decoded(record)
            self._recent.keep(session, record, held)
        return held


def _reduced(held: Held) -> int:
    """Return 1 for the session in use if it lacks forward secrecy: a list shows it without its record."""
    return int(held.retired_at is None and has_reduced_secrecy(held.session))


def _decoded(record: bytes) -> Held:
    try:
        return decode_session(record)
    except NewerRecord:
        raise VaultTooNew(TOO_NEW) from None
    except RemoteError as error:
        raise VaultDamaged(DAMAGED) from error


def _peer(row: Row) -> PeerDevice:
    number, contact, device, generation, used_at = row
    return PeerDevice(BookId(number), ContactId(contact), DeviceId(device), generation, Instant(used_at))
