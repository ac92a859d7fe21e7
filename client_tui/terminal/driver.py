"""The terminal driver: Textual's own, which also takes the conversation off the screen when it leaves."""

import termios

from textual.drivers.linux_driver import LinuxDriver

MOST_ROWS = 1_000
"""Rows erased at most: no screen has more, and a window size comes from outside."""


class WipingDriver(LinuxDriver):
    """Erases every row before the alternate screen is left.

    Multiplexers set up without an alternate screen would otherwise keep the last picture. Row by row, because
    an erase of the whole display pushes its content into the scrollback of some.
    """

    def write(self, data: str) -> None:
        """Write, unless the terminal is gone: nobody empties the queue of its writer then, and it blocks."""
        if not self._is_gone():
            super().write(data)

    def close(self) -> None:
        """Wait for the writer, unless it has ended with the terminal."""
        if not self._is_gone():
            super().close()

    def _is_gone(self) -> bool:
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return True
        return False

    def stop_application_mode(self) -> None:
        """Erase, then restore the terminal."""
        self.write(erased(self._app.size.height))
        super().stop_application_mode()


def erased(rows: int) -> str:
    """Return what erases `rows` rows and goes to the top."""
    lines = "".join(f"\x1b[{row};1H\x1b[2K" for row in range(1, min(rows, MOST_ROWS) + 1))
    return f"\x1b[0m{lines}\x1b[H"
