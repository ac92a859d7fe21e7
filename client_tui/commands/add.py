"""`securemsg add`: a contact from a link."""

import argparse
import asyncio
import sys

from client_tui.commands.asking import agreed
from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.pictures.codes import link_in, picture_named
from client_tui.pictures.decoder import Decoder, usual_command
from client_tui.text.introduction import introduction
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name
from securemsg.errors import LocalError


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("link", metavar="LINK", help=_("the contact link, or a picture of its QR code"))
    parser.epilog = _("On a terminal, what the link says is shown first, and you are asked.")
    parser.add_argument("--yes", action="store_true", help=_("do not ask"))
    parser.add_argument("--name", default="", metavar="ALIAS", help=_("how you call this contact"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Add the contact, on a terminal after asking, and say how to call and verify it."""
    link = _link(arguments.link)
    if not (arguments.yes or arguments.json) and _is_somebody_there():
        _ask(link)
    added = offline(context, lambda profile: profile.add_contact(link, arguments.name))
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


def _link(text: str) -> str:
    """Return the link that was given, or the one in the picture that was."""
    picture = picture_named(text)
    return asyncio.run(link_in(Decoder(usual_command()), picture)) if picture else text


def _is_somebody_there() -> bool:
    """Tell whether a person sees what is printed and can answer; a script gets what it asked for."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _ask(link: str) -> None:
    """Show what the link says before anything is kept (catalogue T23)."""
    said = " ".join(introduction(link))
    if not agreed(_("{said} Add this contact? Type y to go on: ").format(said=said)):
        raise LocalError(_("Nothing was added."))
