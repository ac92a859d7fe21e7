"""The client line by line: through pipes, on poor terminals, for those who listen."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_tui.commands.messages import message_line as command_line
from client_tui.demo.stage import HOUR, PASSPHRASE, staged
from client_tui.plain.console import Console
from client_tui.plain.editor import Editor
from client_tui.plain.table import COMMANDS, find, help_line
from client_tui.plain.wording import message_line, numbered, person_line, state_line
from client_tui.registry import slash_commands
from client_tui.text.safe import SafeText
from securemsg.client.views import (
    ConversationView,
    Direction,
    MessageKind,
    MessageState,
    MessageView,
    QuotedView,
    ReactionView,
    Trust,
)
from tests.client_tui.hostile_text import ATTACKS
from tests.client_tui.ptys import client_on_pty
from tests.support.programs import environment

SCREEN_ONLY = frozenset({"settings", "theme", "keys", "wipe"})
"""Commands that mean nothing line by line, and one that is `securemsg wipe`."""


def talked(*lines: str) -> str:
    """Return what the client prints for these lines among invented people, through pipes."""
    answer = subprocess.run(
        [sys.executable, "-m", "client_tui", "--plain", "--demo"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        env=environment() | {"SECUREMSG_LANGUAGE": "en"},
        timeout=60,
    )
    assert answer.stderr == ""
    return answer.stdout


def test_a_conversation_through_pipes() -> None:
    said = talked(
        "into the void",
        "/contacts",
        "/to sofia",
        "/verify",
        "Bonjour",
        "//slash",
        "/nothing here",
        "/\u00e0 Jean",
        "held",
        "/proceed",
        "/proceed oui",
        "/history 2",
        "/chercher chaises",
        "/outbox",
        "/quit",
        "never read",
    )
    wanted = (
        "Say to whom first: /to NAME.",
        "Claire Dumont, verified, 08:41",
        "T. Verhoeven, not verified, wants to write to you, 2 unread",
        "To Sofia Rossi, verified, 3 unread, 08:40\n[08:37] From Sofia Rossi: file devis-captation.pdf",
        "Read aloud: ",
        "There is no such command; nothing was sent.",
        "To Jean-Marc Le Goff, safety number changed",
        "waiting, to Jean-Marc Le Goff: held (Held until you decide",
        "Safety number with Jean-Marc Le Goff: ",
        "If somebody pretends to be them",
        "Going on; not verified.",
        "You to Jean-Marc Le Goff: held (waiting)",
        "on va manquer de chaises !",
        "You to Sofia Rossi: /slash (waiting)",
    )
    place = 0
    for words in wanted:
        assert (place := said.find(words, place)) >= 0, f"{words!r} does not come in time: {said}"
    assert "never read" not in said
    assert "\x1b" not in said


def view(text: str, **changes: object) -> MessageView:
    """Return a message of Sofia."""
    usual = MessageView(
        7, "00", 1, "Sofia", Direction.IN, MessageState.RECEIVED, text, "", HOUR, HOUR, readable=True
    )
    return usual if not changes else MessageView(**{**_fields(usual), **changes})  # type: ignore[arg-type]  # as named


def listed(name: str) -> ConversationView:
    """Return a conversation with somebody who is called so."""
    return ConversationView(1, name, name, "aa", Trust.FIRST_SEEN, "", None, 0, reduced=False)


def _fields(message: MessageView) -> dict[str, object]:
    return {name: getattr(message, name) for name in MessageView.__slots__}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_others_breaks_out_of_its_line(attack: str) -> None:
    """T01-T05: one event is one line, whatever it says."""
    hostile = view(
        attack,
        alias=attack,
        quoted=QuotedView(1, mine=False, text=attack, file_name=attack),
        reactions=(ReactionView(attack, mine=False, theirs=True),),
        reason=attack,
    )
    ours = view(attack, alias=attack, direction=Direction.OUT, state=MessageState.FAILED, reason=attack)
    for line in (message_line(hostile, HOUR), numbered(hostile, HOUR), state_line(ours)):
        assert all(unicodedata.category(character) != "Cc" for character in line)
        assert "\u202e" not in line


@pytest.mark.parametrize("name", ["You to Bob", "Ann: yes, do it", "Ann\uff1a yes", "Ann, verified"])
def test_no_name_makes_a_line_look_like_one_of_ours_or_of_another(name: str) -> None:
    """T05, T08: a word of ours comes first, and only ours end the name or follow it."""
    line = message_line(view("hello", alias=name), HOUR)
    said = line.partition("] ")[2]
    assert said.startswith("From ")
    assert said.partition(":")[2] == " hello"
    assert "\uff1a" not in line
    assert "] You to Sofia: " in message_line(view("hello", direction=Direction.OUT), HOUR)
    assert person_line(listed(name), HOUR).split(",")[1] == " not verified"


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u3000", "\t", "\u2003 ", "\u2800 "])
@pytest.mark.parametrize("place", ["hi{}[08:41] You to Bob: I agree", "{}[08:41] Ann: hi", "hi{}"])
def test_no_blanks_push_words_to_where_a_line_begins(place: str, blank: str) -> None:
    """T01: neither here nor in what commands print."""
    said = view(place.format(blank * 300))
    for line in (message_line(said, HOUR), command_line(said)):
        assert re.search(r"\s{6}", line.replace("\n    |", "")) is None
    assert re.search(r"x {4}y", message_line(view("x    y"), HOUR))


def test_what_happened_to_a_message_is_said_in_words() -> None:
    changed = view(
        "one\ntwo",
        lifetime=604_800,
        edited_at=HOUR,
        reactions=(ReactionView("\U0001f44d", mine=False, theirs=True),),
        quoted=QuotedView(1, mine=True, text="before"),
    )
    assert message_line(changed, HOUR).endswith(
        "Sofia: one / two (answers: before; edited; \U0001f44d; disappears 1 week after it was read)"
    )
    assert "(deleted)" in message_line(view("", deleted=True), HOUR)
    assert "newer version" in message_line(view("", kind=MessageKind.UNKNOWN), HOUR)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_editor_and_none_are_obeyed(noise: bytes) -> None:
    """T11: a paste is foreign text."""
    editor = Editor()
    echo, lines = editor.take(noise)
    assert all(unicodedata.category(character) != "Cc" or character in "\n\b" for character in echo)
    assert all("\n" not in line for line in lines)


def test_typing_rubbing_out_and_leaving() -> None:
    editor = Editor()
    echo, lines = editor.take("salu\u00e9\x7ft\r\nx".encode())
    assert (echo, lines) == ("salu\u00e9\b \bt\n\nx", ["salut", ""])
    assert editor.text == "x"
    editor.take(b"\x04")
    assert not editor.left
    editor.take(b"\x15\x04")
    assert editor.left


def test_a_paste_sends_nothing_and_runs_nothing_until_enter_is_pressed() -> None:
    """T13: its lines become one, in which only the first could be a command."""
    editor = Editor()
    pasted = b"\x1b[200~from a page\r/attach ~/.ssh/id\r/proceed yes\r\x03\x04\x1b[201~"
    for place in range(0, len(pasted), 7):
        assert editor.take(pasted[place : place + 7])[1] == []
    assert not editor.left
    assert editor.take(b"!\r")[1] == ["from a page /attach ~/.ssh/id /proceed yes !"]
    assert editor.take(b"\x1b[A\x1b[200x\x1bOPnext\r")[1] == ["next"]


def test_what_arrives_does_not_tear_the_line_that_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console.__new__(Console)
    console.is_terminal, console._prompt, console._editor = True, "", Editor()
    console.prompt(SafeText("Sofia"))
    echo, _ = console._editor.take(b"half a sen")
    console._write(echo)
    console.say(SafeText("[08:41] Malik: news"))
    assert capsys.readouterr().out == "Sofia> half a sen\n[08:41] Malik: news\nSofia> half a sen"


def test_what_is_typed_is_shown_again_as_filtered_as_it_was_echoed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """T11: a paste is foreign text, also when it is printed a second time."""
    console = Console.__new__(Console)
    console.is_terminal, console._prompt, console._editor = True, "", Editor()
    echo, _ = console._editor.take("a\u009b2J\u202eb c".encode())
    console.say(SafeText("news"))
    console.prompt(SafeText("Sofia"))
    assert capsys.readouterr().out == f"\nnews\n{echo}Sofia> {echo}"
    assert not {"\u009b", "\u202e"} & set(echo)


def test_what_is_typed_after_the_lock_is_the_passphrase_for_the_vault(tmp_path: Path) -> None:
    """Nothing else reads the terminal by then."""
    staged(tmp_path / "home").close()
    with client_on_pty("--home", str(tmp_path / "home"), "--plain", SECUREMSG_LANGUAGE="en") as terminal:
        for _opening in range(2):
            terminal.until("Passphrase: ")
            terminal.write(f"{PASSPHRASE}\r".encode())
            terminal.until("nobody> ")
            terminal.write(b"/lock\r")
            terminal.until("Locked.")
        assert b"Warning" not in terminal.shown
        # Pastes are marked while lines are read, and not for whoever asks for the passphrase.
        assert terminal.shown.count(b"\x1b[?2004h") == terminal.shown.count(b"\x1b[?2004l") == 2
        assert PASSPHRASE.encode() not in terminal.shown


def test_errors_are_filtered_like_everything_else() -> None:
    """T11: a sentence may quote a name or a path."""
    said = talked("/to sofia", "/rename So\u009b2Jfia", "/forget somebody")
    assert "/forget So" in said
    assert "\u009b" not in said


def test_a_dumb_terminal_gets_lines_and_its_state_back() -> None:
    """T18: no capabilities; nothing but text, and a prompt last."""
    with client_on_pty("--demo", TERM="dumb", SECUREMSG_LANGUAGE="en") as terminal:
        terminal.until("nobody> ")
        terminal.write(b"/to Sof\x7f\x7fofia\r")
        terminal.until("Sofia Rossi> ")
        terminal.write(b"/quit\r")
        assert terminal.end() == 0
        assert terminal.echoes()
        assert b"\x1b" not in terminal.shown


def test_every_command_has_names_of_its_own_and_a_line_of_help() -> None:
    names = [name for each in COMMANDS for name in {each.slash.english, each.slash.french}]
    assert len(names) == len(set(names))
    assert all(find(each.slash.french) is each for each in COMMANDS)
    assert all(help_line(each).startswith("/") for each in COMMANDS)


def test_what_can_be_written_on_the_screen_can_be_written_here() -> None:
    named = {each.name: each.slash.english for each in slash_commands() if each.slash is not None}
    assert {name for name, written in named.items() if find(written) is None} == SCREEN_ONLY
