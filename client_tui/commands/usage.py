"""A command line whose complaints are diagnostics like all others: one filtered sentence."""

import argparse
import sys
from typing import NoReturn

from client_tui.commands.output import tell
from client_tui.commands.status import USAGE


class CommandLine(argparse.ArgumentParser):
    """Reads arguments; its subcommands are of the same kind."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave; the inherited way prints the words of the caller as they came."""
        tell(f"{message} (`{self.prog} --help` says more)")
        raise SystemExit(USAGE)


class ShowVersion(argparse.Action):
    """`--version`: what was installed."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Print the version, and leave."""
        # Here, because reading what is installed takes as long as everything else that a start imports.
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # see above

        try:
            number = version("securemsg")
        except PackageNotFoundError:
            number = "(not installed)"
        sys.stdout.write(f"{parser.prog} {number}\n")
        parser.exit()
