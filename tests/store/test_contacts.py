"""Contacts: names that a person would take for the same, and whose account they are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.errors import LocalError
from securemsg.identity.trust import Trust, claimed, first_seen, kept, verified
from securemsg.ids import AccountId
from securemsg.store.aliases import alias_key
from securemsg.store.contacts import ContactAmbiguous, ContactExists, ContactUnknown
from securemsg.store.ids import ContactId
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, make_address, make_text, new_contact

FIRST = AccountId(bytes.fromhex("abcd") + bytes(30))
SECOND = AccountId(bytes.fromhex("abce") + bytes(30))


def test_a_contact_comes_back_as_added(vault: Vault) -> None:
    with vault.transaction() as transaction:
        added = transaction.contacts.add(new_contact("Bob", FIRST))
        assert (added.alias, added.name, added.account, added.created_at) == ("Bob", "Bob", FIRST, NOW)
        assert added.standing.trust is Trust.FIRST_SEEN
        assert transaction.contacts.get(added.id) == added
        assert transaction.contacts.by_account(FIRST) == added
        assert transaction.contacts.all() == [added]


@pytest.mark.parametrize("alias", ["bob", "BOB", "Bob ", "  bOb"])
def test_an_alias_is_taken_in_any_case(vault: Vault, alias: str) -> None:
    with vault.transaction() as transaction:
        add_contact(transaction, "Bob")
        assert transaction.contacts.alias_taken(alias)
        with pytest.raises(ContactExists):
            add_contact(transaction, alias)
        assert transaction.contacts.find(alias).alias == "Bob"


def test_an_alias_has_up_to_256_bytes(vault: Vault) -> None:
    with vault.transaction() as transaction:
        for alias in ("x" * 256, "\u00e9" * 128):
            add_contact(transaction, alias)
            assert transaction.contacts.by_alias(alias).alias == alias


def test_an_alias_is_the_same_in_any_normal_form() -> None:
    assert alias_key("Zo\u00eb") == alias_key("ZOE\u0308") != alias_key("Zoe")
    assert alias_key("Stra\u00dfe") == alias_key("STRASSE")


@pytest.mark.parametrize("alias", ["", "  ", "\ud800", "x" * 257, "\u00e9" * 128 + "x"])
def test_what_cannot_be_an_alias_is_refused(vault: Vault, alias: str) -> None:
    with vault.transaction() as transaction, pytest.raises(LocalError, match="alias"):
        add_contact(transaction, alias)


def test_one_account_is_one_contact(vault: Vault) -> None:
    with vault.transaction() as transaction:
        transaction.contacts.add(new_contact("bob", FIRST))
        with pytest.raises(ContactExists):
            transaction.contacts.add(new_contact("robert", FIRST))


def test_a_contact_is_found_by_the_beginning_of_its_account_id(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob = transaction.contacts.add(new_contact("bob", FIRST))
        transaction.contacts.add(new_contact("eve", SECOND))
        for selector in (FIRST.hex(), FIRST.hex().upper(), "abcd", "ABCD 00", "abcd0000"):
            assert transaction.contacts.find(selector) == bob
        for selector in ("abc", "abcf", "", "abcd0001", "nobody", "\ud800", "abcd" * 17, "'; drop table"):
            with pytest.raises(ContactUnknown):
                transaction.contacts.find(selector)


def test_a_beginning_of_two_account_ids_is_ambiguous(vault: Vault) -> None:
    with vault.transaction() as transaction:
        transaction.contacts.add(new_contact("bob", FIRST))
        transaction.contacts.add(new_contact("eve", AccountId(FIRST[:31] + b"\xff")))
        with pytest.raises(ContactAmbiguous):
            transaction.contacts.find("abcd")
        assert transaction.contacts.find(FIRST.hex()).alias == "bob"


def test_an_alias_goes_before_an_account_id(vault: Vault) -> None:
    with vault.transaction() as transaction:
        transaction.contacts.add(new_contact("bob", FIRST))
        named = transaction.contacts.add(new_contact("abcd", SECOND))
        assert transaction.contacts.find("abcd") == named


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_whatever_is_looked_for_nothing_else_is_raised(vault: Vault, selector: str) -> None:
    with vault.transaction() as transaction, pytest.raises((ContactUnknown, ContactAmbiguous)):
        transaction.contacts.find(selector)


def test_renaming_keeps_aliases_apart(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction, "bob"), add_contact(transaction, "eve")
        with pytest.raises(ContactExists):
            transaction.contacts.rename(eve, "BOB")
        transaction.contacts.rename(bob, "Bob")
        transaction.contacts.set_name(bob, "Robert")
        assert transaction.contacts.get(bob).alias == "Bob"
        assert transaction.contacts.get(bob).name == "Robert"


def test_list_versions_only_go_up(vault: Vault) -> None:
    """ID-5."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        for told, kept_version in ((3, 3), (2, 3), (5, 5)):
            transaction.contacts.raise_list_version(bob, told)
            assert transaction.contacts.get(bob).list_version == kept_version


