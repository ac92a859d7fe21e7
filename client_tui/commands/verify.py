"""`securemsg verify`: the safety number of two people, that it was compared, and how their session stands."""

import argparse
import asyncio

from client_tui.commands.context import Context
from client_tui.commands.link import printed_qr
from client_tui.commands.opening import offline
from client_tui.commands.output import Value, tell
from client_tui.commands.status import DONE
from client_tui.pictures.codes import verification_in
from client_tui.pictures.decoder import Decoder, usual_command
from client_tui.text.healing import COMPARE, NOT_BEGUN, TITLE, healing
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_line, safe_name
from client_tui.text.trust import OWN_SCREEN, TRUST_WORDS, grouped
from securemsg.client import Profile
from securemsg.client.views import ScannedCode, SessionView, Trust, VerificationView
from securemsg.errors import LocalError

GROUPS_IN_LINE = 4


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))
    parser.add_argument(
        "--mark", action="store_true", help=_("state that you compared the number and it is the same")
    )
    parser.add_argument(
        "--picture",
        metavar="FILE",
        help=_("compare with the QR code in a picture that you took of their screen"),
    )
    parser.add_argument("--qr", action="store_true", help=_("also as a QR code"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print number and session; with --mark, note that the number was compared (Spec: ID-11, CL-20)."""
    # A script whose name of a file is empty meant to compare.
    code = "" if arguments.picture is None else asyncio.run(_code_in(arguments.picture))

    def work(profile: Profile) -> tuple[VerificationView, SessionView | None]:
        contact = profile.find_contact(arguments.contact).contact
        if code:
            _check_code(profile.compare_code(contact, code))
        if arguments.mark:
            contact = profile.mark_verified(contact).contact
        return profile.verification(contact), profile.session(contact)

    view, session = offline(context, work)
    record = {
        "contact": view.alias,
        "safety_number": view.safety_number,
        "trust": view.trust.value,
        "session": None if session is None else _record(session),
    }
    context.output.put(record, SafeText("\n".join([*_number(view), *_session(view, session)])))
    if arguments.qr:
        context.output.remark(printed_qr(view.qr))
    if code and not arguments.mark:
        tell(_("The code in the picture is the same: if you took it of their screen, add --mark."))
    elif not arguments.mark:
        tell(
            _("Compare the number by voice or in person, not in a message; then run this again with --mark.")
        )
    return DONE


async def _code_in(picture: str) -> str:
    return await verification_in(Decoder(usual_command()), picture)


def _check_code(found: ScannedCode) -> None:
    if found is ScannedCode.OWN_SCREEN:
        raise LocalError(_(OWN_SCREEN))
    if found is ScannedCode.DIFFERENT:
        raise LocalError(_("The code in the picture is of another safety number. Nothing was marked."))


def _number(view: VerificationView) -> list[str]:
    return [f"{safe_name(view.alias)}: {_(TRUST_WORDS[view.trust])}", *_rows(view.safety_number)]


def _session(view: VerificationView, session: SessionView | None) -> list[str]:
    if view.trust is Trust.CHANGED:
        # The session is of the account before; the number above is of the one that claims to follow it.
        return []
    if session is None:
        return [f"{_(TITLE)}: {_(NOT_BEGUN)}"]
    lines = [f"{_(TITLE)}: {healing(session)}"]
    for code in session.codes if session.confirmed else ():
        lines += ["  " + _("epoch {number}").format(number=code.epoch), *_rows(code.digits)]
    return [*lines, _(COMPARE)] if session.confirmed else lines


def _rows(number: str) -> list[str]:
    groups = grouped(safe_line(number))
    starts = range(0, len(groups), GROUPS_IN_LINE)
    return ["    " + " ".join(groups[start : start + GROUPS_IN_LINE]) for start in starts]


def _record(session: SessionView) -> Value:
    return {
        "opened_at": session.opened_at,
        "confirmed": session.confirmed,
        "healed_at": session.healed_at,
        "since_healing": session.since_healing,
        "since_epoch": session.since_epoch,
        "epoch": session.epoch,
        "epoch_codes": {str(code.epoch): code.digits for code in session.codes},
        "reduced": session.reduced,
    }
