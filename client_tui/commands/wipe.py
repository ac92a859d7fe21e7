"""`securemsg wipe`: destroys this home for ever, and says what remains elsewhere."""

import argparse
import sys

import anyio

from client_tui.commands.asking import known_passphrase
from client_tui.commands.context import Context
from client_tui.commands.status import DONE
from client_tui.text.language import N_, _
from client_tui.text.safe import SafeText
from client_tui.text.wiping import REMAINS, is_word, told_relay, word
from securemsg.client import home_exists
from securemsg.client.wiping import wipe
from securemsg.errors import LocalError

NO_HOME = N_("There is no account here: nothing was wiped.")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--yes", action="store_true", help=_("do not ask for the word; the passphrase is needed all the same")
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Ask for a word and the passphrase, then destroy the home."""
    if not home_exists(context.home):
        raise LocalError(_(NO_HOME))
    if not arguments.yes:
        _ask_word()
    told = anyio.run(wipe, context.home, known_passphrase(context.passphrase_file))
    lines = [_("Wiped."), told_relay(told=told), _(REMAINS)]
    context.output.put({"wiped": True, "relay_told": told}, SafeText("\n".join(lines)))
    return DONE


def _ask_word() -> None:
    """Let the person type a word that nobody types by accident."""
    if not sys.stdin.isatty():
        raise LocalError(_("There is no terminal to ask whether this is meant: give --yes."))
    question = _("Everything of this account on this device will be gone. Type {word} to go on: ")
    sys.stderr.write(question.format(word=word()))
    sys.stderr.flush()
    if not is_word(sys.stdin.readline()):
        raise LocalError(_("Nothing was wiped."))
