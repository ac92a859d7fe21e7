"""Programs that run beside the client and end with it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from securemsg.errors import LocalError

PATIENCE = 10.0
"""Seconds in which a program that was asked to end may finish its work."""


@contextmanager
def beside(arguments: Sequence[str], log: Path) -> Iterator[dict[str, str]]:
    """Run `python ARGUMENTS` for the length of the block; yields the JSON object of its first line.

    Its diagnostics go to `log`. It gets a session of its own, so that Ctrl+C in the terminal is ours.
    """
    with log.open("ab") as diagnostics:
        program = subprocess.Popen(  # noqa: S603 - our own programs, no shell
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=diagnostics,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield _first_line(program, log)
    finally:
        _end(program)


def _first_line(program: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    line = program.stdout.readline() if program.stdout is not None else b""
    if not line:
        raise LocalError(f"A program of the demonstration did not start; the reason is in {log}.")
    answer: dict[str, str] = json.loads(line)
    return answer


def _end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
    if program.stdout is not None:
        program.stdout.close()
