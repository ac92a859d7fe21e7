"""`securemsg add`: a contact from a link."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("link", metavar="LINK", help=_("the contact link; white space in it is ignored"))
    parser.add_argument("--name", default="", metavar="ALIAS", help=_("how you call this contact"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Add the contact and say how to call and verify it."""
    added = offline(context, lambda profile: profile.add_contact(arguments.link, arguments.name))
    alias = safe_name(added.alias)
    context.output.put(
        {"contact": added.alias, "account": added.account, "trust": added.trust.value},
        SafeText(
            _("Added {alias}. Compare safety numbers with `securemsg verify` when you can.").format(
                alias=alias
            )
        ),
    )
    return DONE
