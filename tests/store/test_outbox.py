"""The outbox: order for each contact, and that only one of its answers ends an entry."""

import pytest

from securemsg.errors import LocalError
from securemsg.identity.trust import claimed
from securemsg.ids import AccountId, SubmitId
from securemsg.instant import DAY, Instant
from securemsg.store.ids import ContactId, OutboxId
from securemsg.store.outbox import KEPT_FOR, OutboxState, SealedEntry
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, entropy, make_address, make_text, new_contact

LATER = Instant(NOW + DAY)


def sealed(envelope: bytes = b"envelope") -> SealedEntry:
    address = make_address()
    return SealedEntry(SubmitId(entropy(16)), envelope, address.relay, address.mailbox, address.token)


def seal_next(transaction: Transaction, contact: ContactId) -> SealedEntry:
    (entry,) = transaction.outbox.unsealed(contact, 1)
    as_sealed = sealed(b"sealed " + entry.content)
    transaction.outbox.seal(entry.id, as_sealed)
    return as_sealed


def test_an_entry_goes_from_queued_to_accepted(vault: Vault) -> None:
    """CL-2, CL-6: the same bytes and submit id until an answer; then the content only."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        row = transaction.messages.add_outgoing(bob, make_text(), NOW)
        entry = transaction.outbox.add(bob, b"content", NOW, row)
        (queued,) = transaction.outbox.due(NOW, 10)
        assert (queued.id, queued.state, queued.sealed) == (entry, OutboxState.UNSEALED, None)
        assert (queued.message, queued.content) == (row, b"content")
        as_sealed = seal_next(transaction, bob)
        assert [item.sealed for item in transaction.outbox.due(NOW, 10)] == [as_sealed]
        assert transaction.outbox.waiting() == 1
        accepted = transaction.outbox.accept(as_sealed.submit_id, NOW)
        assert accepted is not None
        assert (accepted.id, accepted.state, accepted.sealed) == (entry, OutboxState.ACCEPTED, None)
        assert transaction.outbox.accept(as_sealed.submit_id, NOW) is None
        assert transaction.outbox.due(NOW, 10) == []
        assert transaction.outbox.waiting() == 0


def test_resends_are_byte_identical_after_opening_again(vault: Vault) -> None:
    """R02, R03, CL-2."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        transaction.outbox.add(bob, b"content", NOW)
        as_sealed = seal_next(transaction, bob)
        (entry,) = transaction.outbox.due(NOW, 1)
        transaction.outbox.postpone(entry.id, NOW, "unreachable")
    with vault.transaction() as transaction:
        (again,) = transaction.outbox.due(NOW, 1)
        assert again.sealed == as_sealed
        assert (again.attempts, again.failure) == (1, "unreachable")


def test_only_the_first_of_each_contact_is_due(vault: Vault) -> None:
    """CL-5: nothing overtakes, contacts do not wait for each other."""
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction, "bob"), add_contact(transaction, "eve")
        for number in range(3):
            transaction.outbox.add(bob, b"bob %d" % number, NOW)
            transaction.outbox.add(eve, b"eve %d" % number, NOW)
        assert [entry.content for entry in transaction.outbox.due(NOW, 10)] == [b"bob 0", b"eve 0"]
        seal_next(transaction, bob)
        seal_next(transaction, bob)
        first = transaction.outbox.due(NOW, 10)[0]
        transaction.outbox.postpone(first.id, LATER, "full")
        assert [entry.content for entry in transaction.outbox.due(NOW, 10)] == [b"eve 0"]
        assert len(transaction.outbox.due(LATER, 10)) == 2
        assert len(transaction.outbox.due(LATER, 1)) == 1


def test_the_next_time_is_that_of_the_first_in_line(vault: Vault) -> None:
    with vault.transaction() as transaction:
        assert transaction.outbox.next_due() is None
        bob = add_contact(transaction)
        entry = transaction.outbox.add(bob, b"content", NOW)
        assert transaction.outbox.next_due() == 0
        transaction.outbox.postpone(entry, LATER, "full")
        transaction.outbox.add(bob, b"behind", NOW)
        assert transaction.outbox.next_due() == LATER


def test_nothing_leaves_for_a_contact_who_is_changed(vault: Vault) -> None:
    """ID-11, CL-6: it waits until the person decides."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        transaction.outbox.add(bob, b"content", NOW)
        standing = transaction.contacts.get(bob).standing
        transaction.contacts.set_standing(bob, claimed(standing, AccountId(entropy(32))))
        assert transaction.outbox.due(NOW, 10) == []
        assert transaction.outbox.next_due() is None
        assert transaction.outbox.waiting() == 1
        transaction.contacts.set_standing(bob, standing)
        assert len(transaction.outbox.due(NOW, 10)) == 1


def test_entries_are_sealed_in_order_and_once(vault: Vault) -> None:
    """CL-5: the ratchet's order is the order of making."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        first, second = (transaction.outbox.add(bob, b"content", NOW) for _ in range(2))
        with pytest.raises(LocalError, match="first"):
            transaction.outbox.seal(second, sealed())
        transaction.outbox.seal(first, sealed())
        transaction.outbox.seal(second, sealed())
        for entry in (first, OutboxId(99)):
            with pytest.raises(LocalError):
                transaction.outbox.seal(entry, sealed())


