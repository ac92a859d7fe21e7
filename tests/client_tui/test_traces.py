"""What stays in a terminal without an alternate screen that was resized, however the client ends (T21)."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.client_tui.tmux import Tmux
from tests.support.programs import environment, until

SAID = "Vacancy rate"
"""Of a conversation of the invented campaign."""

PROGRAM = """
import asyncio, os, signal, sys
from client_tui.app import SecureApp, Start
from client_tui.demo.entrance import staged_home

class Failing(SecureApp):
    async def on_mount(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.call_later, self.fail)
        open(sys.argv[1], "w").write(str(os.getpid()))

    def fail(self):
        secret = "canary-7731"
        raise RuntimeError(secret)

with staged_home() as (home, profile, engine):
    Failing(Start(home=home, profile=profile, engine=engine)).run()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_nothing_readable_stays_in_the_scrollback(tmux: Tmux, tmp_path: Path, number: signal.Signals) -> None:
    """T21, T20: after SIGTERM, a hang-up, and a failure that nobody foresaw."""
    script, told = tmp_path / "failing.py", tmp_path / "pid"
    script.write_text(PROGRAM)
    tmux.call("set-option", "-g", "alternate-screen", "off")
    kept = [f"PYTHONPATH={environment()['PYTHONPATH']}", "SECUREMSG_LANGUAGE=en"]
    tmux.start(["env", *kept, sys.executable, str(script), str(told)])
    until(lambda: "Okafor" in tmux.screen(), "the conversations are shown")
    tmux.type("C-k")
    until(lambda: "Go to" in tmux.screen(), "one is asked where to go")
    tmux.type("Okafor", "Enter")
    until(lambda: SAID in tmux.screen(), "a conversation is open")
    for size in (("70", "12"), ("120", "36"), ("90", "16")):
        tmux.call("resize-window", "-x", size[0], "-y", size[1])
    os.kill(int(told.read_text()), number)
    until(lambda: tmux.screen().rstrip().endswith("$"), "the shell is back")
    left = tmux.history()
    assert [word for word in (SAID, "Okafor", "canary", "Traceback") if word in left] == []
    assert ("Internal error (RuntimeError" in left) == (number is signal.SIGUSR1)
