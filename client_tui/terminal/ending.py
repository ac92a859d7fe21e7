"""Ending although the terminal is gone."""

import os
import threading
from typing import Final

GRACE: Final = 3.0
"""Seconds for the last writes to a terminal that a signal ended."""


def end_soon(status: int) -> None:
    """End this process with `status` after a moment, whatever blocks it by then.

    When the window is closed, what restores the terminal is written to nobody and may wait for
    ever. Call this once everything that matters is on disk and closed.
    """
    timer = threading.Timer(GRACE, os._exit, (status,))
    timer.daemon = True
    timer.start()
