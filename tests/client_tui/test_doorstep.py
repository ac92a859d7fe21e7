"""The question for the passphrase that comes before everything else."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_tui.boot import Doorstep
from client_tui.commands.context import _usual_home
from client_tui.doorstep.loading import LIBRARY, SCREEN, Loading
from client_tui.doorstep.strokes import Keyboard, Stroke
from client_tui.doorstep.terminal import Terminal
from client_tui.doorstep.typed import LONGEST, Typed
from securemsg.client import default_home
from securemsg.client.clock import system_clock
from securemsg.client.rehearsal import rehearsed_profile
from tests.client_tui.ptys import client_on_pty
from tests.support.programs import environment

PASSPHRASE = "cheval agrafe pile éléphant"  # noqa: S105 - of a home in a temporary folder

HEAVY = ("asyncio", "anyio", "cryptography", "apsw", "textual", "rich", "securemsg.client")

SLOW = ("dataclasses", "inspect", "json", "shutil", "getpass", "ctypes", "tomllib")
"""Of the standard library: each takes a part of the time to the first word that can be seen."""


DIALLING = (
    "securemsg.client.crew",
    "securemsg.client.link",
    "securemsg.client.upkeep",
    "securemsg.client.creation",
    "securemsg.mailbox.answers",
    "securemsg.mailbox.client",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of somebody without contacts."""
    rehearsed_profile(tmp_path / "home", PASSPHRASE, "Ann", system_clock).close()
    return tmp_path / "home"


def typed(text: bytes) -> Typed:
    """Return what is kept of these keys, characters and rubbing out only."""
    kept, keyboard = Typed(), Keyboard()
    for byte in text:
        match keyboard.read(byte):
            case int(character):
                kept.add(character)
            case Stroke.RUB_OUT:
                kept.rub_out()
            case Stroke.CLEAR:
                kept.clear()
            case _:
                pass
    return kept


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_what_is_typed_is_what_is_taken_and_is_gone_then(text: str) -> None:
    kept = typed(text.encode())
    assert len(kept) == len(text)
    assert kept.take() == text
    assert kept._bytes == bytes(LONGEST)
    assert kept.take() == ""


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20))
def test_rubbing_out_removes_whole_characters_and_their_bytes(text: str) -> None:
    kept = typed(text.encode() + b"\x7f")
    assert kept._bytes.rstrip(b"\0") == text[:-1].encode().rstrip(b"\0")
    assert kept.take() == text[:-1]


def test_arrows_and_function_keys_mean_nothing() -> None:
    assert typed(b"a\x1b[Ab\x1bOPc\x1b[1;5Dd\x1b[15~e").take() == "abcde"


def test_escape_alone_does_not_swallow_the_next_key() -> None:
    keyboard = Keyboard()
    assert keyboard.read(0x1B) is None
    keyboard.pause()
    assert keyboard.read(ord("a")) == ord("a")


@given(st.binary(max_size=2_000))
def test_no_bytes_break_the_field(noise: bytes) -> None:
    kept = typed(noise)
    assert len(kept) <= LONGEST
    assert isinstance(kept.take(), str)


def test_nothing_heavy_is_loaded_before_the_question() -> None:
    """Start-up time: what is imported up to the first paint."""
    script = (
        "import sys; from client_tui.main import command_line, module_of;"
        "arguments = command_line(['--home', 'h']).parse_args(['--home', 'h']);"
        "module_of(arguments.command); import client_tui.boot;"
        f"sys.exit(' '.join(name for name in {HEAVY + SLOW!r} if name in sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, check=False
    )
    assert answer.stderr == b"\n"


def test_the_screen_loads_nothing_that_dials() -> None:
    """Start-up time: what an engine needs when it runs comes after the painted conversation."""
    script = (
        f"import sys, client_tui.app;sys.exit(' '.join(name for name in {DIALLING!r} if name in sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, check=False
    )
    assert answer.stderr == b"\n"


def test_nothing_is_loaded_beside_the_question_until_it_is_there() -> None:
    """Start-up time: two threads that load take turns of milliseconds."""
    before = threading.active_count()
    Loading()
    assert threading.active_count() == before


def test_python_ends_after_what_is_loaded() -> None:
    """A module of C that is loaded while the interpreter is taken apart crashes it."""
    script = (
        "import time; from client_tui.doorstep import loading;"
        "loading.import_module = lambda name: (time.sleep(0.1), print(name));"
        "loading.Loading().begin()"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, check=True, text=True
    )
    assert answer.stdout.split() == [LIBRARY, SCREEN]


