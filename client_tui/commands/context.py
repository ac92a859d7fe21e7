"""What every command gets: which home, which passphrase file, where to answer."""

import argparse
import os
from pathlib import Path
from typing import NamedTuple

from client_tui.commands.output import JsonLines, Output, PlainLines

HOME_VARIABLE = "SECUREMSG_HOME"
PASSPHRASE_VARIABLE = "SECUREMSG_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable that names a file


class Context(NamedTuple):
    """The options before the subcommand, with the environment and defaults filled in."""

    home: Path
    passphrase_file: Path | None
    output: Output


def context_of(arguments: argparse.Namespace) -> Context:
    """Return the context that the command line and the environment describe."""
    home = arguments.home or os.environ.get(HOME_VARIABLE)
    secret = arguments.passphrase_file or os.environ.get(PASSPHRASE_VARIABLE)
    output: Output = JsonLines() if getattr(arguments, "json", None) else PlainLines()
    return Context(Path(home) if home else _usual_home(), Path(secret) if secret else None, output)


def _usual_home() -> Path:
    """Return where the library keeps a home unless told otherwise."""
    # Not asked of the library itself: it is loaded while the person types the passphrase.
    from platformdirs import user_data_dir  # noqa: PLC0415 - a few milliseconds that `--home` need not pay

    return Path(user_data_dir("securemsg", appauthor=False))
