"""A command line whose complaints are diagnostics like all others: one filtered sentence."""

import argparse
from typing import NoReturn

from client_tui.commands.output import tell
from client_tui.commands.status import USAGE


class CommandLine(argparse.ArgumentParser):
    """Reads arguments; its subcommands are of the same kind."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave; the inherited way prints the words of the caller as they came."""
        tell(f"{message} (`{self.prog} --help` says more)")
        raise SystemExit(USAGE)
