"""Names that are made to look like others by letters of another alphabet."""

from dataclasses import replace

import pytest

from client_tui.text.alphabets import mixes_alphabets
from client_tui.widgets.people import warning_of
from securemsg.client.views import ConversationView, Trust
from tests.client_tui.messages import NOW

ALICE = ConversationView(1, "Alice", "Alice", "00", Trust.FIRST_SEEN, "", NOW, 0, reduced=False)


@pytest.mark.parametrize(
    "name",
    [
        "\u0410lice",
        "Claire Dum\u043ent",
        "P\u03bfl",
        "\u0430nn",
        "J\u2019\u0430i",
        "x\u13aax",
    ],
)
def test_a_word_of_two_alphabets_is_warned_of(name: str) -> None:
    """T08: one letter is Cyrillic, Greek or Cherokee."""
    assert mixes_alphabets(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "H\u00e9l\u00e8ne",
        "\u0418\u0432\u0430\u043d",
        "Ivan \u0418\u0432\u0430\u043d",
        "\u738b Wang",
        "Wang\u738b",
        "Sofia 2",
        "o'Neil-\u00c5",
        "\u03a0\u03ad\u03c4\u03c1\u03bf\u03c2",
    ],
)
def test_a_name_in_two_alphabets_by_words_or_with_signs_of_words_is_none(name: str) -> None:
    """T08: people write their name twice, and Chinese beside Latin."""
    assert not mixes_alphabets(name)


@pytest.mark.parametrize(("alias", "name"), [("\u0410lice", "Alice"), ("Alice", "\u0410lice")])
def test_the_heading_says_so_of_both_names_of_a_person(alias: str, name: str) -> None:
    """T08: what we call them may come from their link."""
    assert "alphabets" in warning_of(replace(ALICE, alias=alias, name=name))


def test_nobody_is_warned_of_without_reason() -> None:
    assert warning_of(ALICE) == ""
    assert warning_of(replace(ALICE, alias="\u0410lice", trust=Trust.VERIFIED)) == ""
