"""`securemsg chat`: the terminal client; the first run guides through the set-up."""

import argparse
import os
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module

from client_tui.commands.context import Context
from client_tui.doorstep.welcome import welcomed
from client_tui.settings import load_settings, settings_file
from client_tui.text.language import _, language_of, use_language
from securemsg.errors import LocalError

PLAIN_VARIABLE = "SECUREMSG_PLAIN"

PLAY = "client_tui.demo.entrance"

POOR_TERMINALS = (None, "", "dumb", "unknown")
"""Values of TERM that promise nothing: no cursor can be moved there."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "invitation",
        metavar="INVITATION",
        nargs="*",
        help=_("the link that you were sent, for the first run; it may be in pieces"),
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Open the client on this terminal and stay until it is left."""
    settings = load_settings(settings_file(os.environ))
    use_language(language_of(os.environ, settings.language))
    # What is imported here decides how soon the first word is on the screen.
    if arguments.plain or settings.plain or wants_lines(os.environ):
        from client_tui.plain.entrance import run_plain  # noqa: PLC0415 - see above

        return run_plain(context, demo=arguments.demo)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LocalError(
            _("The client needs a terminal; scripts use the other commands (`securemsg --help`).")
        )
    if arguments.demo:
        return welcomed(partial(import_module, PLAY), lambda entrance: int(entrance.run_demo()))
    from client_tui.boot import run_screen  # noqa: PLC0415 - see above

    return run_screen(context, "".join(getattr(arguments, "invitation", ())))


def wants_lines(environment: Mapping[str, str]) -> bool:
    """Tell whether to chat line by line: asked for, or on a terminal that can do nothing else."""
    return environment.get(PLAIN_VARIABLE, "0") not in {"", "0"} or environment.get("TERM") in POOR_TERMINALS
