"""Lines out and lines in; what arrives while somebody types never tears the line that they type."""

import asyncio
import os
import select
import sys
import termios
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectSendStream

from client_tui.commands.chat import POOR_TERMINALS
from client_tui.idleness import Idleness, machine_clocks
from client_tui.plain.editor import Editor
from client_tui.text.safe import SafeText

AT_ONCE = 4_096
TELL_PASTES, TELL_NO_PASTES = "\x1b[?2004h", "\x1b[?2004l"
LOCAL_FLAGS, CONTROLS = 3, 6


class Console:
    """Standard input and output."""

    def __init__(self) -> None:
        """Use those of this process; a terminal gets a prompt, a pipe does not."""
        self._input = sys.stdin.fileno()
        self.is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self._editor = Editor()
        self._prompt = ""
        self._idleness = Idleness()

    def is_alone(self, minutes: int) -> bool:
        """Tell whether nobody pressed a key for `minutes`, or the machine slept; behind a pipe is nobody."""
        return self.is_terminal and self._idleness.is_over(machine_clocks(), minutes)

    def drop(self) -> None:
        """Forget the line that is being typed, and go on below it."""
        self._editor, self._prompt = Editor(), ""
        self._write("\n")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """See every key for the length of the block, where there are keys."""
        if not self.is_terminal:
            yield
            return
        before = termios.tcgetattr(self._input)
        try:
            termios.tcsetattr(self._input, termios.TCSADRAIN, _key_by_key(before))
            self._tell_pastes(TELL_PASTES)
            yield
        finally:
            self._tell_pastes(TELL_NO_PASTES)
            with suppress(termios.error):
                termios.tcsetattr(self._input, termios.TCSADRAIN, before)

    def say(self, line: SafeText) -> None:
        """Print one line; a line that is being typed goes on below it, whole."""
        begun = self._editor.shown if self.is_terminal else ""
        before = "\n" if self.is_terminal and (self._prompt or begun) else ""
        self._write(f"{before}{line}\n{self._shown_prompt()}{begun}")

    def answer(self, lines: list[SafeText]) -> None:
        """Print what was asked for; nothing is being typed then."""
        self._write("".join(f"{line}\n" for line in lines))

    def prompt(self, words: SafeText) -> None:
        """Ask for the next line, last of all."""
        self._prompt = words
        self._write(f"{self._shown_prompt()}{self._editor.shown if self.is_terminal else ''}")

    async def lines(self) -> AsyncGenerator[str, None]:
        """Yield what is typed line by line, until the end of the input or until the person leaves."""
        sending, receiving = anyio.create_memory_object_stream[bytes](1)
        self._idleness = Idleness()
        reader = _Reader(self._input, sending)
        reader.start()
        rest = b""
        try:
            async with receiving:
                async for chunk in receiving:
                    if self.is_terminal:
                        self._note_key()
                        echo, lines = self._editor.take(chunk)
                        self._write(echo)
                        if self._editor.left:
                            return
                    else:
                        *whole, rest = (rest + chunk).split(b"\n")
                        lines = [line.decode(errors="replace") for line in whole]
                    for line in lines:
                        self._prompt = ""
                        yield line
            if rest:
                yield rest.decode(errors="replace")
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(reader.end)
            sending.close()

    def _note_key(self) -> None:
        """Note that somebody is there, unless the machine slept: whoever woke it may be another."""
        clocks = machine_clocks()
        if not self._idleness.is_over(clocks, 0):
            self._idleness.touch(clocks)

    def _shown_prompt(self) -> str:
        return f"{self._prompt}> " if self.is_terminal and self._prompt else ""

    def _tell_pastes(self, sequence: str) -> None:
        """Ask the terminal to mark what is pasted, or not, where it understands sequences."""
        if os.environ.get("TERM") not in POOR_TERMINALS:
            self._write(sequence)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


class _Reader(threading.Thread):
    """Reads in a thread of its own, since no event loop waits for regular files, until `end` is called.

    After that it takes nothing: what is typed next may be the passphrase, for somebody else to read.
    """

    def __init__(self, descriptor: int, sending: MemoryObjectSendStream[bytes]) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        self._sending = sending
        self._loop = asyncio.get_running_loop()
        self._ended, self._end = os.pipe()

    def run(self) -> None:
        """Hand over what is read, one piece after the other."""
        with suppress(OSError, RuntimeError, anyio.BrokenResourceError):
            while self._has_more() and (chunk := os.read(self._descriptor, AT_ONCE)):
                asyncio.run_coroutine_threadsafe(self._sending.send(chunk), self._loop).result()
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._sending.close)

    def end(self) -> None:
        """Read no more; returns when that is certain."""
        os.close(self._end)
        self.join()
        os.close(self._ended)

    def _has_more(self) -> bool:
        """Wait for input or the end; tell whether there is input, or the end of it."""
        return self._ended not in select.select([self._descriptor, self._ended], [], [])[0]


def _key_by_key(before: list[Any]) -> list[Any]:
    """Return the attributes without lines and echo; Ctrl+C still makes a signal."""
    attributes = [*before]
    attributes[LOCAL_FLAGS] &= ~(termios.ECHO | termios.ICANON)
    attributes[CONTROLS] = [*before[CONTROLS]]
    attributes[CONTROLS][termios.VMIN], attributes[CONTROLS][termios.VTIME] = 1, 0
    return attributes
