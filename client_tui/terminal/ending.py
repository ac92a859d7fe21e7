"""Ending although the terminal is gone."""

import os
import select
import signal
import sys
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from types import FrameType
from typing import Final

SIGNALLED: Final = 128
"""Added to the number of a signal, as shells do."""

GRACE: Final = 6.0
"""Seconds after a signal, once the vault is closed, for a terminal that does not read its last writes."""

PATIENCE: Final = 20.0
"""Seconds after a signal for everything together: saving, closing the vault, the last writes."""


def tell_of_loss(tell: Callable[[], object]) -> None:
    """Call `tell`, from another thread, as soon as the terminal that we read from is closed.

    Who does not lead the session is sent no hang-up; and what reads keys would read the end again and again.
    """
    descriptor = sys.__stdin__.fileno() if sys.__stdin__ is not None else 0
    if os.isatty(descriptor):
        threading.Thread(target=_wait_for_loss, args=(descriptor, tell), daemon=True).start()


def _wait_for_loss(descriptor: int, tell: Callable[[], object]) -> None:
    poller = select.poll()
    poller.register(descriptor, 0)
    while not any(event & select.POLLHUP for _descriptor, event in poller.poll()):
        pass
    tell()


def forget_lost_terminal() -> None:
    """Let what a terminal that is gone did not take go nowhere.

    Python would try once more as it ends, and end with a status of its own.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def end_soon(status: int, seconds: float = GRACE) -> None:
    """End this process with `status` after some seconds, whatever blocks it by then.

    When the window is closed, what restores the terminal is written to nobody and may wait for
    ever. Call this once everything that matters is on disk and closed, or with `PATIENCE` for it: the
    vault bears being left at any moment (Spec: ST-6).
    """
    timer = threading.Timer(seconds, os._exit, (status,))
    timer.daemon = True
    timer.start()


def hear_signals(loop: AbstractEventLoop, tell: Callable[[int], object]) -> None:
    """Have `tell` called in `loop` with the exit status when a signal ends us.

    A loop that waits for ever hears nothing: then the system ends this process, since threads and timers of
    ours are no use where the only thread that starts them is stuck.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, tell, SIGNALLED + number)
        # In place of the handler that does nothing: the loop is told by other means.
        signal.signal(number, _end_at_last)


def _end_at_last(number: int, frame: FrameType | None) -> None:
    del number, frame
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(PATIENCE + GRACE))
