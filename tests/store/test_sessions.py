"""Books and skipped keys in the vault: two devices talk through crashes, loss and reordering."""

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from securemsg.errors import RemoteError
from securemsg.ids import DeviceId
from securemsg.instant import DAY, Instant
from securemsg.ratchet.keys import MessageKey
from securemsg.ratchet.skipped import MAX_STORED, STORED_FOR, Place, RowChanges, SkippedKey, Which
from securemsg.store.errors import VaultDamaged, VaultTooNew
from securemsg.store.transaction import Transaction
from securemsg.store.upkeep import Note
from tests.store.chance import Chance
from tests.store.correspondents import Correspondent, Crash, dump
from tests.store.vaults import NOW, add_contact, entropy

Pair = tuple[Correspondent, Correspondent]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    alice, bob = Correspondent.at(tmp_path / "alice"), Correspondent.at(tmp_path / "bob")
    alice.meet(bob)
    bob.meet(alice)
    yield alice, bob
    alice.vault.close()
    bob.vault.close()


def say(sender: Correspondent, receiver: Correspondent, content: bytes) -> bytes:
    return sender.step(lambda transaction: sender.say(transaction, receiver, content))


def hear(receiver: Correspondent, data: bytes) -> bytes:
    return receiver.step(lambda transaction: receiver.hear(transaction, data))


def test_a_conversation_goes_on_from_what_is_stored(pair: Pair) -> None:
    """ST-8: every step starts from the records alone."""
    alice, bob = pair
    for number in range(6):
        sender, receiver = (alice, bob) if number % 2 == 0 else (bob, alice)
        assert hear(receiver, say(sender, receiver, b"%d" % number)) == b"%d" % number


def test_a_conversation_survives_crashes_loss_and_reordering(pair: Pair) -> None:
    """R02, R04: a step that was not committed never happened; the redelivered envelope opens."""
    chance = Chance(4)
    on_the_way: list[tuple[Correspondent, bytes, bytes]] = []
    heard = 0
    for number in range(300):
        sender, receiver = chance.choice([pair, pair[::-1]])
        crash = chance.random() < 0.2
        with contextlib.suppress(Crash):
            if chance.random() < 0.5 or not on_the_way:
                content = b"%d" % number
                data = sender.step(partial(sender.say, peer=receiver, content=content), crash=crash)
                on_the_way.append((receiver, data, content))
            else:
                # What crashed while it was heard stays on the way: it was not acknowledged.
                letter = chance.choice(on_the_way)
                who, data, content = letter
                found = who.step(partial(who.hear, data=data), crash=crash)
                assert found == content
                on_the_way.remove(letter)
                heard += 1
        if chance.random() < 0.05 and on_the_way:
            on_the_way.remove(chance.choice(on_the_way))
        if chance.random() < 0.03:
            sender.step(partial(sender.wear, peer=receiver))
    assert heard > 80


def test_a_refused_envelope_leaves_every_row_as_it_is(pair: Pair) -> None:
    """T19, S07: one bad envelope in a batch changes nothing, is noted, and the others are stored."""
    alice, bob = pair
    first, second, third = (say(alice, bob, b"%d" % number) for number in range(3))
    changed = bytearray(second)
    changed[-1] ^= 1

    def batch(transaction: Transaction) -> list[bytes | None]:
        results: list[bytes | None] = []
        for data in (first, bytes(changed), b"", third, first):
            try:
                results.append(bob.hear(transaction, data))
            except RemoteError as error:
                transaction.notes.add(Note(NOW, type(error).__name__))
                results.append(None)
        return results

    assert bob.step(batch) == [b"0", None, None, b"2", None]
    assert sum(bob.step(lambda transaction: transaction.notes.counts()).values()) == 3
    before = dump(bob.vault)
    for data in (bytes(changed), first, third, b"\x00"):
        with pytest.raises(RemoteError):
            hear(bob, data)
    assert dump(bob.vault) == before
    assert hear(bob, second) == b"1"


