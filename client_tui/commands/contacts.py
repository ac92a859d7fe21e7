"""`securemsg contacts`: who can be written to, and what is known of them."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.safe import SafeText, safe_line
from client_tui.text.trust import TRUST_WORDS
from securemsg.client import Profile

ACCOUNT_SHOWN = 16
"""Digits of an account id in a list: enough to be given back as CONTACT."""


def declare(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""
    del parser


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print one line for each contact."""
    del arguments
    for view in offline(context, Profile.conversations):
        unread = f", {view.unread} unread" if view.unread else ""
        trust = TRUST_WORDS[view.trust] + (", reduced forward secrecy" if view.reduced else "")
        line = f"{safe_line(view.alias)}  {view.account[:ACCOUNT_SHOWN]}  {trust}{unread}"
        record = {
            "contact": view.alias,
            "account": view.account,
            "trust": view.trust.value,
            "unread": view.unread,
            "reduced": view.reduced,
        }
        context.output.put(record, SafeText(line))
    return DONE
