"""`securemsg link`: our contact link, as text and as a QR code."""

import argparse
import sys

from client_tui.commands.context import Context
from client_tui.commands.init import LINK_LIMIT
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.qr import qr_lines, qr_rows
from client_tui.text.safe import safe_line
from securemsg.client import Profile
from securemsg.client.invitations import write_invitation

INVITATION_LIMIT = 1_200
"""Characters of an invitation shown: the longest host and name make about 780."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--qr", action="store_true", help=_("also as a QR code, for a phone or a camera"))

    parser.add_argument(
        "--invite",
        metavar="CODE",
        nargs="?",
        const="",
        help=_("an invitation: the link with the relay's invitation code for a newcomer, or without one"),
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print the link to give away."""
    if arguments.invite is not None:
        invitation = offline(context, lambda profile: write_invitation(profile.owner, arguments.invite))
        text, code = invitation.text, invitation.qr_text
        context.output.put({"invitation": text}, safe_line(text, INVITATION_LIMIT))
    else:
        own = offline(context, Profile.own)
        code = own.link_qr
        context.output.put({"link": own.link}, safe_line(own.link, LINK_LIMIT))
    if arguments.qr:
        context.output.remark(printed_qr(code))
    return DONE


def printed_qr(payload: str) -> list[str]:
    """Return the lines of a code: with colours on a terminal, without where a file collects them."""
    return qr_lines(payload) if sys.stdout.isatty() else qr_rows(payload)
