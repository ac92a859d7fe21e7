"""The terminal driver: Textual's own, which also takes the conversation off the screen when it leaves."""

import os
import termios

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from client_tui.terminal.ending import forget_lost_terminal
from client_tui.terminal.multiplexer import keeps_what_is_drawn
from client_tui.terminal.writer import TerminalWriter

MOST_ROWS = 1_000
"""Rows erased at most: no screen has more, and a window size comes from outside."""


FORGET_HISTORY = "\x1b[3J"
"""Erases what has scrolled away."""

NO_MOVES = "\x1b[?1003l\x1b[?1000h"
"""Ends the reports of every move and keeps those of buttons."""


class WipingDriver(LinuxDriver):
    """Erases every row before the alternate screen is left.

    Multiplexers set up without an alternate screen would otherwise keep the last picture. Row by row, because
    an erase of the whole display pushes its content into the scrollback of some.
    """

    follows_mouse = True
    """Whether the terminal tells of every move of the mouse, not of clicks only."""

    _writer: TerminalWriter | None = None

    @property
    def _writer_thread(self) -> WriterThread | None:
        """The thread that writes: ours, where Textual sets its own."""
        return self._writer

    @_writer_thread.setter
    def _writer_thread(self, thread: WriterThread | None) -> None:
        self._writer = None if thread is None else TerminalWriter(thread._file)  # noqa: SLF001 - it never ran

    @property
    def is_behind(self) -> bool:
        """Whether the terminal has not read yet what was drawn before."""
        return self._writer is not None and self._writer.is_behind

    def write(self, data: str) -> None:
        """Write, unless the terminal is gone: nobody empties the queue of its writer then."""
        if not self._is_gone():
            super().write(data)

    def close(self) -> None:
        """Wait for the writer, unless it has ended with the terminal."""
        if not self._is_gone():
            super().close()
        forget_lost_terminal()

    def _is_gone(self) -> bool:
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return True
        return False

    def stop_application_mode(self) -> None:
        """Erase, then restore the terminal."""
        self.write(erased(self._app.size.height))
        if keeps_what_is_drawn(os.environ):
            self.write(FORGET_HISTORY)
        super().stop_application_mode()

    def wipe(self) -> None:
        """Erase the screen, and what was kept of earlier ones."""
        self.write(erased(self._app.size.height) + FORGET_HISTORY)
        self.flush()

    def _enable_mouse_support(self) -> None:
        super()._enable_mouse_support()
        if self._mouse and not self.follows_mouse:
            self.write(NO_MOVES)
            self.flush()


def erased(rows: int) -> str:
    """Return what erases `rows` rows and goes to the top."""
    lines = "".join(f"\x1b[{row};1H\x1b[2K" for row in range(1, min(rows, MOST_ROWS) + 1))
    # The terminal may have more rows by now than we were told.
    return f"\x1b[0m{lines}\x1b[2;1H\x1b[J\x1b[H"
