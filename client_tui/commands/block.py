"""`securemsg block`: hear nothing of a contact any more, and tell nothing."""

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
    parser.epilog = _("What they write is dropped, and your relay refuses the way in that you gave them.")
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Block the contact, and have the relay refuse its token."""

    def work(profile: Profile) -> ConversationView:
        return profile.block(profile.find_contact(arguments.contact).contact)

    view = change(context, work)
    said = _("{alias} is blocked.").format(alias=safe_name(view.alias))
    context.output.put({"contact": view.alias, "blocked": view.blocked}, SafeText(said))
    return DONE
