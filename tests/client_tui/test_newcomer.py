"""The first minute: what `make chat` does, with and without a screen."""

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.client_tui.tmux import Tmux
from tests.support.programs import PATIENCE, environment, until

MODULE = [sys.executable, "-m", "client_tui.newcomer"]


def children_of(folder: Path) -> list[str]:
    """Return the command lines of programs that work in `folder`."""
    found = subprocess.run(["pgrep", "-af", str(folder)], capture_output=True, text=True, check=False).stdout
    return [line for line in found.splitlines() if "pgrep" not in line and "tmux" not in line]


def test_without_a_screen_both_sides_of_a_conversation_are_printed(tmp_path: Path) -> None:
    temporary = environment() | {"TMPDIR": str(tmp_path)}
    answer = subprocess.run(
        [*MODULE, "--headless"], capture_output=True, text=True, env=temporary, timeout=PATIENCE, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    yours, echos = answer.stdout.split("in the vault of echo:")
    for side in (yours, echos):
        assert re.search(r"^  you +Hello, is anybody there\?  \((delivered|received)\)$", side, re.MULTILINE)
        assert re.search(
            r"^  echo +You said: Hello, is anybody there\?  \((delivered|received)\)$", side, re.MULTILINE
        )
    assert list(tmp_path.iterdir()) == []
    assert children_of(tmp_path) == []


def test_a_newcomer_chats_within_a_minute_and_comes_back(tmux: Tmux, tmp_path: Path) -> None:
    """Three questions, an answer; at the end nothing runs on, and a second start finds everything."""
    folder = tmp_path / "demo"
    start = ["env", f"PYTHONPATH={environment()['PYTHONPATH']}", *MODULE, "--folder", str(folder)]
    tmux.start(start)
    until(lambda: "the relay 127.0.0.1" in tmux.screen(), "the first run asks, the link is filled in")
    for answer in ("Newcomer", "orange tractor violin", "orange tractor violin"):
        tmux.write(answer)
        time.sleep(0.3)
        tmux.type("Enter")
        time.sleep(0.3)
    until(lambda: "Ready" in tmux.screen(), "the account is made")
    tmux.type("Enter")
    until(lambda: "echo" in tmux.screen() and "Online" in tmux.screen(), "the conversation is open")
    tmux.write("good morning")
    tmux.type("Enter")
    until(lambda: "You said: good morning" in tmux.screen(), "echo answers")
    until(lambda: "delivered" in tmux.screen(), "the message was delivered")
    leave(tmux, folder)
    tmux.start(["clear;", *start])
    until(lambda: "locked" in tmux.screen(), "the second start asks for the passphrase")
    tmux.write("orange tractor violin")
    tmux.type("Enter")
    until(
        lambda: "You said: good morning" in tmux.screen() and "Online" in tmux.screen(), "everything is there"
    )
    leave(tmux, folder)


def test_closing_the_window_ends_the_programs_beside(tmux: Tmux, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    tmux.start(["env", f"PYTHONPATH={environment()['PYTHONPATH']}", *MODULE, "--folder", str(folder)])
    until(lambda: "the relay 127.0.0.1" in tmux.screen(), "the first run asks")
    assert children_of(folder) != []
    tmux.call("new-window", "sleep 1000")
    tmux.call("kill-window", "-t", ":0")
    until(lambda: children_of(folder) == [], "everything has ended")


def leave(tmux: Tmux, folder: Path) -> None:
    """Quit the client; nothing may run on."""
    tmux.type("C-q")
    until(lambda: tmux.screen().rstrip().endswith("$"), "the shell is back")
    assert children_of(folder) == []


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    answer = subprocess.run(
        [*MODULE, "--folder", str(tmp_path / "demo")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert answer.returncode == 1
    assert "HEADLESS=1" in answer.stderr
    assert list(tmp_path.iterdir()) == []
