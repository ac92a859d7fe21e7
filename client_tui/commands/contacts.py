"""`securemsg contacts`: who can be written to, and what is known of them."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.introduction import ACCOUNT_SHOWN
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name
from client_tui.text.trust import TRUST_WORDS
from securemsg.client import Profile


def declare(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""
    del parser


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print one line for each contact."""
    del arguments
    for view in offline(context, Profile.conversations):
        unread = _("{count} unread").format(count=view.unread) if view.unread else ""
        reduced = _("reduced") if view.reduced else ""
        # The name comes last: what stands before it has its column, whatever the name is.
        known = (
            f"{view.account[:ACCOUNT_SHOWN]}  {_(TRUST_WORDS[view.trust]):<16}  {reduced:<7}  {unread:<11}"
        )
        line = f"{known}  {safe_name(view.alias)}"
        record = {
            "contact": view.alias,
            "account": view.account,
            "trust": view.trust.value,
            "unread": view.unread,
            "reduced": view.reduced,
        }
        context.output.put(record, SafeText(line))
    return DONE
