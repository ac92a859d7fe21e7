"""The terminal while the passphrase is asked for: no echo, a screen of our own, and all of it given back."""

import contextlib
import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

SIGNALLED = 128
"""Added to the number of a signal, as shells do."""

GRACE = 4
"""Seconds for that."""

READ_AT_ONCE = 256

SECOND_SCREEN, FIRST_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
PLAIN = "\x1b[0m"
MOST_ROWS = 1_000
"""Rows erased at most: no screen has more, and a window size comes from outside."""

_LOCAL_FLAGS = 3
_INPUT_FLAGS = 0
_CONTROLS = 6


class Terminal:
    """Standard input and output as one terminal."""

    def __init__(self) -> None:
        """Use the terminal of this process."""
        self._input, self._output = sys.stdin.fileno(), sys.stdout.fileno()
        self._chunk = bytearray(READ_AT_ONCE)
        self.speaks_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"

    @contextlib.contextmanager
    def given_back(self) -> Iterator[None]:
        """Give the terminal back as it was, however the block ends; signals that end us unwind it.

        What runs in the block may bring handlers of its own; until then these hold.
        """
        before = termios.tcgetattr(self._input)
        replaced = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        except BaseException:
            self.leave_screen()
            raise
        finally:
            for number, handler in replaced.items():
                signal.signal(number, handler)
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._input, termios.TCSADRAIN, before)

    @contextlib.contextmanager
    def taken(self, resized: Callable[[], None]) -> Iterator[None]:
        """Switch echo and keys that make signals off for the block, on a screen of our own.

        The screen stays ours when the block ends well, so that what follows paints over it without a flash.
        """
        before = termios.tcgetattr(self._input)
        replaced = signal.signal(signal.SIGWINCH, lambda _number, _frame: resized())
        try:
            termios.tcsetattr(self._input, termios.TCSADRAIN, _silent(before))
            self.write(SECOND_SCREEN)
            yield
        except BaseException:
            self.erase()
            self.leave_screen()
            raise
        finally:
            signal.signal(signal.SIGWINCH, replaced)
            with contextlib.suppress(termios.error):
                # What was typed after Enter is dropped: nobody saw where it would go.
                termios.tcsetattr(self._input, termios.TCSAFLUSH, before)

    def erase(self) -> None:
        """Erase every row: an erase of the whole display pushes its content into the scrollback of some."""
        rows = min(self.size()[1], MOST_ROWS)
        self.write(PLAIN + "".join(f"\x1b[{row};1H\x1b[2K" for row in range(1, rows + 1)) + "\x1b[H")

    def leave_screen(self) -> None:
        """Go back to the screen of the shell, which is as it was."""
        self.write(FIRST_SCREEN)

    def write(self, text: str) -> None:
        """Write to the terminal; to one that is gone nothing is written."""
        with contextlib.suppress(OSError):
            os.write(self._output, text.encode("utf-8" if self.speaks_utf8 else "ascii", "replace"))

    def size(self) -> tuple[int, int]:
        """Return columns and rows, at least one of each."""
        try:
            columns, rows = os.get_terminal_size(self._output)
        except OSError:
            return 80, 24
        return max(columns, 1), max(rows, 1)

    def has_input(self, seconds: float) -> bool:
        """Wait at most so long; tell whether there is something to read."""
        return bool(select.select([self._input], [], [], max(seconds, 0))[0])

    @contextlib.contextmanager
    def read(self) -> Iterator[memoryview]:
        """Wait for bytes and lend them for the block, none when the terminal is gone; then overwrite them."""
        try:
            count = os.readv(self._input, [self._chunk])
        except OSError:
            count = 0
        try:
            yield memoryview(self._chunk)[:count]
        finally:
            for place in range(count):
                self._chunk[place] = 0


def _silent(before: list[Any]) -> list[Any]:
    """Return the attributes without echo, lines, and keys that make signals."""
    attributes = [*before]
    attributes[_LOCAL_FLAGS] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    attributes[_INPUT_FLAGS] &= ~(termios.ICRNL | termios.IXON)
    attributes[_CONTROLS] = [*before[_CONTROLS]]
    attributes[_CONTROLS][termios.VMIN], attributes[_CONTROLS][termios.VTIME] = 1, 0
    return attributes


def _end(number: int, frame: FrameType | None) -> None:
    """End the process by unwinding it, so that the terminal is given back.

    A thread that waits for keys may outlive that, and code that runs for the garbage collector swallows
    what is raised in it: then the system ends the process. Nothing is unsaved before the screen is there.
    """
    del frame
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(GRACE)
    raise SystemExit(SIGNALLED + number)
