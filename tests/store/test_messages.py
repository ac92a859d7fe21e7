"""Messages: order, states, pages, the mark of what was printed."""

import pytest

from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.instant import Instant
from securemsg.store.ids import MessageRow
from securemsg.store.messages import Direction, MessageState, NewMessage
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, make_text


def said(transaction: Transaction) -> MessageRow:
    return transaction.messages.add_outgoing(add_contact(transaction), make_text(), NOW)


def state_of(transaction: Transaction, row: MessageRow) -> MessageState:
    return transaction.messages.get(row).state


def test_a_message_comes_back_as_stored(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        new = NewMessage.of_text(MessageId(bytes(16)), Instant(5), "caf\u00e9 \U0001f642\n\0 end")
        row = transaction.messages.add_incoming(bob, new, NOW)
        assert row is not None
        stored = transaction.messages.get(row)
        assert (stored.text, stored.sent_at, stored.stored_at) == (new.text, 5, NOW)
        assert (stored.direction, stored.state) == (Direction.IN, MessageState.RECEIVED)
        assert (stored.contact, stored.message_id, stored.failure) == (bob, new.message_id, "")


def test_content_of_a_newer_version_is_kept_with_its_bytes_and_not_searched(vault: Vault) -> None:
    """CT-3."""
    with vault.transaction() as transaction:
        new = NewMessage(MessageId(bytes(16)), NOW, 77, "", b"\x94\x4d later words")
        row = transaction.messages.add_incoming(add_contact(transaction), new, NOW)
        assert row is not None
        stored = transaction.messages.get(row)
        assert (stored.kind, stored.text, stored.raw) == (77, "", new.raw)
        assert transaction.search.find("later", 10) == []
        transaction.messages.erase([row], NOW)


def test_a_repeat_of_one_contact_is_dropped_and_of_another_is_a_message(vault: Vault) -> None:
    """CT-2: an id is unique in a conversation and direction; others may use it too."""
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction, "bob"), add_contact(transaction, "eve")
        new = make_text()
        assert transaction.messages.add_incoming(bob, new, NOW) is not None
        assert transaction.messages.add_incoming(bob, new, NOW) is None
        assert transaction.messages.add_incoming(eve, new, NOW) is not None
        assert transaction.messages.add_outgoing(bob, new, NOW)
        with pytest.raises(LocalError, match="used before"):
            transaction.messages.add_outgoing(bob, new, NOW)
        assert len(transaction.messages.page(bob, None, 10)) == 2


def test_states_move_forward_only(vault: Vault) -> None:
    """CL-6: a late word of the relay does not undo the peer's."""
    with vault.transaction() as transaction:
        row = said(transaction)
        messages = transaction.messages
        assert messages.mark_accepted(row)
        assert not messages.mark_accepted(row)
        stored = messages.get(row)
        assert messages.mark_delivered(stored.contact, [stored.message_id]) == [row]
        assert messages.mark_delivered(stored.contact, [stored.message_id]) == []
        assert not messages.mark_accepted(row)
        assert not messages.mark_failed(row, "refused")
        assert not messages.mark_queued(row)
        assert state_of(transaction, row) is MessageState.DELIVERED


def test_a_failed_message_says_why_and_can_wait_again(vault: Vault) -> None:
    with vault.transaction() as transaction:
        row = said(transaction)
        assert transaction.messages.mark_failed(row, "refused")
        assert transaction.messages.get(row).failure == "refused"
        assert transaction.messages.mark_queued(row)
        assert transaction.messages.get(row).failure == ""
        assert state_of(transaction, row) is MessageState.QUEUED
        assert not transaction.messages.mark_queued(row)
        assert transaction.messages.mark_failed(row, "refused")
        assert transaction.messages.mark_accepted(row)


def test_a_receipt_moves_only_our_messages_to_who_sent_it(vault: Vault) -> None:
    with vault.transaction() as transaction:
        row = said(transaction)
        eve = add_contact(transaction, "eve")
        message_id = transaction.messages.get(row).message_id
        received = make_text()
        theirs = transaction.messages.add_incoming(eve, received, NOW)
        assert theirs is not None
        assert transaction.messages.mark_delivered(eve, [message_id, received.message_id]) == []
        assert state_of(transaction, row) is MessageState.QUEUED
        assert state_of(transaction, theirs) is MessageState.RECEIVED
        assert not transaction.messages.mark_failed(theirs, "no")


def test_pages_go_backwards_without_gap_or_overlap(vault: Vault) -> None:
    """CT-5: the order is that of storing, whatever the senders' clocks say."""
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction, "bob"), add_contact(transaction, "eve")
        for number in range(100):
            new = NewMessage.of_text(MessageId(number.to_bytes(16)), Instant(1000 - number), str(number))
            transaction.messages.add_incoming(bob, new, NOW)
            transaction.messages.add_incoming(eve, new, NOW)
        found: list[str] = []
        before = None
        while page := transaction.messages.page(bob, before, 7):
            found[:0] = [message.text for message in page]
            before = page[0].row
        assert found == [str(number) for number in range(100)]


def test_numbers_of_erased_messages_are_not_used_again(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        row = transaction.messages.add_outgoing(bob, make_text(), NOW)
        transaction.messages.erase([row], NOW)
        assert transaction.messages.add_outgoing(bob, make_text(), NOW) > row
        with pytest.raises(LocalError, match="no such message"):
            transaction.messages.get(row)


def test_erasing_takes_what_waits_to_be_sent_along(vault: Vault) -> None:
    with vault.transaction() as transaction:
        row = said(transaction)
        contact = transaction.messages.get(row).contact
        transaction.outbox.add(contact, b"content", NOW, row)
        transaction.outbox.add(contact, b"receipt", NOW)
        transaction.messages.erase([row], NOW)
        assert [entry.content for entry in transaction.outbox.unsealed(contact, 9)] == [b"receipt"]


def test_what_came_in_is_printed_once_in_order(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        for number in range(5):
            transaction.messages.add_incoming(bob, make_text(str(number)), NOW)
            transaction.messages.add_outgoing(bob, make_text("mine"), NOW)
        first = transaction.messages.unprinted(3)
        assert [message.text for message in first] == ["0", "1", "2"]
        transaction.messages.mark_printed([message.row for message in first])
        assert [message.text for message in transaction.messages.unprinted(10)] == ["3", "4"]
