"""Around the field in which one writes: pastes, the editor, times, and finding by a few letters."""

import os
import stat
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_tui.registry.lookup import folded
from client_tui.terminal.editor import PREFIX, editor_command, folder_in_memory, lent, sweep, taken_back
from client_tui.text.fuzzy import fitness
from client_tui.text.lifetime import LONGEST, SHORTEST, parse_lifetime
from client_tui.text.pasted import dropped_file, needs_asking
from client_tui.widgets.attach_sheet import common_start, completions
from client_tui.widgets.goto_sheet import Goal, ranked
from tests.client_tui.hostile_text import any_text


def test_a_paste_of_more_than_five_lines_is_asked_about() -> None:
    """T13."""
    assert not needs_asking("1\n2\n3\n4\n5\n")
    assert needs_asking("1\n2\n3\n4\n5\n6")


def test_a_dropped_file_is_recognised_however_the_terminal_writes_its_path(tmp_path: Path) -> None:
    file = tmp_path / "a file.pdf"
    file.write_text("x")
    escaped = str(file).replace(" ", "\\ ")
    quoted = f"file://{str(file).replace(' ', '%20')}"
    for text in (f"'{file}'", f'"{file}" ', escaped, quoted, str(file)):
        assert dropped_file(text) == file
    for text in ("", "a file.pdf", str(tmp_path), f"{file}\n{file}", "/", "https://a/b", f"{file}.gone"):
        assert dropped_file(text) is None


@given(any_text)
def test_no_paste_is_mistaken_for_a_file_or_fails(text: str) -> None:
    """T13."""
    found = dropped_file(text)
    assert found is None or found.is_file()


def test_what_the_editor_gets_lies_in_memory_for_nobody_else_and_is_gone_afterwards(tmp_path: Path) -> None:
    """T22."""
    with lent("a secret\n", tmp_path) as file:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        file.write_text("another\n\n")
        again = os.open(file, os.O_RDONLY)
        (file.parent / "swap").write_text("a secret")
        assert taken_back(file) == "another"
    assert not any(tmp_path.iterdir())
    assert set(os.read(again, 100)) == {0}
    os.close(again)
    assert taken_back(file) is None


def test_what_a_killed_client_lent_is_swept_away_and_what_a_running_one_lends_stays(tmp_path: Path) -> None:
    """T22: also after SIGKILL no words stay in memory; nothing of others is touched."""
    dead = tmp_path / f"{PREFIX}dead"
    (dead / "more").mkdir(parents=True)
    (dead / "message.txt").write_text("a secret")
    kept = os.open(dead / "message.txt", os.O_RDONLY)
    elsewhere = tmp_path / "mine"
    elsewhere.mkdir()
    (elsewhere / "words").write_text("mine")
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    with lent("words", tmp_path) as file:
        sweep({"XDG_RUNTIME_DIR": str(tmp_path)})
        assert file.read_text() == "words"
    assert not dead.exists()
    assert set(os.read(kept, 100)) == {0}
    os.close(kept)
    assert (elsewhere / "words").read_text() == "mine"


def test_the_editor_is_the_one_that_was_asked_for_and_keeps_no_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("vim", "mine"):
        program = tmp_path / name
        program.write_text("")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert editor_command({"EDITOR": "mine -w"}) == ["mine", "-w"]
    assert editor_command({"EDITOR": "mine"}, "vim")[:4] == ["vim", "-n", "-i", "NONE"]
    assert editor_command({})[0] == "vim"
    assert editor_command({"EDITOR": "absent"}) == []
    assert editor_command({"EDITOR": "'"}) == []
    assert folder_in_memory({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("off", 0),
        ("90", 90),
        ("90 s", 90),
        ("45min", 2_700),
        ("12 h", 43_200),
        ("3 days", 259_200),
        ("3 jours", 259_200),
        ("1w", 604_800),
        ("2 semaines", 1_209_600),
    ],
)
def test_times_are_written_as_people_write_them(text: str, seconds: int) -> None:
    assert parse_lifetime(text) == seconds


@given(any_text)
def test_no_time_is_outside_of_what_messages_can_have(text: str) -> None:
    seconds = parse_lifetime(text)
    assert seconds is None or seconds == 0 or SHORTEST <= seconds <= LONGEST


def test_a_few_letters_find_names_by_their_initials_first() -> None:
    names = ["Claire Dumont", "Campagne \u00b7 Matinale", "\u00c9milie Dor\u00e9", "archive"]
    goals = [Goal(key, folded(name)) for key, name in enumerate(names)]

    def found(query: str, *visited: str) -> list[str]:
        visits = Counter({folded(name): 5 for name in visited})
        return [names[goal.key] for goal in ranked(goals, folded(query), visits)]

    assert found("cm")[0] == "Campagne \u00b7 Matinale"
    assert found("emi")[0] == "\u00c9milie Dor\u00e9"
    assert found("zz") == []
    assert found("") == names
    assert found("", "archive")[0] == "archive"


@given(st.text("abc d", max_size=6), st.text("abcd ", max_size=30))
def test_whatever_is_found_has_the_letters_in_their_order(query: str, text: str) -> None:
    if fitness(query, text) is not None:
        left = iter(text)
        assert all(letter in left for letter in query if letter != " ") or query in text


def test_a_path_is_completed_as_far_as_there_is_one_way(tmp_path: Path) -> None:
    for name in ("Report-1.pdf", "report-2.pdf", "other.txt", ".hidden"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    assert [found.path.name for found in completions(f"{tmp_path}/")] == [
        "folder",
        "other.txt",
        "Report-1.pdf",
        "report-2.pdf",
    ]
    names = [found.path.name for found in completions(f"{tmp_path}/rep")]
    assert common_start(names).casefold() == "report-"
    assert completions(f"{tmp_path}/absent/x") == []
