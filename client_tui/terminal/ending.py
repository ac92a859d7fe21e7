"""Ending although the terminal is gone."""

import errno
import os
import sys
import termios
import threading
from typing import Final

GRACE: Final = 3.0
"""Seconds for the last writes to a terminal that a signal ended."""

PATIENCE: Final = 20.0
"""Seconds after a signal for everything together: saving, closing the vault, the last writes."""


def terminal_is_gone() -> bool:
    """Tell whether the terminal that we read from was closed, whether or not a signal told so."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)
    except termios.error as error:
        return bool(error.args) and error.args[0] == errno.EIO
    return False


def end_soon(status: int, seconds: float = GRACE) -> None:
    """End this process with `status` after some seconds, whatever blocks it by then.

    When the window is closed, what restores the terminal is written to nobody and may wait for
    ever. Call this once everything that matters is on disk and closed, or with `PATIENCE` for it: the
    vault bears being left at any moment (Spec: ST-6).
    """
    timer = threading.Timer(seconds, os._exit, (status,))
    timer.daemon = True
    timer.start()