def test_every_standing_comes_back_as_kept(vault: Vault) -> None:
    """ID-11: the claimant beside the old account, until the person decides."""
    with vault.transaction() as transaction:
        contacts = transaction.contacts
        bob = contacts.add(new_contact("bob", FIRST))
        contacts.raise_list_version(bob.id, 7)
        trusted = verified(bob.standing, FIRST)
        changed = claimed(trusted, SECOND)
        for standing, link in ((trusted, ""), (changed, "securemsg:abc"), (kept(changed), "")):  # type: ignore[arg-type]  # it is Changed here
            contacts.set_standing(bob.id, standing, link)
            assert contacts.get(bob.id).standing == standing
            assert contacts.get(bob.id).claim_link == link
            assert contacts.get(bob.id).list_version == 7


def test_a_contact_never_becomes_another_account(vault: Vault) -> None:
    """ID-11: what one account said is never shown as said by another."""
    with vault.transaction() as transaction:
        bob = transaction.contacts.add(new_contact("bob", FIRST))
        with pytest.raises(LocalError, match="keeps its account"):
            transaction.contacts.set_standing(bob.id, verified(first_seen(SECOND), SECOND))
        assert transaction.contacts.get(bob.id) == bob


def test_an_address_is_the_newest_that_was_told(vault: Vault) -> None:
    with vault.transaction() as transaction:
        bob = transaction.contacts.add(new_contact("bob")).id
        assert transaction.addresses.get(bob) is None
        for _ in range(2):
            address = make_address()
            transaction.addresses.set(bob, address)
            assert transaction.addresses.get(bob) == address


def test_an_unknown_number_is_said_and_an_address_for_it_refused(vault: Vault) -> None:
    with vault.transaction() as transaction:
        with pytest.raises(ContactUnknown):
            transaction.contacts.get(ContactId(99))
        with pytest.raises(Exception, match="FOREIGN KEY"):
            transaction.addresses.set(ContactId(99), make_address())


def test_conversations_are_listed_by_what_was_said_last(vault: Vault) -> None:
    with vault.transaction() as transaction:
        ann, bob, eve = (add_contact(transaction, alias) for alias in ("ann", "bob", "eve"))
        later = [type(NOW)(NOW + second) for second in range(5)]
        transaction.messages.add_incoming(bob, make_text("first"), later[1])
        transaction.messages.add_incoming(bob, make_text("x" * 500), later[2])
        transaction.messages.add_outgoing(ann, make_text("mine"), later[3])
        listed = transaction.conversations.all()
        assert [item.contact.id for item in listed] == [ann, bob, eve]
        assert [item.last_text for item in listed] == ["mine", "x" * 200, ""]
        assert [item.last_at for item in listed] == [later[3], later[2], None]
        assert [item.last_is_ours for item in listed] == [True, False, False]
        assert [item.unread for item in listed] == [0, 2, 0]
        transaction.contacts.mark_read(bob)
        one = transaction.conversations.get(bob)
        assert one is not None
        assert (one.unread, one.contact) == (0, transaction.contacts.get(bob))
        transaction.messages.add_incoming(bob, make_text(), later[4])
        assert transaction.conversations.all()[0].unread == 1
        assert transaction.conversations.get(ContactId(99)) is None


def test_counting_what_is_unread_stops_at_a_thousand(vault: Vault) -> None:
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        for more, unread in ((999, 999), (1, 1_000), (1, 1_000)):
            for _ in range(more):
                transaction.messages.add_incoming(contact, make_text(), NOW)
            assert [each.unread for each in transaction.conversations.all()] == [unread]


@pytest.mark.parametrize(
    "like", ["Ben\u200b", "Ben\u202e", "B\u00aden", "\u2067Ben", "\uff22en", "Ben\ufe0f", "Ben \u3164", "ben"]
)
def test_a_name_that_looks_like_another_counts_as_the_same(like: str) -> None:
    """CL-10, T08: what nobody sees, and compatibility forms, make no second name."""
    assert alias_key(like) == alias_key("Ben")


@pytest.mark.parametrize("empty", ["", " ", "\u200b", "\u3164\u00ad", "\ufe0f"])
def test_a_name_of_which_nothing_is_seen_is_none(empty: str) -> None:
    """CL-10."""
    with pytest.raises(LocalError):
        alias_key(empty)


def test_an_account_id_finds_its_account_whatever_others_are_called(vault: Vault) -> None:
    """CL-10: a stranger named like somebody's account id does not take their place."""
    with vault.transaction() as transaction:
        ben = transaction.contacts.get(add_contact(transaction, "ben"))
        stranger = transaction.contacts.get(add_contact(transaction, ben.account.hex()[:60]))
        assert transaction.contacts.find(ben.account.hex()).id == ben.id
        assert transaction.contacts.find(stranger.account.hex()).id == stranger.id
        assert transaction.contacts.find(ben.account.hex()[:60]).id == ben.id
