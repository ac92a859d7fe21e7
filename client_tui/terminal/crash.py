"""Failures that nobody foresaw: say where, never what variables held (Spec: CL-12)."""

import contextlib
import os
import resource
import sys
import traceback
from pathlib import Path
from types import TracebackType

from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_line
from client_tui.text.sentences import sentence_of
from securemsg.errors import SecuremsgError

PR_SET_DUMPABLE = 4
"""Of prctl(2): without it the kernel writes no core and lets nobody but root attach or read our memory."""

SENTENCE = 400
"""Characters of what is said: a sentence or two."""

PROGRAM_ROOT = Path(__file__).parents[2]


def guard_against_leaks() -> None:
    """Leave no core dump, and no traceback from a door that was left open."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal without UTF-8 shows question marks instead of ending the program.
            stream.reconfigure(errors="replace")
    sys.excepthook = _say


def _fill_closed_streams() -> None:
    """Let closed standard streams lead nowhere: the next file that is opened would take their place.

    What is said would be written into that, a vault perhaps; `print` would say on standard output what is
    meant for a closed standard error.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - until the process ends
            setattr(sys, name, nowhere)


def refuse_tracers() -> None:
    """Let no other program of this user look into our memory, as far as the system offers that (T22).

    What an administrator does, and what is written to a swap that is not encrypted, this does not prevent.
    """
    if sys.platform.startswith("linux"):
        import ctypes  # noqa: PLC0415 - some milliseconds, when there are secrets only

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def first_of(error: BaseException) -> BaseException:
    """Return one plain exception out of nested groups: one sentence is said to the person."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def scrubbed(error: BaseException) -> SafeText:
    """Return one sentence with the kind of `error` and the place in our code, without any value.

    What the library raises on purpose says itself what to do; it may quote foreign text (Spec: CL-9).
    """
    error = first_of(error)
    if isinstance(error, SecuremsgError):
        return safe_line(sentence_of(error), SENTENCE)
    where = f"{type(error).__name__}{_place(error)}"
    said = _("Internal error ({where}). What was stored is safe; please report this line.")
    return SafeText(said.format(where=where))


def _place(error: BaseException) -> str:
    """Return the innermost place in our own code."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__, limit=-50)
        if Path(frame.filename).is_relative_to(PROGRAM_ROOT) and "site-packages" not in frame.filename
    ]
    if not ours:
        return ""
    return f" at {Path(ours[-1].filename).relative_to(PROGRAM_ROOT)}:{ours[-1].lineno}"


def _say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del trace
    if not issubclass(kind, KeyboardInterrupt):
        sys.stderr.write(f"securemsg: {scrubbed(error)}\n")
