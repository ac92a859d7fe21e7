"""Wiping from within: a typed word, the passphrase, and what is left afterwards."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from client_tui.screens.start import Start
from client_tui.text.language import _
from client_tui.text.safe import safe_line
from client_tui.text.sentences import sentence_of
from client_tui.text.wiping import REMAINS, is_word, told_relay, word
from client_tui.widgets.field import Entry, Field, Judgement, SecretEntry
from securemsg.errors import LocalError, RemoteError

SENTENCE = 400


class WipeScreen(Screen[None]):
    """Asks for the word and the passphrase; the vault is closed while it shows."""

    CSS = """
    WipeScreen { align: center middle; background: $background; color: $foreground; }
    WipeScreen #box { width: 100%; max-width: 84; height: auto; padding: 1 2; background: $surface; }
    WipeScreen #why { height: auto; margin-bottom: 1; color: $error; }
    WipeScreen #said { height: auto; min-height: 2; }
    """

    BINDINGS = [("escape", "keep")]  # noqa: RUF012 - Textual's way

    class Kept(Message):
        """Nothing is to be wiped."""

    class Gone(Message):
        """The home is gone."""

    def __init__(self, start: Start) -> None:
        """Wipe the home of `start`, if it is meant."""
        super().__init__()
        self._start = start
        self._word = Field(_("Type {word}").format(word=word()), _judge_word, Entry())
        self._secret = Field(_("Passphrase"), _judge_nothing, SecretEntry())
        self._said = Static(Content(""), id="said")
        self._busy = False
        self._gone = False

    def compose(self) -> ComposeResult:
        """Lay out the two fields."""
        with Vertical(id="box"):
            yield Static(
                Content(
                    _("Everything of this account on this device will be gone: messages, keys, contacts.")
                ),
                id="why",
            )
            yield self._word
            yield self._secret
            yield self._said

    def on_mount(self) -> None:
        """Start with the word."""
        self._say(_("Enter goes on; Esc keeps everything."), "$muted")
        self._word.input.focus()

    def action_keep(self) -> None:
        """Go back to the lock, or leave what is gone."""
        if not self._busy:
            self.post_message(self.Gone() if self._gone else self.Kept())

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go from the word to the passphrase, and on from there."""
        if self._gone:
            self.post_message(self.Gone())
        elif not self._word.fine:
            self._word.input.focus()
        elif event.input is self._word.input:
            self._secret.input.focus()
        elif self._secret.fine and not self._busy:
            self._busy = True
            self._say(_("Wiping\u2026"), "$accent")
            self.wipe(self._secret.value)

    @work(exclusive=True)
    async def wipe(self, passphrase: str) -> None:
        """Destroy the home; a wrong passphrase destroys nothing."""
        from securemsg.client.wiping import wipe  # noqa: PLC0415 - few ever do

        self._secret.input.value = ""
        try:
            told = await wipe(self._start.home, passphrase)
        except (LocalError, RemoteError) as error:
            self._busy = False
            self._say(sentence_of(error), "$error")
            return
        self._busy, self._gone = False, True
        words = [_("Wiped."), told_relay(told=told), _(REMAINS), _("Enter leaves.")]
        self._said.update(Content.styled(" ".join(words), "$success"))

    def _say(self, sentence: str, style: str) -> None:
        self._said.update(Content.assemble((safe_line(sentence, SENTENCE), style)))


def _judge_word(text: str) -> Judgement:
    return Judgement(fine=is_word(text))


def _judge_nothing(text: str) -> Judgement:
    return Judgement(fine=bool(text))
