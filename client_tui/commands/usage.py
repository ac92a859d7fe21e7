"""A command line whose complaints are diagnostics like all others: one filtered sentence."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from client_tui.commands.output import tell
from client_tui.commands.status import USAGE
from client_tui.text.language import N_, _, ngettext
from client_tui.text.safe import safe_line

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

NARROW = 80
"""Columns of a piece of help that nobody reads."""

COMMAND = "COMMAND"
"""How the place of a command is called."""

WORD = 40
"""Characters of a word that is no command."""

SAID_BY_ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("expected one argument"),
    N_("ignored explicit argument %r"),
    N_("not allowed with argument %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)
"""What the standard library says of a command line, for the catalogues."""

# It looks texts up in a catalogue of its own, which few systems have: ours is asked instead.
vars(argparse).update(_=_, ngettext=ngettext)


class CommandLine(argparse.ArgumentParser):
    """Reads arguments; its subcommands are of the same kind."""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Name no list of commands to who pasted a link without its beginning."""
        if action.metavar == COMMAND and value not in (action.choices or ()):
            words = _("`{word}` is neither a command nor an invitation, which begins with securemsg:")
            raise argparse.ArgumentError(None, words.format(word=safe_line(str(value), WORD)))
        super()._check_value(action, value)

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Print help; the inherited way keeps quiet about a disk that is full."""
        (file or sys.stderr).write(message)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave; the inherited way prints the words of the caller as they came."""
        more = _("`{command} --help` says more").format(command=self.prog)
        tell(f"{message} ({more})")
        raise SystemExit(USAGE)


def help_shape(words: Sequence[str]) -> Callable[..., argparse.HelpFormatter]:
    """Return what shapes the help: as wide as the terminal, where help is among `words`.

    The standard library shapes a piece of help for every argument that is declared, to see that it can,
    and loads everything that packs files for the width alone: a tenth of the time to the first word.
    """
    asked = any(word == "-h" or word.startswith("--he") for word in words)
    return argparse.HelpFormatter if asked else partial(argparse.HelpFormatter, width=NARROW)


class ShowVersion(argparse.Action):
    """`--version`: what was installed."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> NoReturn:
        """Print the version, and leave."""
        # Here, because reading what is installed takes as long as everything else that a start imports.
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # see above

        try:
            number = version("securemsg")
        except PackageNotFoundError:
            number = _("(not installed)")
        sys.stdout.write(f"{parser.prog} {number}\n")
        parser.exit()
