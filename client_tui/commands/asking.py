"""What a command asks for: a passphrase (from a file or the terminal: CL-12), or whether to go on."""

import getpass
import stat
import sys
from pathlib import Path

from client_tui.commands.output import tell
from client_tui.text.language import _
from client_tui.text.passphrase import ADVICE, complaint, strength
from securemsg.errors import LocalError

LONGEST = 4_096
"""Bytes read from a passphrase file: somebody who names a device by mistake gets an answer."""

TERMINAL = Path("/dev/tty")


def known_passphrase(file: Path | None) -> str:
    """Return the passphrase of an existing home; raises `LocalError` where there is no way to ask."""
    return read_passphrase(file) if file is not None else _ask(_("Passphrase: "))


def new_passphrase(file: Path | None) -> str:
    """Return an acceptable passphrase for a new home: from `file`, or asked twice."""
    if file is not None:
        chosen = read_passphrase(file)
        if why := complaint(chosen):
            raise LocalError(
                _("The passphrase is not good enough. {why} {advice}"), why=why, advice=_(ADVICE)
            )
        return chosen
    while True:
        chosen = _ask(_("Choose a passphrase (it protects this device; nobody can recover it): "))
        if why := complaint(chosen):
            tell(f"{why} {_(ADVICE)}")
            continue
        tell(_("Strength: {word}.").format(word=_(strength(chosen))))
        if _ask(_("The same once more: ")) == chosen:
            return chosen
        tell(_("The two differ; again, please."))


def agreed(question: str) -> bool:
    """Ask on the terminal; tells whether the answer is yes, in either language."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "o"}


def read_passphrase(file: Path) -> str:
    """Return the first line of `file`; says so where others may read it."""
    try:
        with file.open("rb") as stream:
            mode = file.stat().st_mode
            text = stream.read(LONGEST + 1).decode()
    except (OSError, UnicodeDecodeError, ValueError):
        raise LocalError(
            _("The passphrase file cannot be read as text: check its path and rights.")
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        tell(_("Other users may read the passphrase file: chmod 600 it."))
    line = text.split("\n", 1)[0].removesuffix("\r")
    if not line or len(text) > LONGEST:
        raise LocalError(_("The passphrase file must hold the passphrase in its first line."))
    return line


def _ask(prompt: str) -> str:
    """Ask on the terminal without echo."""
    try:
        TERMINAL.open("rb", buffering=0).close()
    except OSError:
        raise LocalError(
            _("There is no terminal to ask for the passphrase: give --passphrase-file before the command.")
        ) from None
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise LocalError(_("No passphrase was given.")) from None
