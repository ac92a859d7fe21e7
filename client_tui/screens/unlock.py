"""The locked client: asks for the passphrase and shows nothing else."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from client_tui.keymap import keys_of
from client_tui.registry import command_named, shown_keys
from client_tui.screens.start import Start
from client_tui.text.language import _
from client_tui.text.passphrase import PAUSE, wait_after, wrong_until
from client_tui.text.safe import safe_line
from client_tui.text.sentences import sentence_of
from client_tui.widgets.field import Field, Judgement, SecretEntry
from securemsg.client import Profile, WrongPassphrase, open_profile
from securemsg.errors import LocalError, RemoteError

SENTENCE = 300


def judge_nothing(text: str) -> Judgement:
    """Only the vault can tell."""
    return Judgement(fine=bool(text))


class UnlockScreen(Screen[None]):
    """One field; a wrong passphrase is said in a sentence and may be tried again."""

    CSS = """
    UnlockScreen { align: center middle; background: $background; color: $foreground; }
    UnlockScreen #box { width: 100%; max-width: 64; height: auto; padding: 1 2; background: $surface; }
    UnlockScreen #said { height: auto; min-height: 2; }
    UnlockScreen Field { margin-top: 1; }
    """

    class Done(Message):
        """The vault is open."""

        def __init__(self, profile: Profile) -> None:
            """Carry the open profile."""
            super().__init__()
            self.profile = profile

    def __init__(self, start: Start) -> None:
        """Unlock the home of `start`."""
        super().__init__()
        self._start = start
        self._field = Field(_("Passphrase"), judge_nothing, SecretEntry())
        self._said = Static(Content(""), id="said")
        self._busy = False
        self._wrong = 0

    def compose(self) -> ComposeResult:
        """Lay out the field."""
        with Vertical(id="box"):
            yield Static(Content.assemble(("securemsg", "bold $strong"), ("   " + _("locked"), "$muted")))
            yield self._field
            yield self._said

    def on_mount(self) -> None:
        """Show what is shown first."""
        self._invite()
        self.begin()

    def _invite(self) -> None:
        leave = shown_keys(keys_of(command_named("leave")))
        self._say(_("Enter opens, {leave} leaves.").format(leave=leave), "$muted")

    def begin(self) -> None:
        """Ask, unless the passphrase is known from a file."""
        self._field.input.focus()
        if self._start.passphrase is not None:
            self._begin(self._start.passphrase)

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Try the passphrase."""
        if self._field.value and not self._busy:
            self._begin(self._field.value)

    def _begin(self, passphrase: str) -> None:
        self._busy = True
        self._field.input.value = ""
        self._say(_("Opening\u2026"), "$accent")
        self.unlock(passphrase)

    @work(exclusive=True)
    async def unlock(self, passphrase: str) -> None:
        """Open the vault; the slow key derivation runs in a thread of the library."""
        try:
            profile = await open_profile(self._start.home, passphrase)
        except WrongPassphrase:
            self._field.input.value = ""
            await self._hold()
            return
        except (LocalError, RemoteError) as error:
            self._busy = False
            self._field.input.value = ""
            self._say(sentence_of(error), "$error")
            return
        await self._hear_out()
        self.post_message(self.Done(profile))

    async def _hear_out(self) -> None:
        """Wait for who types it again while it opens: the rest would be written, and sent, to somebody."""
        while self._field.value:
            self._field.input.value = ""
            await asyncio.sleep(PAUSE)

    async def _hold(self) -> None:
        """Let some seconds go by, so that nobody tries many at this keyboard."""
        for left in range(wait_after(self._wrong), 0, -1):
            self._say(wrong_until(left), "$error")
            await asyncio.sleep(1)
        self._wrong += 1
        self._busy = False
        self._invite()

    def _say(self, sentence: str, style: str) -> None:
        self._said.update(Content.assemble((safe_line(sentence, SENTENCE), style)))
