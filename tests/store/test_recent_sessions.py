"""Sessions in memory: never other than what the file says, and never an older state beside the newest."""

from pathlib import Path

import pytest

from securemsg.session.records import encode_session
from securemsg.store.ids import BookId
from securemsg.store.recent import MOST, RecentSessions
from securemsg.store.vault import Vault
from tests.session.people import person
from tests.store.vaults import PASSPHRASE, add_contact, create


def filled(vault: Vault) -> tuple[BookId, bytes]:
    """Keep a session with somebody; return its book and its record."""
    ann, ben = person(1), person(2)
    ann.say(ben, b"hello")
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        peer = transaction.sessions.peer(contact, ben.device.device_id, ann.now)
        before = transaction.sessions.load(peer.book)
        transaction.sessions.save(peer.book, before, ann.book(ben), ann.now)
    return peer.book, encode_session(ann.book(ben).entries[0])


def test_a_session_is_decoded_once(home: Path) -> None:
    """What was saved or read stays in memory while the record stays the same."""
    vault = create(home)
    book, _ = filled(vault)
    with vault.transaction() as transaction:
        first = transaction.sessions.load(book).entries[0]
    with vault.transaction() as transaction:
        assert transaction.sessions.load(book).entries[0] is first
    vault.close()
    again = Vault.open(home, PASSPHRASE)
    with again.transaction() as transaction:
        assert transaction.sessions.load(book).entries[0] is not first
    again.close()


def test_a_step_that_was_rolled_back_is_forgotten(home: Path) -> None:
    """RT-12: the state of a transaction that failed is not used by the next."""
    vault = create(home)
    book, record = filled(vault)
    ann, ben = person(1), person(2)
    ann.say(ben, b"another")

    def fail() -> None:
        with vault.transaction() as transaction:
            before = transaction.sessions.load(book)
            transaction.sessions.save(book, before, ann.book(ben), ann.now)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with vault.transaction() as transaction:
        assert encode_session(transaction.sessions.load(book).entries[0]) == record
    vault.close()


def test_only_so_many_are_kept_and_of_each_only_the_newest() -> None:
    """RT-14: an older state of a session does not stay beside the newest."""
    recent = RecentSessions()
    ann, ben = person(1), person(2)
    ann.say(ben, b"x")
    held = ann.book(ben).entries[0]
    session = held.session_id
    recent.keep(session, b"old", held)
    recent.keep(session, b"new", held)
    assert (recent.find(session, b"old"), recent.find(session, b"new")) == (None, held)
    for number in range(MOST):
        recent.keep(type(session)(number.to_bytes(32, "big")), b"other", held)
    assert recent.find(session, b"new") is None
    recent.keep(session, b"new", held)
    recent.forget(session)
    assert recent.find(session, b"new") is None
