"""`securemsg chat`: the terminal client; the first run guides through the set-up."""

import argparse
import sys

from client_tui.commands.asking import read_passphrase
from client_tui.commands.context import Context
from securemsg.errors import LocalError


def declare(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""
    del parser


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Open the client on this terminal and stay until it is left."""
    del arguments
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LocalError("The client needs a terminal; scripts use the other commands (`securemsg --help`).")
    from client_tui.app import Start, run_client  # noqa: PLC0415 - Textual costs 0.4 s that other commands need not pay

    secret = read_passphrase(context.passphrase_file) if context.passphrase_file else None
    return run_client(Start(home=context.home, passphrase=secret))
