"""The way in: asks for the passphrase at once, opens the vault while the screen loads, then shows it."""

import math
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from client_tui.commands.context import Context
from client_tui.commands.status import DONE, INTERRUPTED
from client_tui.doorstep.loading import SCREEN, Loading
from client_tui.doorstep.question import Question
from client_tui.doorstep.strokes import Keyboard, Stroke
from client_tui.doorstep.terminal import Terminal
from client_tui.doorstep.typed import Typed
from client_tui.doorstep.welcome import welcomed
from client_tui.terminal.crash import refuse_tracers
from client_tui.text.language import _
from client_tui.text.passphrase import PAUSE, wait_after, wrong_until

if TYPE_CHECKING:
    from securemsg.client import Profile


class Left(Exception):  # noqa: N818 - no error: the person went away
    """The person left instead of answering; `status` tells how."""

    def __init__(self, status: int) -> None:
        """Carry the exit status."""
        super().__init__()
        self.status = status


def run_screen(context: Context, invitation: str = "") -> int:
    """Open the client on this terminal, the first time with an invitation; returns the exit status."""
    if not _is_home(context.home):
        return welcomed(partial(import_module, SCREEN), lambda _app: _show(context.home, None, invitation))
    loading = Loading()
    if context.passphrase_file is not None:
        from client_tui.commands.asking import read_passphrase  # noqa: PLC0415 - not before the question

        loading.begin()
        refuse_tracers()
        secret = read_passphrase(context.passphrase_file)
        loading.library()
        profile = _opened(context.home, secret)
        del secret
        loading.screen()
        return _show(context.home, profile)
    terminal = Terminal()
    with terminal.given_back():
        try:
            profile = Doorstep(terminal, loading, context.home).profile()
        except Left as left:
            return left.status
        return _show(context.home, profile)


class Doorstep:
    """Asks until the vault is open or the person leaves."""

    def __init__(self, terminal: Terminal, loading: Loading, home: Path) -> None:
        """Ask on `terminal` for what opens `home`."""
        self._terminal, self._loading, self._home = terminal, loading, home
        self._question = Question(terminal)
        self._keyboard, self._typed = Keyboard(), Typed()

    def profile(self) -> "Profile":
        """Return the open profile; raises `Left`, and `LocalError` where no passphrase helps."""
        with self._terminal.taken(self._question.draw):
            try:
                self._question.say(_("Enter opens, Ctrl+Q leaves."))
                # Not before the question is there: two threads that load would have it wait.
                self._loading.begin()
                refuse_tracers()
                wrong = 0
                while (profile := self._try()) is None:
                    self._wait(wait_after(wrong))
                    wrong += 1
                self._loading.screen()
                self._hear_out()
                return profile
            finally:
                self._typed.clear()

    def _try(self) -> "Profile | None":
        """Ask once; returns nothing for a wrong passphrase."""
        self._read_line()
        self._question.say(_("Opening\u2026"))
        self._loading.library()
        from securemsg.client import WrongPassphrase  # noqa: PLC0415 - loaded by now, in the other thread

        try:
            profile = _opened(self._home, self._typed.take())
        except WrongPassphrase:
            self._question.show_dots(0)
            return None
        return profile

    def _hear_out(self) -> None:
        """Wait for who types it again while it opens: the rest would be written, and sent, to somebody."""
        pause = 0.0
        while self._terminal.has_input(pause):
            pause = PAUSE
            with self._terminal.read() as chunk:
                if not chunk:
                    return

    def _read_line(self) -> None:
        """Let the person type until Enter; raises `Left`."""
        while not self._read_keys():
            self._question.show_dots(len(self._typed))

    def _read_keys(self) -> bool:
        """Take what was typed, until Enter; tells whether that was among it."""
        with self._terminal.read() as chunk:
            if not chunk:
                raise Left(INTERRUPTED)
            entered = any(self._take(self._keyboard.read(byte)) for byte in chunk)
        self._keyboard.pause()
        return entered

    def _take(self, stroke: int | Stroke | None) -> bool:
        """Do what one key says; tells whether the line is complete."""
        match stroke:
            case Stroke.ENTER:
                return len(self._typed) > 0
            case Stroke.RUB_OUT:
                self._typed.rub_out()
            case Stroke.CLEAR:
                self._typed.clear()
            case Stroke.LEAVE:
                raise Left(INTERRUPTED)
            case Stroke.END if not len(self._typed):
                raise Left(DONE)
            case int():
                self._typed.add(stroke)
            case _:
                pass
        return False

    def _wait(self, seconds: int) -> None:
        """Let `seconds` go by, so that nobody tries many at this keyboard; keys meanwhile are dropped."""
        end = time.monotonic() + seconds
        while (left := math.ceil(end - time.monotonic())) > 0:
            self._question.say(wrong_until(left))
            if self._terminal.has_input(min(1.0, end - time.monotonic())):
                self._read_keys()
                self._typed.clear()
        self._question.say(_("Wrong passphrase. Enter opens, Ctrl+Q leaves."))


def _is_home(home: Path) -> bool:
    """Tell whether something is there to be opened; the library judges it."""
    try:
        return home.is_dir() and any(home.iterdir())
    except OSError:
        return False


def _opened(home: Path, passphrase: str) -> "Profile":
    """Open the vault; the slow derivation runs beside the loading of the screen."""
    import anyio  # noqa: PLC0415 - loaded by now, in the other thread

    from securemsg.client import open_profile  # noqa: PLC0415 - as above

    return anyio.run(open_profile, home, passphrase)


def _show(home: Path, profile: "Profile | None", invitation: str = "") -> int:
    """Show the screen: the conversations of `profile`, or the first run."""
    from client_tui.app import Start, run_client  # noqa: PLC0415 - Textual, loaded beside where there was time

    return run_client(Start(home=home, profile=profile, invitation=invitation))
