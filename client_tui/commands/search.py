"""`securemsg search`: full text over all conversations, from the vault."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.history import USUAL
from client_tui.commands.messages import message_line, message_record
from client_tui.commands.opening import offline
from client_tui.commands.seconds import count
from client_tui.commands.status import DONE
from client_tui.text.language import _


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "Filters among the words: in:NAME, from:me, from:NAME, before:2026-01-31, after:2026-01-31, has:file"
        " (in French dans: de: avant: apres: a:fichier). A name with a space stands in double quotes."
    )
    parser.add_argument("query", metavar="QUERY", help=_("words that a message contains"))
    parser.add_argument("--limit", type=count, default=USUAL, metavar="N", help=_("at most so many (50)"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print what was found, newest first."""
    for message in offline(context, lambda profile: profile.search(arguments.query, limit=arguments.limit)):
        context.output.put(message_record(message), message_line(message))
    return DONE
