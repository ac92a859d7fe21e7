"""Sessions with peer devices, grouped into one book for each device (Spec: SE-2, ST-8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, final

from securemsg.ids import DeviceId, SessionId
from securemsg.instant import Instant
from securemsg.store.ids import BookId, ContactId
from securemsg.store.rows import Row, Rows

_BOOK: Final = "select id, contact, device, generation, used_at from books"
_SAVE: Final = """
    insert into sessions(book, session, opened_at, retired_at, reduced, opening, record)
    values (?,?,?,?,?,?,?)
    on conflict(session) do update set
        retired_at = excluded.retired_at, reduced = excluded.reduced, record = excluded.record"""


@final
@dataclass(frozen=True, slots=True)
class StoredBook:
    """A peer device; `generation` is the highest of its manifests seen (Spec: HS-5)."""

    id: BookId
    contact: ContactId
    device: DeviceId
    generation: int
    used_at: Instant


@final
@dataclass(frozen=True, slots=True)
class StoredSession:
    """One session as a record, with what is looked for without reading the record.

    `retired_at` is `None` for the current session. `opening` is the 32-byte fingerprint
    of the opening that we accepted, empty for a session that we opened.
    """

    session: SessionId
    opened_at: Instant
    retired_at: Instant | None
    reduced: bool
    opening: bytes = field(repr=False)
    record: bytes = field(repr=False)


@final
class Sessions:
    """Finds books, loads and saves their sessions."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def book(self, contact: ContactId, device: DeviceId, now: Instant) -> StoredBook:
        """Return the book of a peer device, an empty one at the first call."""
        sql = (
            "insert into books(contact, device, generation, used_at) values (?, ?, 0, ?)"
            " on conflict(contact, device) do nothing"
        )
        self._rows.run(sql, (contact, device, now))
        row = self._rows.all(f"{_BOOK} where contact = ? and device = ?", (contact, device))[0]
        return _book(row)

    def books(self) -> list[StoredBook]:
        """Return every book, the most recently used first: the order in which header keys are tried."""
        return [_book(row) for row in self._rows.all(f"{_BOOK} order by used_at desc, id desc")]

    def books_of(self, contact: ContactId) -> list[StoredBook]:
        """Return the books of one contact, the most recently used first."""
        sql = f"{_BOOK} where contact = ? order by used_at desc, id desc"
        return [_book(row) for row in self._rows.all(sql, (contact,))]

    def load(self, book: BookId) -> list[StoredSession]:
        """Return the sessions of a book, the highest first (Spec: SE-2)."""
        sql = (
            "select session, opened_at, retired_at, reduced, opening, record from sessions"
            " where book = ? order by opened_at desc, session"
        )
        return [_session(row) for row in self._rows.all(sql, (book,))]

    def save(self, book: BookId, changed: Sequence[StoredSession]) -> None:
        """Keep sessions that are new or have changed; give only these, a record takes a page's write."""
        self._rows.each(
            _SAVE,
            [
                (
                    book,
                    session.session,
                    session.opened_at,
                    session.retired_at or 0,
                    int(session.reduced),
                    session.opening,
                    session.record,
                )
                for session in changed
            ],
        )

    def drop(self, sessions: Sequence[SessionId]) -> None:
        """Delete sessions with their skipped keys (Spec: SE-6)."""
        self._rows.each("delete from sessions where session = ?", [(session,) for session in sessions])

    def touch(self, book: BookId, now: Instant) -> None:
        """Note that a book was used."""
        self._rows.run("update books set used_at = ? where id = ?", (now, book))

    def raise_generation(self, book: BookId, generation: int) -> None:
        """Note a generation of the peer's manifest; the highest stays (Spec: HS-5)."""
        self._rows.run("update books set generation = max(generation, ?) where id = ?", (generation, book))

    def by_opening(self, opening: bytes) -> tuple[BookId, SessionId] | None:
        """Return where the session of a repeated opening is, by its 32-byte fingerprint (Spec: HS-13)."""
        sql = "select book, session from sessions where opening = ? and opening <> x''"
        row = self._rows.one(sql, (opening,))
        return None if row is None else (BookId(row[0]), SessionId(row[1]))

    def forget(self, contact: ContactId) -> None:
        """Delete every session with a contact: it became another account (Spec: ID-11)."""
        self._rows.run("delete from books where contact = ?", (contact,))


def _book(row: Row) -> StoredBook:
    number, contact, device, generation, used_at = row
    return StoredBook(BookId(number), ContactId(contact), DeviceId(device), generation, Instant(used_at))


def _session(row: Row) -> StoredSession:
    session, opened_at, retired_at, reduced, opening, record = row
    retired = Instant(retired_at) if retired_at else None
    return StoredSession(SessionId(session), Instant(opened_at), retired, reduced == 1, opening, record)
