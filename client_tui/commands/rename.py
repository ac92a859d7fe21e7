"""`securemsg rename`: another name for a contact; only you see it."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name
from securemsg.client import Profile
from securemsg.client.views import ConversationView


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))
    parser.add_argument("alias", metavar="ALIAS", help=_("how you call this contact"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Rename the contact."""

    def work(profile: Profile) -> ConversationView:
        return profile.rename(profile.find_contact(arguments.contact).contact, arguments.alias)

    view = offline(context, work)
    said = _("Now called {alias}.").format(alias=safe_name(view.alias))
    context.output.put({"contact": view.alias, "account": view.account}, SafeText(said))
    return DONE
