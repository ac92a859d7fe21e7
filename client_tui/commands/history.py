"""`securemsg history`: one conversation, from the vault."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.messages import KEYS, message_line, message_record
from client_tui.commands.opening import offline
from client_tui.commands.seconds import count
from client_tui.commands.status import DONE
from client_tui.text.language import _
from securemsg.client import Profile
from securemsg.client.views import MessageView

USUAL = 50
"""Messages shown unless told otherwise: a screen or two."""

PAGE = 500
"""Messages read from the vault at once."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(KEYS)
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))
    parser.add_argument(
        "--limit", type=count, default=USUAL, metavar="N", help=_("at most so many, the latest (50)")
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print the latest messages, oldest first."""
    for message in offline(context, lambda profile: latest(profile, arguments.contact, arguments.limit)):
        context.output.put(message_record(message), message_line(message))
    return DONE


def latest(profile: Profile, selector: str, limit: int) -> list[MessageView]:
    """Return the latest `limit` messages of a conversation, oldest first."""
    contact = profile.find_contact(selector).contact
    pages: list[list[MessageView]] = []
    left, before = limit, None
    while left and (page := profile.messages(contact, before=before, limit=min(left, PAGE))):
        pages.append(page)
        left -= len(page)
        before = page[0].row
    return [message for page in reversed(pages) for message in page]
