"""`securemsg verify`: the safety number of two people, and the statement that it was compared."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.link import printed_qr
from client_tui.commands.opening import offline
from client_tui.commands.output import tell
from client_tui.commands.status import DONE
from client_tui.text.safe import SafeText, safe_line, safe_name
from client_tui.text.trust import TRUST_WORDS, grouped
from securemsg.client import Profile
from securemsg.client.views import VerificationView

GROUPS_IN_LINE = 4


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("contact", metavar="CONTACT", help="alias, or the beginning of an account id")
    parser.add_argument(
        "--mark", action="store_true", help="state that you compared the number and it is the same"
    )
    parser.add_argument("--qr", action="store_true", help="also as a QR code")


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print the number; with --mark, note that it was compared (Spec: ID-11)."""

    def work(profile: Profile) -> VerificationView:
        contact = profile.find_contact(arguments.contact).contact
        if arguments.mark:
            profile.mark_verified(contact)
        return profile.verification(contact)

    view = offline(context, work)
    record = {"contact": view.alias, "safety_number": view.safety_number, "trust": view.trust.value}
    context.output.put(record, _human(view))
    if arguments.qr:
        context.output.remark(printed_qr(view.qr))
    if not arguments.mark:
        tell("Compare it by voice or in person, not in a message; then run this again with --mark.")
    return DONE


def _human(view: VerificationView) -> SafeText:
    groups = grouped(safe_line(view.safety_number))
    starts = range(0, len(groups), GROUPS_IN_LINE)
    rows = ["    " + " ".join(groups[start : start + GROUPS_IN_LINE]) for start in starts]
    return SafeText("\n".join([f"{safe_name(view.alias)}: {TRUST_WORDS[view.trust]}", *rows]))
