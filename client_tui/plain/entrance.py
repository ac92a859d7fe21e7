"""`securemsg --plain`: opens the vault, talks, locks, opens again."""

from contextlib import ExitStack
from pathlib import Path

import anyio

from client_tui.bridge import Bridge
from client_tui.commands.asking import known_passphrase
from client_tui.commands.context import Context
from client_tui.commands.status import DONE
from client_tui.plain.console import Console
from client_tui.plain.session import Ending, Session
from client_tui.terminal.crash import first_of, refuse_tracers
from client_tui.text.language import _
from client_tui.text.safe import SafeText
from client_tui.text.sentences import sentence_of
from securemsg.client import Engine, Profile, WrongPassphrase, home_exists, open_profile
from securemsg.errors import LocalError


def run_plain(context: Context, *, demo: bool) -> int:
    """Talk line by line until the person leaves; returns the exit status."""
    refuse_tracers()
    console = Console()
    with ExitStack() as stack:
        if demo:
            from client_tui.demo.entrance import staged_home  # noqa: PLC0415 - others need not load the play

            _home, profile, engine = stack.enter_context(staged_home())
            _talk(console, profile, engine)
            return DONE
        if not home_exists(context.home):
            raise LocalError(_("There is no account here yet: run `securemsg init`."))
        secret = context.passphrase_file
        while _talk(console, _opened(context.home, secret), None) is Ending.LOCKED:
            console.answer([SafeText(_("Locked."))])
            # Whoever locks wants to be asked.
            secret = None
    return DONE


def _opened(home: Path, secret: Path | None) -> Profile:
    while True:
        try:
            return anyio.run(open_profile, home, known_passphrase(secret))
        except WrongPassphrase as wrong:
            if secret is not None:
                raise
            print(sentence_of(wrong), flush=True)  # noqa: T201 - the answer


def _talk(console: Console, profile: Profile, engine: Engine | None) -> Ending:
    session = Session(Bridge(profile, engine), console)
    try:
        with console.taken():
            return anyio.run(session.run)
    except BaseExceptionGroup as group:
        raise first_of(group) from None
