"""Failures that nobody foresaw print no value of any variable (CL-12)."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from client_tui.commands.seconds import seconds
from client_tui.terminal.crash import scrubbed
from securemsg.errors import LocalError
from tests.client_tui.people import client
from tests.support.programs import environment

CANARY = "canary-passphrase-7731"

BROKEN_COMMAND = f"""
import sys
from client_tui import main
from client_tui.commands import contacts

def run(context, arguments):
    secret = {CANARY!r}
    raise RuntimeError(secret)

contacts.run = run
sys.exit(main.main(["contacts"]))
"""

BROKEN_HOOK = f"""
from client_tui.terminal.crash import guard_against_leaks
guard_against_leaks()
secret = {CANARY!r}
raise RuntimeError(secret)
"""


@pytest.mark.parametrize("script", [BROKEN_COMMAND, BROKEN_HOOK])
def test_a_crash_says_where_and_nothing_else(script: str) -> None:
    """T20: a command that fails, and a failure outside of every door."""
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=False
    )
    assert answer.returncode == 1
    assert CANARY not in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "RuntimeError" in answer.stderr


class Telling(Exception):  # noqa: N818 - stands for what libraries raise
    """An exception with a rich form, which would be printed in full."""

    def __rich__(self) -> str:
        """Return what must not be printed."""
        return CANARY


async def crash_screen(home: Path, kind: type[Exception]) -> None:
    """Let the application fail inside a message handler that holds a secret."""

    def fail() -> None:
        secret = CANARY
        raise kind(secret)

    async with client(home) as (app, pilot):
        app.call_later(fail)
        await pilot.pause(0.2)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [RuntimeError, Telling])
async def test_a_crash_of_the_screen_prints_no_local_variables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: type[Exception]
) -> None:
    """T20: the inherited way prints them all, and whatever an exception says of itself."""
    with pytest.raises(kind):
        await crash_screen(tmp_path / "new", kind)
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
    assert f"Internal error ({kind.__name__}" in printed.err


def test_what_the_library_says_on_purpose_is_said() -> None:
    nested = ExceptionGroup(
        "several", [ExceptionGroup("inner", [LocalError("The disk is full: make room.")])]
    )
    assert scrubbed(nested) == "The disk is full: make room."


def test_the_place_of_a_failure_is_named() -> None:
    with pytest.raises(argparse.ArgumentTypeError) as caught:
        seconds("soon")
    assert scrubbed(caught.value).startswith(
        "Internal error (ArgumentTypeError at client_tui/commands/seconds.py:"
    )


def test_nothing_dumps_core() -> None:
    script = (
        "import resource; from client_tui.terminal.crash import guard_against_leaks; guard_against_leaks();"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=True
    )
    assert answer.stdout == "(0, 0)\n"


FIRST_FILE = """
import os, sys
from client_tui.terminal.crash import guard_against_leaks
guard_against_leaks()
print("for nobody", file=sys.stderr)
sys.exit(os.open(sys.executable, os.O_RDONLY))
"""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_file_takes_the_place_of_a_closed_stream(closed: str) -> None:
    """What is said would be written into it."""
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", FIRST_FILE]
    answer = subprocess.run(command, capture_output=True, env=environment(), check=False)
    assert answer.returncode > 2
    assert answer.stdout == b""


@pytest.mark.parametrize(
    ("arguments", "unbuffered"), [("--plain --demo", ""), ("--help", ""), ("--help", "1"), ("--version", "")]
)
def test_what_cannot_be_printed_is_a_refusal_with_a_sentence(arguments: str, unbuffered: str) -> None:
    """A status of Python's own would tell nobody that the disk is full."""
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "client_tui", *arguments.split()],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment() | {"PYTHONUNBUFFERED": unbuffered},
            timeout=60,
        )
    assert answer.returncode == 1
    assert answer.stderr.startswith("securemsg: ")
    assert answer.stderr.count("\n") == 1
    assert "Internal error" not in answer.stderr
