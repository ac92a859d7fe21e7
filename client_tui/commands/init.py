"""`securemsg init`: account, device, vault and mailbox on a relay."""

import argparse

import anyio

from client_tui.commands.asking import new_passphrase
from client_tui.commands.context import Context
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_line
from securemsg.client import NewProfile, create_profile, home_exists
from securemsg.client.invitations import InvitationView, read_invitation
from securemsg.client.views import ProfileView
from securemsg.errors import LocalError

LINK_LIMIT = 1_000
"""Characters of a link shown: the longest host makes about 640."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--name", required=True, help=_("how others will see you"))
    places = parser.add_mutually_exclusive_group(required=True)
    places.add_argument("--relay", metavar="ADDRESS", help=_("HOST:PORT#PIN, as the relay prints it"))
    places.add_argument(
        "--invitation", metavar="LINK", help=_("the link that you were sent; who sent it becomes a contact")
    )
    parser.add_argument(
        "--invite", default="", metavar="CODE", help=_("the invitation code, where the relay wants one")
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Create everything and print the account; refuses an existing home (Spec: CL-40)."""
    if home_exists(context.home):
        raise LocalError(_("There is an account in this home already: choose another with --home."))
    if arguments.invitation is None:
        invited = InvitationView(arguments.relay, "", arguments.invite)
    else:
        invited = read_invitation(arguments.invitation)
    own = anyio.run(_create, context, arguments.name, invited)
    context.output.put(
        {"account": own.account, "device": own.device, "link": own.link},
        SafeText(
            _("Ready. Your link, to give to people who may write to you:")
            + f"\n{safe_line(own.link, LINK_LIMIT)}"
        ),
    )
    return DONE


async def _create(context: Context, name: str, invited: InvitationView) -> ProfileView:
    new = NewProfile(name=name, relay=invited.relay, invitation=invited.token)
    profile = await create_profile(context.home, new_passphrase(context.passphrase_file), new)
    try:
        if invited.link:
            profile.add_contact(invited.link, invited.name)
        return profile.own()
    finally:
        profile.close()
