"""Search: words in any form, newest first, and nothing that a person types is a mistake."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.store.search import MAX_QUERY, MAX_TERMS
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, make_text


def say(vault: Vault, *texts: str) -> None:
    with vault.transaction() as transaction:
        contact = transaction.contacts.all()[0].id if transaction.contacts.all() else add_contact(transaction)
        for text in texts:
            transaction.messages.add_incoming(contact, make_text(text), NOW)


def find(vault: Vault, query: str, limit: int = 50) -> list[str]:
    with vault.transaction() as transaction:
        return [message.text for message in transaction.search.find(query, limit)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Éléments de langage", "elements"),
        ("elements of style", "ÉLÉMENTS"),
        ("the quick brown fox", "quick fox"),
        ("the quick brown fox", "fox quick"),
        ("rendez-vous à 9 h", "rendez-vous"),
        ("mail ann@example.org", "ann@example.org"),
        ("unfinished business", "unfin"),
        ("price: 42.50 (net)", "42.50"),
        ("\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440", "\u043f\u0440\u0438\u0432\u0435\u0442"),
        ('she said "no"', '"no"'),
        ("a OR b", "or"),
        ("NEAR the end", "near"),
    ],
)
def test_words_are_found(vault: Vault, text: str, query: str) -> None:
    """ST-7."""
    say(vault, "something else", text)
    assert find(vault, query) == [text]


@pytest.mark.parametrize("query", ["fox cat", "quic brown", "ox", "", "   ", "!!!", "*", '"', "\0"])
def test_what_is_not_there_is_not_found(vault: Vault, query: str) -> None:
    """Every word counts, and only the last may be a beginning."""
    say(vault, "the quick brown fox")
    assert find(vault, query) == []


def test_the_newest_come_first_and_pages_follow_each_other(vault: Vault) -> None:
    """ST-7."""
    say(vault, *(f"common {number}" for number in range(20)))
    assert find(vault, "common", 3) == ["common 19", "common 18", "common 17"]
    with vault.transaction() as transaction:
        found: list[str] = []
        before = None
        while page := transaction.search.find("common", 6, before):
            found += [message.text for message in page]
            before = page[-1].row
    assert found == [f"common {number}" for number in reversed(range(20))]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text()
    | st.text(alphabet="\"'*^:(){}+-\\\0 aANDORTNE\ud800é", max_size=40)
    | st.lists(
        st.sampled_from(["AND", "OR", "NOT", "NEAR(", "text:", '"', "^a", "a*", "-b", "(", ")", "\0"])
    ).map(" ".join)
)
def test_no_query_raises(vault: Vault, query: str) -> None:
    with vault.transaction() as transaction:
        transaction.search.find(query, 10)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), min_size=1, max_size=80))
def test_a_text_is_found_by_any_of_its_plain_words(vault: Vault, text: str) -> None:
    """Words of letters and digits, as a person would pick them from the text."""
    words = [word for word in text.split() if word.isascii() and word.isalnum()]
    say(vault, text)
    for word in words[:3]:
        assert text in find(vault, word, 1000)


def test_an_endless_query_is_cut(vault: Vault) -> None:
    say(vault, "word")
    start = time.perf_counter()
    assert find(vault, "word " * 100_000) == ["word"]
    assert find(vault, "w" * MAX_QUERY * 1000) == []
    assert time.perf_counter() - start < 0.5


def test_words_beyond_the_thirty_second_are_not_looked_for(vault: Vault) -> None:
    say(vault, "word")
    assert find(vault, "word " * MAX_TERMS + "absent") == ["word"]
    assert find(vault, "word " * (MAX_TERMS - 1) + "absent") == []


def test_texts_of_every_contact_are_searched(vault: Vault) -> None:
    with vault.transaction() as transaction:
        for alias in ("ann", "bob"):
            contact = add_contact(transaction, alias)
            transaction.messages.add_incoming(contact, make_text(f"shared {alias}"), NOW)
            transaction.messages.add_outgoing(contact, make_text(f"shared to {alias}"), NOW)
    assert len(find(vault, "shared")) == 4
