"""`securemsg delete`: forget a contact, or what was said with one; on this device only."""

import argparse
import sys

from client_tui.commands.asking import agreed
from client_tui.commands.context import Context
from client_tui.commands.leaving import change
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name
from securemsg.client import Profile
from securemsg.errors import LocalError


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "With the contact go its messages, its sessions and their keys, and the way in that you gave it."
        " The other side keeps what it has."
    )
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))
    parser.add_argument(
        "--conversation-only", action="store_true", help=_("erase what was said, keep the contact")
    )
    parser.add_argument("--yes", action="store_true", help=_("do not ask"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Erase after asking."""
    view = offline(context, lambda profile: profile.find_contact(arguments.contact))
    alias = safe_name(view.alias)
    if not arguments.yes:
        _ask(alias)
    record = {
        "contact": view.alias,
        "account": view.account,
        "conversation_only": arguments.conversation_only,
    }
    if arguments.conversation_only:
        offline(context, lambda profile: profile.delete_conversation(view.contact))
        said = _("The conversation with {alias} is erased here.").format(alias=alias)
    else:

        def work(profile: Profile) -> None:
            profile.delete_contact(view.contact)

        change(context, work)
        said = _("{alias} is forgotten here.").format(alias=alias)
    context.output.put(record, SafeText(said))
    return DONE


def _ask(alias: str) -> None:
    if not sys.stdin.isatty():
        raise LocalError(_("There is no terminal to ask whether this is meant: give --yes."))
    if not agreed(_("Erase this of {alias} for ever? Type y to go on: ").format(alias=alias)):
        raise LocalError(_("Nothing was erased."))
