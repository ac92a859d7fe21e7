"""The command `securemsg`: reads the command line, runs one command, turns every outcome into a status."""

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from client_tui.commands import (
    add,
    chat,
    contacts,
    doctor,
    history,
    init,
    link,
    network,
    receive,
    search,
    send,
    verify,
)
from client_tui.commands.context import context_of
from client_tui.commands.output import tell
from client_tui.commands.status import BROKEN_PIPE, INTERRUPTED, REFUSED
from client_tui.commands.usage import CommandLine, ShowVersion
from client_tui.terminal.crash import guard_against_leaks, scrubbed
from securemsg.errors import LocalError, RemoteError

COMMANDS: tuple[tuple[str, ModuleType, str], ...] = (
    ("chat", chat, "open the terminal client (also without a command)"),
    ("init", init, "create an account on a relay"),
    ("link", link, "print your contact link"),
    ("add", add, "add a contact from a link"),
    ("contacts", contacts, "list contacts"),
    ("send", send, "send a message"),
    ("receive", receive, "fetch and print new messages"),
    ("history", history, "print a conversation"),
    ("search", search, "search all conversations"),
    ("verify", verify, "show or confirm a safety number"),
    ("network", network, "show or set the proxy and the transport"),
    ("doctor", doctor, "check home, vault, relay and clock"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `securemsg ARGV`; returns the exit status, never raises for what happens inside."""
    guard_against_leaks()
    arguments = command_line().parse_args(argv)
    try:
        status: int = arguments.command.run(context_of(arguments), arguments)
        sys.stdout.flush()
    except (LocalError, RemoteError) as error:
        tell(str(error))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has left; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last door: a traceback would print what variables held (CL-12)
        tell(scrubbed(error))
        return REFUSED
    return status


def command_line() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = CommandLine(prog="securemsg", description="End-to-end encrypted messages.")
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="print the version and leave")
    parser.add_argument("--home", metavar="DIR", help="where the account lives (SECUREMSG_HOME)")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="first line is used (SECUREMSG_PASSPHRASE_FILE)"
    )
    parser.set_defaults(command=chat)
    families = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, module, summary in COMMANDS:
        family = families.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
        module.declare(family)
        if module is not chat:
            family.add_argument(
                "--json", action="store_true", help="one JSON object a line, and nothing else"
            )
        family.set_defaults(command=module)
    return parser
