"""`securemsg unblock`: hear a contact again."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.leaving import change
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name
from securemsg.client import Profile
from securemsg.client.views import ConversationView


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _("They learn a new way in to your mailbox at once; what they wrote meanwhile is lost.")
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Unblock the contact, and give it a new token."""

    def work(profile: Profile) -> ConversationView:
        return profile.unblock(profile.find_contact(arguments.contact).contact)

    view = change(context, work)
    said = _("{alias} is heard again.").format(alias=safe_name(view.alias))
    context.output.put({"contact": view.alias, "blocked": view.blocked}, SafeText(said))
    return DONE