def test_the_usual_home_is_that_of_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert _usual_home() == default_home()


def test_a_wrong_passphrase_is_asked_for_again_and_the_right_one_opens(home: Path) -> None:
    with client_on_pty("--home", str(home)) as terminal:
        terminal.until("Passphrase:")
        assert not terminal.echoes()
        terminal.write(b"cheval")
        terminal.until("\u2022" * 6)
        terminal.write(b"\r")
        terminal.until("Wrong passphrase; again in 1 second")
        terminal.until("Wrong passphrase.")
        for columns, rows in ((1, 1), (3, 2), (300, 1), (60, 20)):
            terminal.resize(columns, rows)
        terminal.write(PASSPHRASE.encode() + b"\r")
        terminal.until("Nobody here yet")
        terminal.write(b"\x11")
        assert terminal.end() == 0
        assert terminal.echoes()
        assert b"cheval" not in terminal.shown


@pytest.mark.parametrize(("keys", "status"), [(b"\x03", 130), (b"\x04", 0), (b"abc\x15\x04", 0)])
def test_leaving_instead_of_answering_gives_the_terminal_back(home: Path, keys: bytes, status: int) -> None:
    with client_on_pty("--home", str(home)) as terminal:
        terminal.until("Passphrase:")
        terminal.write(keys)
        assert terminal.end() == status
        assert terminal.echoes()
        assert terminal.shown.endswith(b"\x1b[?1049l")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(home: Path, number: signal.Signals) -> None:
    """T21 in part: while the passphrase is typed."""
    with client_on_pty("--home", str(home)) as terminal:
        terminal.until("Passphrase:")
        terminal.write(b"abc")
        terminal.until("\u2022\u2022\u2022")
        os.kill(terminal.program.pid, number)
        assert terminal.end() == 128 + number
        assert terminal.echoes()
        assert terminal.shown.endswith(b"\x1b[?1049l")


def test_who_types_it_again_while_it_opens_is_heard_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest would be written, and sent, to somebody; who typed nothing is not kept waiting."""
    reading, writing = os.pipe()
    later, waits = [b" of it", b"the rest\r"], list[float]()
    with os.fdopen(reading, "rb") as terminal_input, os.fdopen(writing, "wb", buffering=0) as keyboard:

        class Typist(Terminal):
            def has_input(self, seconds: float) -> bool:
                waits.append(seconds)
                if seconds and later:
                    keyboard.write(later.pop(0))
                return super().has_input(0.0)

        monkeypatch.setattr(sys, "stdin", terminal_input)
        terminal = Typist()
        door = Doorstep(terminal, Loading(), home)
        door._hear_out()
        assert waits == [0.0]
        keyboard.write(b"half")
        door._hear_out()
        assert later == []
        assert not terminal.has_input(0.0)


def test_a_signal_ends_the_process_also_where_a_thread_stays() -> None:
    staying = (
        "import os, signal, threading, time; from client_tui.doorstep.terminal import _end;"
        "threading.Thread(target=time.sleep, args=(60,)).start(); signal.signal(signal.SIGTERM, _end);"
        "os.kill(os.getpid(), signal.SIGTERM)"
    )
    ended = subprocess.run([sys.executable, "-c", staying], check=False, timeout=30, env=environment())
    assert ended.returncode == -signal.SIGALRM


def test_a_vault_in_use_is_said_after_the_screen_is_given_back(home: Path) -> None:
    with client_on_pty("--home", str(home)) as first:
        first.until("Passphrase:")
        first.write(PASSPHRASE.encode() + b"\r")
        first.until("Nobody here yet")
        with client_on_pty("--home", str(home)) as second:
            second.until("Passphrase:")
            second.write(PASSPHRASE.encode() + b"\r")
            second.until("\x1b[?1049lsecuremsg: ")
            assert second.end() == 1
            assert second.echoes()


def test_a_terminal_without_utf8_gets_stars(home: Path) -> None:
    """T18: dots would be question marks."""
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    with client_on_pty("--home", str(home), **poor) as terminal:
        terminal.until("Passphrase:")
        terminal.write("né".encode())
        terminal.until("**")
        terminal.write(b"\x03")
        assert terminal.end() == 130


def test_a_passphrase_from_a_file_needs_no_question(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{PASSPHRASE}\n")
    secret.chmod(0o600)
    with client_on_pty("--home", str(home), "--passphrase-file", str(secret)) as terminal:
        terminal.until("Nobody here yet")
        assert b"Passphrase" not in terminal.shown
        terminal.write(b"\x11")
        assert terminal.end() == 0
