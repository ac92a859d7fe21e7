"""The thread that writes to the terminal; nobody waits for a terminal that does not read."""

import contextlib
from queue import Queue
from typing import IO, Final

from textual.drivers._writer_thread import WriterThread

MOST_WAITING: Final = 30
"""Writes that may wait before pictures are left out: Textual itself would make everybody wait then."""


class TerminalWriter(WriterThread):
    """Takes whatever it is given at once.

    The terminal of a stopped multiplexer, or of a connection that hangs, reads nothing. Who waited for it
    in the event loop would neither lock nor end when told to: a signal is only heard there. And where such a
    terminal is closed in the end, the thread that writes ends with it and frees nobody who waits.
    """

    def __init__(self, file: IO[str]) -> None:
        """Write to `file`."""
        super().__init__(file)
        self._queue: Queue[str | None] = Queue()

    @property
    def is_behind(self) -> bool:
        """Whether so much waits to be read that nothing more should be drawn now."""
        return self._queue.qsize() >= MOST_WAITING

    def run(self) -> None:
        """Write until told to stop, or until the terminal is gone."""
        with contextlib.suppress(OSError):
            super().run()
