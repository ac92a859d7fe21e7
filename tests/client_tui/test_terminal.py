"""The client in a real terminal emulator (tmux): what arrives there, and how it is left."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.client_tui.hostile_text import ATTACKS, CLEAR_AND_LIE, CLIPBOARD, OBEYED, TITLE
from tests.client_tui.tmux import TITLE_BEFORE, Tmux
from tests.support.programs import Person, RelayProgram, acquainted, environment, until


@pytest.fixture
def pair(tmp_path: Path, relay: RelayProgram) -> list[Person]:
    """Ann, and somebody with a hostile name."""
    return acquainted(tmp_path, relay, "ann", "ben")


def command(person: Person) -> list[str]:
    """Return how the client is started in the pane."""
    kept = [f"PYTHONPATH={environment()['PYTHONPATH']}"]
    return ["env", *kept, *person.command()]


def pid_of_client(person: Person) -> int:
    """Return the process that runs the client on this home."""
    found = subprocess.run(
        ["pgrep", "-f", f"client_tui --home {person.home} "], capture_output=True, text=True, check=True
    )
    return int(found.stdout.split()[0])


def test_hostile_names_and_bodies_leave_the_terminal_alone(
    tmux: Tmux, tmp_path: Path, relay: RelayProgram
) -> None:
    """T01-T05, T10, T11: contents, title and clipboard of a real terminal."""
    ann, ben = acquainted(tmp_path, relay, "ann", "ben")
    mallory = Person.at(tmp_path, "mallory")
    mallory.do("init", "--name", "M[b]al\u202elory", "--relay", relay.address)
    mallory.do("add", ann.do("link")[0]["link"], "--name", "ann")
    mallory.do("send", "ann", "-", stdin="\n".join(f"attack {attack} end" for attack in ATTACKS))
    ben.do("send", "ann", "an honest word")
    tmux.start(command(ann))
    until(lambda: "an honest word" in tmux.screen() or "lory" in tmux.screen(), "the client is open")
    until(lambda: hostile_is_open(tmux), "the hostile conversation is open")
    for key in ("C-p", "C-n", "C-p", "F2", "Escape", "F1", "Escape", "C-n"):
        tmux.type(key)
        time.sleep(0.2)
    shown = tmux.screen()
    assert "securemsg" in shown.splitlines()[0]
    assert "key verified" not in [line.strip() for line in shown.splitlines()]
    assert not OBEYED.search(shown.replace("\n", ""))
    assert tmux.title() == TITLE_BEFORE
    assert tmux.buffers() == ""
    tmux.type("C-q")
    until(lambda: tmux.screen().rstrip().endswith("$"), "the shell is back")
    assert tmux.title() == TITLE_BEFORE
    assert tmux.buffers() == ""
    assert "attack" not in tmux.history()


def hostile_is_open(tmux: Tmux) -> bool:
    """Tell whether the attacks are on the screen; otherwise go to another conversation."""
    shown = tmux.screen()
    if "attack" not in shown:
        tmux.type("C-n" if int(time.monotonic()) % 2 else "C-p")
        time.sleep(0.3)
    return "attack" in shown


def test_the_probe_sees_what_it_should_prevent(tmux: Tmux) -> None:
    """Without the filter the same texts do change this terminal: the test above can fail."""
    script = tmux.socket.with_name("attack")
    script.write_text(f"{CLEAR_AND_LIE}{TITLE}{CLIPBOARD}")
    tmux.start(["cat", str(script)])
    until(lambda: tmux.title() == "owned", "the title is taken")
    until(lambda: "owned" in tmux.buffers(), "the clipboard is taken")
    assert "key verified" in tmux.screen()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_a_clean_terminal(tmux: Tmux, pair: list[Person], number: signal.Signals) -> None:
    """T21 in part: alternate screen left, no plaintext, a shell that echoes."""
    ann, ben = pair
    ben.do("send", "ann", "the embargo ends at eleven")
    tmux.start(command(ann))
    until(lambda: "embargo" in tmux.screen(), "the message is shown")
    os.kill(pid_of_client(ann), number)
    until(lambda: tmux.screen().rstrip().endswith("$"), "the shell is back")
    assert "embargo" not in tmux.history()
    tmux.type("echo still $((40 + 2)) here", "Enter")
    until(lambda: "still 42 here" in tmux.screen(), "the shell answers")
    assert ann.run("contacts").status == 0


def is_only_the_time(shown: str) -> bool:
    """Tell whether nothing is on the screen but hours and minutes."""
    return re.fullmatch(r"\s*\d\d:\d\d\s*", shown) is not None


def test_without_an_alternate_screen_nothing_stays_behind(tmux: Tmux, pair: list[Person]) -> None:
    """T21 in part: a multiplexer that keeps one screen only; after lock and after leaving."""
    ann, ben = pair
    tmux.call("set-option", "-g", "alternate-screen", "off")
    ben.do("send", "ann", "the embargo ends at eleven")
    tmux.start(command(ann))
    until(lambda: "embargo" in tmux.screen(), "the message is shown")
    tmux.type("C-l")
    until(lambda: is_only_the_time(tmux.screen()), "it is locked")
    assert "embargo" not in tmux.history()
    tmux.type("C-q")
    until(lambda: "$" in tmux.screen(), "the shell is back")
    assert "embargo" not in tmux.history()
