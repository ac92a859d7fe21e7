"""`securemsg requests`: people whom you do not know and who wrote; they learn nothing before you accept."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.leaving import change
from client_tui.commands.opening import offline
from client_tui.commands.output import Record
from client_tui.commands.status import DONE
from client_tui.text.introduction import ACCOUNT_SHOWN
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_line, safe_name
from securemsg.client import Profile
from securemsg.client.views import ConversationView
from securemsg.errors import LocalError

SHOWN = 60
"""Characters of what was written last."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _("To hear nothing of somebody ever again, use `securemsg block`.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--accept", metavar="CONTACT", help=_("talk with them: they learn what arrived"))
    which.add_argument("--decline", metavar="CONTACT", help=_("forget them; they are told nothing"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print every request, or decide about one."""
    selector = arguments.accept or arguments.decline
    if selector is None:
        for view in offline(context, Profile.conversations):
            if view.request:
                context.output.put(_record(view), _line(view))
        return DONE

    def decide(profile: Profile) -> ConversationView:
        view = profile.find_contact(selector)
        if not view.request:
            raise LocalError(
                _("This is nobody who waits for an answer: `securemsg requests` lists who does.")
            )
        if arguments.accept is not None:
            return profile.accept_request(view.contact)
        profile.delete_contact(view.contact)
        return view

    view = change(context, decide)
    words = _("{alias} is accepted.") if arguments.accept else _("{alias} is forgotten here.")
    record = {**_record(view), "accepted": arguments.accept is not None}
    context.output.put(record, SafeText(words.format(alias=safe_name(view.alias))))
    return DONE


def _record(view: ConversationView) -> Record:
    return {
        "contact": view.alias,
        "account": view.account,
        "name": view.name,
        "unread": view.unread,
        "text": view.last_text,
        "at": view.last_at,
    }


def _line(view: ConversationView) -> SafeText:
    said = safe_line(view.last_text, SHOWN)
    return SafeText(f"{view.account[:ACCOUNT_SHOWN]}  {safe_name(view.alias)}: {said}")
