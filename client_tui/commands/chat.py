"""`securemsg chat`: the terminal client; the first run guides through the set-up."""

import argparse

from client_tui.commands.context import Context


def declare(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""
    del parser


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Open the client on this terminal and stay until it is left."""
    # What is imported here decides how soon the first word is on the screen.
    if arguments.demo:
        from client_tui.demo.entrance import run_demo  # noqa: PLC0415 - see above

        return run_demo()
    from client_tui.boot import run_screen  # noqa: PLC0415 - see above

    return run_screen(context)
