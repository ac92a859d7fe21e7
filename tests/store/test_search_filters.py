"""Search with filters: the same messages, the newest first, however they are looked for."""

import pytest

from securemsg.instant import DAY, Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import Direction, MessageState
from securemsg.store.search import ALL, Filters
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from securemsg.store.words import forgetting
from tests.store.chance import Chance
from tests.store.vaults import NOW, add_contact, make_text

MESSAGES = 1_500
WORDS = ("meeting", "", "zebra crossing")
FILTERS = [
    Filters(contacts=frozenset({ContactId(1)})),
    Filters(contacts=frozenset({ContactId(2)})),
    Filters(contacts=frozenset({ContactId(1), ContactId(3)})),
    Filters(contacts=frozenset()),
    Filters(author=Direction.OUT),
    Filters(contacts=frozenset({ContactId(1)}), author=Direction.IN),
    Filters(before=Instant(NOW + 9 * DAY)),
    Filters(after=Instant(NOW + 13 * DAY)),
    Filters(after=Instant(NOW + 3 * DAY), before=Instant(NOW + 5 * DAY), contacts=frozenset({ContactId(1)})),
    Filters(has_file=True),
    Filters(has_file=True, contacts=frozenset({ContactId(1)}), author=Direction.OUT),
]


@pytest.fixture
def said(vault: Vault) -> None:
    """Three conversations of which the first has most, over fifteen days; some messages are files."""
    chance = Chance(7)
    with vault.transaction() as transaction:
        for alias in ("ann", "ben", "cyd"):
            add_contact(transaction, alias)
        for number in range(MESSAGES):
            contact = ContactId(1 if chance.randrange(10) else 2 + chance.randrange(2))
            text = f"{number}" + " meeting" * (chance.randrange(3) == 0)
            text += " zebra crossing" * (chance.randrange(40) == 0)
            now = Instant(NOW + number * DAY // 100)
            if chance.randrange(2):
                transaction.messages.add_incoming(contact, make_text(text), now)
            else:
                transaction.messages.add_outgoing(contact, make_text(text), now)
        transaction._rows.run("update messages set kind = 9 where id % 7 = 0")


def expected(transaction: Transaction, words: str, filters: Filters) -> list[MessageRow]:
    """What a look at every message finds."""
    rows = []
    for contact in (ContactId(1), ContactId(2), ContactId(3)):
        for message in transaction.messages.page(contact, None, MESSAGES):
            said = set(message.text.split())
            theirs = message.state is MessageState.RECEIVED
            kept = [
                set(words.split()) <= said,
                filters.contacts is None or contact in filters.contacts,
                filters.author is None or theirs == (filters.author is Direction.IN),
                filters.before is None or message.stored_at < filters.before,
                filters.after is None or message.stored_at >= filters.after,
                not filters.has_file or message.kind == 9,
            ]
            rows += [message.row] * all(kept)
    return sorted(rows, reverse=True)


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("words", WORDS)
def test_filters_leave_what_a_look_at_every_message_leaves(vault: Vault, words: str) -> None:
    """CL-38: for few and for many messages of a conversation, in pages and at once."""
    with vault.transaction() as transaction:
        for filters in FILTERS:
            whole = expected(transaction, words, filters)
            found = transaction.search.find(words, MESSAGES, filters=filters)
            assert [message.row for message in found] == whole
            paged: list[MessageRow] = []
            while page := transaction.search.find(words, 40, paged[-1] if paged else None, filters):
                paged += [message.row for message in page]
            assert paged == whole
        assert len(transaction.search.find("meeting", 9)) == 9
        assert transaction.search.find("", 9, filters=ALL) == []


@pytest.mark.usefixtures("said")
def test_a_query_of_signs_finds_nothing_whatever_the_filters(vault: Vault) -> None:
    """CL-38: words that no message can have are words all the same."""
    with vault.transaction() as transaction:
        assert transaction.search.find("!!!", 9, filters=Filters(author=Direction.OUT)) == []


@pytest.mark.parametrize(
    ("query", "found"), [("al", False), ("alp", True), ("alp ", False), ("alpha", True), ("漢", True)]
)
def test_a_beginning_has_three_bytes_and_no_space_behind_it(vault: Vault, query: str, *, found: bool) -> None:
    """ST-7."""
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        transaction.messages.add_incoming(contact, make_text("alphabet"), NOW)
        transaction.messages.add_incoming(contact, make_text("alpha 漢字"), NOW)
        assert bool(transaction.search.find(query, 9)) is found


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("share", [1, 900])
def test_words_of_erased_messages_are_not_found_again(vault: Vault, share: int) -> None:
    """ST-16: taken out of the index one by one, or in one pass."""
    with vault.transaction() as transaction:
        gone = transaction.search.find("meeting", share)
        transaction.messages.erase([message.row for message in gone], NOW)
        left = expected(transaction, "meeting", ALL)
        assert [message.row for message in transaction.search.find("meeting", MESSAGES)] == left
        transaction._rows.run("insert into words(words) values ('integrity-check')")
        assert transaction._rows.number("select v from words_config where k = 'secure-delete'") == 1
    assert vault.check() == []


@pytest.mark.parametrize(("erased", "one_by_one"), [(1, 1), (2, 0)])
def test_one_pass_goes_over_the_index_for_more_than_one_message_in_250(
    vault: Vault, erased: int, one_by_one: int
) -> None:
    """ST-16."""
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        for _ in range(250):
            transaction.messages.add_incoming(contact, make_text(), NOW)
        with forgetting(transaction._rows, erased):
            how = transaction._rows.number("select v from words_config where k = 'secure-delete'")
        assert how == one_by_one
