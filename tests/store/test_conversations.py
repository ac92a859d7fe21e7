"""The list of conversations, at the edge of what it shows."""

import pytest

from securemsg.store.drafts import Draft
from securemsg.store.ids import ContactId
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, make_text

HEAD = 200


@pytest.mark.parametrize("length", [HEAD - 1, HEAD, HEAD + 1, 5_000])
def test_a_list_shows_the_beginning_of_what_was_said_and_begun(vault: Vault, length: int) -> None:
    """Of characters, not of bytes."""
    text = "é" * length
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        transaction.messages.add_incoming(bob, make_text(text), NOW)
        transaction.drafts.save(bob, Draft(text), NOW)
        (found,) = transaction.conversations.all()
        assert (found.last_text, found.draft) == (text[:HEAD], text[:HEAD])
        assert transaction.conversations.get(bob) == found
        assert transaction.conversations.get(ContactId(bob + 1)) is None
