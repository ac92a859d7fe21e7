"""The list of conversations: what each row says, and an order that nobody pulls away under a hand."""

from dataclasses import replace

import pytest

from client_tui.widgets.conversation_list import in_order
from client_tui.widgets.people import ARCHIVE, Conversation, listed
from client_tui.widgets.talk_view import conditions
from securemsg.client.views import ConversationView, Trust
from securemsg.instant import HOUR, LAST_INSTANT, Instant
from tests.client_tui.messages import NOW

PLAIN = ConversationView(1, "Ben", "Ben", "00", Trust.FIRST_SEEN, "hello", NOW, 0, reduced=False)
LATER = Instant(NOW + HOUR)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "\u25cb Ben"),
        ({"trust": Trust.VERIFIED}, "\u2714 Ben"),
        ({"trust": Trust.CHANGED}, "\u25b2 Ben"),
        ({"request": True}, "? Ben"),
        ({"blocked": True}, "\u2573 Ben"),
        ({"own": True}, "\u25a4 Note to self"),
        ({"lifetime": 60}, "Ben \u25f7"),
        ({"muted_until": LATER}, "Ben \u25c7"),
        ({"draft": "half a sen"}, "\u270e draft"),
        ({"unread": 3}, " 3 "),
        ({"unread": 100_000}, " 999 "),
        ({"marked_unread": True}, " \u25cf "),
        ({"draft": "x", "unread": 2}, " 2 "),
    ],
)
def test_a_row_says_what_matters_of_a_conversation(changes: dict[str, object], words: str) -> None:
    view = replace(PLAIN, **changes)  # type: ignore[arg-type] # fields by name
    row = Conversation(view, NOW).line(33)
    assert words in row.plain
    assert row.cell_length <= 33
    assert "writing" in Conversation(view, NOW, typing=True).line(33).plain


def test_a_long_name_gives_way_to_what_is_unread() -> None:
    view = replace(PLAIN, alias="Ben " * 16, unread=12)
    assert Conversation(view, NOW).line(20).plain.endswith(" 12 ")


def test_the_heading_says_what_holds_here() -> None:
    held = replace(PLAIN, lifetime=604_800, muted_until=LATER, archived=True)
    assert conditions(held, NOW).startswith("\u25f7 1 week \u00b7 \u25c7 muted until ")
    assert conditions(held, NOW).endswith("archived")
    assert conditions(PLAIN, NOW) == ""
    assert conditions(replace(PLAIN, muted_until=Instant(LAST_INSTANT)), NOW) == "\u25c7 muted"


def test_what_is_archived_is_folded_away_below_the_others() -> None:
    views = [replace(PLAIN, contact=1), replace(PLAIN, contact=2, archived=True), replace(PLAIN, contact=3)]
    folded = listed(views, NOW, frozenset(), archive_open=False)
    assert [row.key for row in folded] == [1, 3, ARCHIVE]
    opened = listed(views, NOW, frozenset(), archive_open=True)
    assert [row.key for row in opened] == [1, 3, ARCHIVE, 2]


def test_while_somebody_walks_in_the_list_nothing_moves_and_new_rows_come_last() -> None:
    views = [replace(PLAIN, contact=contact) for contact in (4, 3, 1, 2)]
    rows = listed(views, NOW, frozenset(), archive_open=False)
    assert [row.key for row in in_order(rows, [1, 2, 3])] == [1, 2, 3, 4]
