"""Who does not know what to do next is told: in a field, a menu, an empty screen, on a command line."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

import pytest

from client_tui.main import main
from client_tui.screens.judging import judge_code, judge_name, judge_passphrase, judge_way
from client_tui.text.language import use_language
from client_tui.widgets.attach_sheet import AttachSheet, judge_path
from client_tui.widgets.field import Entry
from client_tui.widgets.menu_row import MOST_ROWS, menu
from client_tui.widgets.message_verbs import Choice, choices
from client_tui.widgets.reader import silence
from client_tui.widgets.talk_view import nobody
from securemsg.client.views import ConversationView, Trust
from tests.client_tui.messages import NOW, ours
from tests.client_tui.people import screen_text, type_text, until
from tests.client_tui.rehearsing import chatting

BEN = ConversationView(1, "Ben", "Ben", "00", Trust.FIRST_SEEN, "hello", NOW, 0, reduced=False)

ROOM, ROWS = 56, 2
"""Columns and rows that a field of the first run has for its hint on a screen of 80."""


@pytest.fixture(params=["en", "fr"])
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    """Speak each language."""
    use_language(request.param)
    yield str(request.param)
    use_language("en")


@pytest.mark.usefixtures("tongue")
def test_no_hint_of_the_first_run_is_cut_off_on_80_columns() -> None:
    hints = [judge_way(text) for text in ("", "secure", "hello", "securemsg:abc")]
    hints += [judge_name(""), judge_name("n" * 99), judge_code("")]
    hints += [judge_passphrase(text) for text in ("", "abc", "password", "velvet otter plank dune")]
    assert [hint.words for hint in hints if len(wrap(hint.words, ROOM)) > ROWS] == []


def test_what_is_no_link_is_told_apart_from_a_link_that_is_not_there_yet() -> None:
    expected = judge_way("").words
    assert judge_way("secure").words == expected
    assert judge_way("hello there").words != expected
    assert "copy all of it" in judge_way("127.0.0.1:7443#abc").words
    assert not judge_way("hello there").fine


def test_a_path_that_leads_to_something_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "Documents").mkdir()
    for leads_on in ("Doc", "", "Documents"):
        assert "Tab completes" in judge_path(f"{tmp_path}/{leads_on}").words
    assert "no such file" in judge_path(f"{tmp_path}/absent").words


@pytest.mark.usefixtures("tongue")
def test_all_that_can_be_done_with_a_message_is_seen_on_80_columns() -> None:
    offered = choices(ours(text="hello"))
    rows = menu(offered, 0, 80)
    assert len(rows) <= MOST_ROWS
    assert all(row.cell_length <= 81 for row in rows)
    assert [choice.key for choice in offered if not any(f" {choice.key} " in row.plain for row in rows)] == []


def test_where_choices_have_no_room_the_marked_one_is_seen() -> None:
    offered = [Choice(str(place), "a long word", "verb") for place in range(9)]
    for marked in range(9):
        rows = menu(offered, marked, 16)
        assert len(rows) == MOST_ROWS or len(rows) == 1
        assert any(f" {marked} " in row.plain for row in rows)


def test_an_empty_screen_says_what_opens_a_conversation() -> None:
    assert "Nobody here yet" in nobody(()).plain
    assert "Somebody wrote to you.\n\n^G  opens it" in nobody([replace(BEN, unread=1)]).plain
    assert "^K  opens one" in nobody([BEN, replace(BEN, unread=1, archived=True)]).plain
    assert "stays on this device" in silence(own=True).plain


def test_a_broken_invitation_is_not_answered_with_a_list_of_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ecuremsg:" + "a" * 400]) == 2
    said = capsys.readouterr().err
    assert "neither a command nor an invitation" in said
    assert len(said) < 200


@pytest.mark.anyio
async def test_tab_goes_on_with_the_path_and_a_command_without_its_name_is_answered(tmp_path: Path) -> None:
    (tmp_path / "Documents").mkdir()
    async with chatting(tmp_path) as (app, screen, pilot):
        await pilot.press("ctrl+t")
        await until(pilot, lambda: bool(screen.query(AttachSheet)))
        await type_text(pilot, f"{tmp_path}/Doc")
        await pilot.press("tab", "x")
        path = screen.sheets.attach.query(Entry).first()
        assert path.has_focus
        assert path.value == f"{tmp_path}/Documents/x"
        await pilot.press("escape")
        await type_text(pilot, "/rename")
        await pilot.press("enter")
        await until(pilot, lambda: "Write the name" in screen_text(app))
        await type_text(pilot, "/theme day")
        await pilot.press("enter")
        await until(pilot, lambda: "Write the name" not in screen_text(app))
        use_language("fr")
        await type_text(pilot, "/supprimer")
        await pilot.press("enter")
        await until(pilot, lambda: "/supprimer Ben" in screen_text(app))


@pytest.mark.anyio
async def test_what_is_said_is_said_to_its_end_and_a_key_without_effect_says_why(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        screen.keys.say("one word and " * 15 + "no-more")
        await until(pilot, lambda: "no-more" in screen_text(app))
        screen.keys.hint()
        await until(pilot, lambda: screen.keys.size.height == 1)
        screen.talk.forget()
        await pilot.press("f2")
        await until(pilot, lambda: "Open a conversation first: ^K" in screen_text(app))
