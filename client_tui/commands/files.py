"""`securemsg files`: what was sent and received, from the vault."""

import argparse

from client_tui.commands.attachments import listed
from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.seconds import count
from client_tui.commands.status import DONE
from client_tui.text.language import _
from securemsg.client import Profile
from securemsg.client.views import MessageView

USUAL = 50
"""Files shown unless told otherwise: a screen or two."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "contact",
        metavar="CONTACT",
        nargs="?",
        help=_("only those of one; an alias, or the beginning of an id"),
    )
    parser.add_argument(
        "--limit", type=count, default=USUAL, metavar="N", help=_("at most so many, the latest (50)")
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print the latest files, oldest first."""

    def look(profile: Profile) -> list[MessageView]:
        chosen = arguments.contact
        contact = None if chosen is None else profile.find_contact(chosen).contact
        return profile.files(contact, limit=arguments.limit)

    for message in reversed(offline(context, look)):
        if message.file is not None:
            context.output.put(*listed(message, message.file))
    return DONE