def test_an_accepted_entry_lets_those_behind_it_pass_and_can_be_queued_again(vault: Vault) -> None:
    """SE-9: behind what waits, under a new number."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        row = transaction.messages.add_outgoing(bob, make_text(), NOW)
        transaction.outbox.add(bob, b"accepted", NOW, row)
        transaction.outbox.add(bob, b"behind", NOW)
        accepted = transaction.outbox.accept(seal_next(transaction, bob).submit_id, NOW)
        assert accepted is not None
        assert [entry.content for entry in transaction.outbox.due(NOW, 9)] == [b"behind"]
        again = transaction.outbox.requeue(accepted.id, NOW)
        assert [entry.content for entry in transaction.outbox.unsealed(bob, 9)] == [b"behind", b"accepted"]
        assert transaction.outbox.get(again).message == row
        with pytest.raises(LocalError):
            transaction.outbox.get(accepted.id)


def test_a_report_finds_what_went_to_who_sent_it_in_order(vault: Vault) -> None:
    """SE-9: and nothing that went to somebody else."""
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction, "bob"), add_contact(transaction, "eve")
        ids = []
        for contact in (bob, bob, eve):
            transaction.outbox.add(contact, b"content", NOW)
            ids.append(seal_next(transaction, contact).submit_id)
            assert transaction.outbox.accept(ids[-1], NOW)
        asked = [ids[1], ids[2], SubmitId(bytes(16)), ids[0]]
        found = transaction.outbox.by_submit_ids(bob, asked)
        assert [entry.id for entry in found] == [1, 2]
        assert [entry.content for entry in found] == [b"content"] * 2


def test_receipts_and_time_end_entries(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        row = transaction.messages.add_outgoing(bob, make_text(), NOW)
        transaction.outbox.add(bob, b"text", NOW, row)
        transaction.outbox.add(bob, b"receipt", NOW)
        transaction.outbox.add(bob, b"waits", NOW)
        for _ in range(2):
            transaction.outbox.accept(seal_next(transaction, bob).submit_id, NOW)
        transaction.outbox.receipted(bob, [transaction.messages.get(row).message_id])
        assert transaction.outbox.of_message(row) is None
        transaction.outbox.purge(Instant(NOW + KEPT_FOR))
        assert transaction.outbox.get(OutboxId(2)).content == b"receipt"
        transaction.outbox.purge(Instant(NOW + KEPT_FOR + 1))
        with pytest.raises(LocalError):
            transaction.outbox.get(OutboxId(2))
        assert transaction.outbox.waiting() == 1


def test_messages_that_wait_move_to_another_contact_and_are_sealed_anew(vault: Vault) -> None:
    """ID-11: what was accepted stays where it was said, receipts that wait are for nobody."""
    with vault.transaction() as transaction:
        bob, bill = add_contact(transaction, "bob"), add_contact(transaction, "bill")
        said = []
        for number in range(3):
            row = transaction.messages.add_outgoing(bob, make_text(f"text {number}"), NOW)
            transaction.outbox.add(bob, b"%d" % number, NOW, row)
            said.append(row)
        transaction.outbox.add(bob, b"receipt", NOW)
        first = seal_next(transaction, bob)
        transaction.outbox.accept(first.submit_id, NOW)
        seal_next(transaction, bob)
        transaction.outbox.move_waiting(bob, bill)
        assert [entry.content for entry in transaction.outbox.unsealed(bill, 9)] == [b"1", b"2"]
        assert [message.row for message in transaction.messages.page(bill, None, 9)] == said[1:]
        assert [message.row for message in transaction.messages.page(bob, None, 9)] == said[:1]
        assert transaction.outbox.by_submit_ids(bill, [first.submit_id]) == []
        assert [entry.contact for entry in transaction.outbox.due(NOW, 9)] == [bill]


def test_nothing_is_due_for_a_contact_without_an_address(vault: Vault) -> None:
    """CL-5: it could not leave, and must not stand before what could."""
    with vault.transaction() as transaction:
        nowhere = transaction.contacts.add(new_contact("nowhere")).id
        transaction.outbox.add(nowhere, b"stuck", NOW)
        bob = add_contact(transaction, "bob")
        transaction.outbox.add(bob, b"goes", NOW)
        assert [entry.contact for entry in transaction.outbox.due(NOW, 1)] == [bob]
        assert transaction.outbox.next_due() == 0


def test_an_id_that_is_named_twice_is_found_once(vault: Vault) -> None:
    """CT-2, SE-9: repeats in a report are no fault."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction, "bob")
        transaction.outbox.add(bob, b"once", NOW)
        submit_id = seal_next(transaction, bob).submit_id
        assert len(transaction.outbox.by_submit_ids(bob, [submit_id, submit_id])) == 1