def test_an_opening_uses_its_leaf_up_in_the_same_step(pair: Pair) -> None:
    """HS-13: and a crash before the commit leaves it for the redelivery."""
    alice, bob = pair
    opening = say(alice, bob, b"hello")

    def leaves() -> int:
        return bob.step(lambda transaction: transaction._rows.number("select count(*) from leaves"))

    assert leaves() == 64
    with pytest.raises(Crash):
        bob.step(lambda transaction: bob.hear(transaction, opening), crash=True)
    assert leaves() == 64
    assert hear(bob, opening) == b"hello"
    assert leaves() == 63


def test_without_a_leaf_the_conversation_is_marked_until_it_heals(pair: Pair) -> None:
    """HS-6: and the opening is remembered with the last-resort key."""
    alice, bob = pair
    bob.step(lambda transaction: transaction._rows.run("delete from published_leaves"))
    opening = say(alice, bob, b"hello")

    def reduced(person: Correspondent) -> bool:
        return person.step(lambda transaction: transaction.conversations.all()[0].reduced)

    assert reduced(alice)
    assert hear(bob, opening) == b"hello"
    assert reduced(bob)
    weekly = bob.step(lambda transaction: transaction.prekeys.published().weekly)
    assert weekly is not None
    assert bob.step(lambda transaction: transaction.prekeys.seen_count(weekly.last_resort.prekey_id)) == 1
    for number in range(4):
        sender, receiver = (bob, alice) if number % 2 == 0 else (alice, bob)
        hear(receiver, say(sender, receiver, b"and"))
    assert not reduced(alice)
    assert not reduced(bob)


def test_a_session_that_is_not_in_use_marks_nothing(pair: Pair) -> None:
    """HS-6: a new session with a one-time key takes the mark away at once."""
    alice, bob = pair
    bob.step(lambda transaction: transaction._rows.run("delete from published_leaves"))
    hear(bob, say(alice, bob, b"hello"))
    bob.step(bob.publish)
    alice.step(partial(alice.wear, peer=bob))
    hear(bob, say(alice, bob, b"again"))
    for person in pair:
        assert not person.step(lambda transaction: transaction.conversations.all()[0].reduced)


def test_sessions_that_were_retired_long_ago_go_with_their_skipped_keys(pair: Pair) -> None:
    """SE-6: also where nobody writes any more."""
    alice, bob = pair
    hear(bob, say(alice, bob, b"first"))
    lost = say(alice, bob, b"lost")
    hear(bob, say(alice, bob, b"second"))
    assert lost
    alice.step(lambda transaction: alice.wear(transaction, bob))
    hear(bob, say(alice, bob, b"in a new session"))

    def counts(transaction: Transaction) -> list[int]:
        tables = ("select count(*) from sessions", "select count(*) from skipped")
        return [transaction._rows.number(sql) for sql in tables]

    assert bob.step(counts) == [2, 2]
    bob.step(lambda transaction: transaction.sessions.purge(Instant(NOW + 30 * DAY)))
    assert bob.step(counts) == [2, 2]
    bob.step(lambda transaction: transaction.sessions.purge(Instant(NOW + 30 * DAY + 1)))
    assert bob.step(counts) == [1, 0]


def test_devices_are_listed_by_use_and_remember_generations(pair: Pair) -> None:
    alice, _ = pair

    def run(transaction: Transaction) -> None:
        sessions = transaction.sessions
        contact = add_contact(transaction, "with devices")
        first, second = (sessions.peer(contact, DeviceId(entropy(16)), NOW) for _ in range(2))
        assert sessions.peer(contact, first.device, Instant(NOW + 5)) == first
        book = sessions.load(first.book)
        assert book.entries == ()
        sessions.save(first.book, book, book, Instant(NOW + 1))
        assert [peer.book for peer in sessions.peers()] == [first.book, second.book]
        for told, kept in ((5, 5), (4, 5), (6, 6)):
            sessions.raise_generation(second.book, told)
            assert sessions.peers_of(contact)[1].generation == kept
        sessions.forget(contact)
        assert sessions.peers_of(contact) == []

    alice.step(run)


def test_a_session_of_a_newer_version_is_refused_and_left_alone(pair: Pair) -> None:
    """S14, ST-8."""
    alice, bob = pair
    say(alice, bob, b"first")
    for record, error in ((b"\x91\x03", VaultTooNew), (b"\x91\x02", VaultDamaged), (b"", VaultDamaged)):

        def harm(transaction: Transaction, record: bytes = record) -> None:
            transaction._rows.run("update sessions set record = ?", (record,))

        alice.step(harm)
        before = dump(alice.vault)
        with pytest.raises(error):
            say(alice, bob, b"second")
        assert dump(alice.vault) == before


def skipped(chain: int, number: int, at: int = NOW, which: Which = Which.EC) -> SkippedKey:
    return SkippedKey(Place(which, chain, number), MessageKey(number.to_bytes(32)), Instant(at))


def test_skipped_keys_are_rows_that_come_and_go(pair: Pair) -> None:
    """ST-8, RT-12, RT-13, S05: the newest 2,000 stay, none of more than 30 days."""
    alice, bob = pair
    say(alice, bob, b"first")

    def run(transaction: Transaction) -> None:
        session = transaction.sessions.load(transaction.sessions.peers()[0].book).entries[0].session_id
        rows = transaction.skipped
        row = skipped(0, 7)
        rows.apply(session, RowChanges(added=(row, skipped(0, 8), skipped(1, 7))))
        assert rows.of(session).find(row.place) == row
        assert rows.of(session).find(Place(Which.EC, 0, 9)) is None
        rows.apply(session, RowChanges(used=(row.place,)))
        assert rows.of(session).find(row.place) is None
        rows.apply(session, RowChanges(dropped=(0,)))
        assert rows.count(session) == 1
        for chain in range(2, 5):
            rows.apply(session, RowChanges(added=tuple(skipped(chain, n, NOW + chain) for n in range(900))))
        assert rows.count(session) == MAX_STORED
        assert rows.of(session).find(Place(Which.EC, 1, 7)) is None
        assert rows.of(session).find(Place(Which.EC, 2, 699)) is None
        assert rows.of(session).find(Place(Which.EC, 2, 700)) is not None
        assert rows.of(session).find(Place(Which.EC, 4, 899)) is not None
        rows.purge(Instant(NOW + 4 + STORED_FOR))
        assert rows.count(session) == 900
        transaction.sessions.forget(transaction.contacts.all()[0].id)
        assert rows.count(session) == 0

    alice.step(run)


def test_skipped_keys_of_the_two_ratchets_do_not_touch_each_other(pair: Pair) -> None:
    """RT-12, RT-13, S05: each keeps its newest 2,000; a chain that is given up is one of the EC ratchet."""
    alice, bob = pair
    say(alice, bob, b"first")

    def run(transaction: Transaction) -> None:
        session = transaction.sessions.load(transaction.sessions.peers()[0].book).entries[0].session_id
        rows, find = transaction.skipped, transaction.skipped.of(session).find
        for which in Which:
            first = tuple(skipped(2, n, NOW + n % 3, which) for n in range(1_000))
            more = tuple(skipped(3, n, NOW + 4, which) for n in range(1_001))
            rows.apply(session, RowChanges(added=first))
            rows.apply(session, RowChanges(added=more))
        assert rows.count(session) == 2 * MAX_STORED
        assert [find(Place(which, 2, 0)) for which in Which] == [None, None]
        assert None not in [find(Place(which, 2, 3)) for which in Which]
        both = (Place(Which.EC, 3, 9), Place(Which.KEM, 2, 3))
        rows.apply(session, RowChanges(used=both))
        assert [find(place) for place in both] == [None, None]
        rows.apply(session, RowChanges(dropped=(2,)))
        assert rows.count(session) == 1_000 + MAX_STORED - 1

    alice.step(run)
