"""The first run: name, relay, passphrase. What was typed stays when something fails."""

import re
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from client_tui.screens.start import Start
from client_tui.text.passphrase import complaint, strength
from client_tui.text.safe import safe_line
from client_tui.widgets.field import Entry, Field, Judgement, SecretEntry
from securemsg.client import NewProfile, Profile, create_profile
from securemsg.errors import LocalError, RemoteError

LONGEST_NAME = 64
"""Bytes (Spec: ID-8)."""

ADDRESS = re.compile(r"(?:[^\s:#\[\]]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}#[A-Za-z0-9_-]{43}")

SENTENCE = 300


def judge_name(text: str) -> Judgement:
    """A name is not empty and fits the format."""
    if not text.strip():
        return Judgement(fine=False, words="How your contacts will see you.")
    fits = len(text.strip().encode()) <= LONGEST_NAME
    return Judgement(fine=fits, words="" if fits else "That is too long.")


def judge_relay(text: str) -> Judgement:
    """An address is what a relay prints when it starts."""
    if ADDRESS.fullmatch(text.strip()):
        return Judgement(fine=True, words="\u2714 looks like an address")
    return Judgement(fine=False, words="HOST:PORT#PIN, as whoever runs the relay gave it to you.")


def judge_invitation(text: str) -> Judgement:
    """Anything is fine; the relay knows."""
    return Judgement(fine=True, words="" if text.strip() else "Leave it empty if you were given none.")


def judge_passphrase(text: str) -> Judgement:
    """Long enough, with a word about its strength."""
    if not text:
        return Judgement(fine=False, words="Four or five unrelated words. Nobody can recover it.")
    if why := complaint(text):
        return Judgement(fine=False, words=why)
    if (word := strength(text)) == "weak":
        return Judgement(fine=True, words="strength: weak; another word or two would help", doubtful=True)
    return Judgement(fine=True, words=f"\u2714 strength: {word}")


@dataclass(frozen=True, slots=True)
class Answers:
    """What was filled in."""

    new: NewProfile
    passphrase: str


class SetupScreen(Screen[None]):
    """A form of five fields; Enter goes to the next one, and from the last one on."""

    CSS = """
    SetupScreen { align: center middle; background: $background; color: $foreground; }
    SetupScreen #form { width: 100%; max-width: 92; height: auto; max-height: 100%; padding: 1 2; }
    SetupScreen #form { background: $surface; }
    SetupScreen #welcome { height: auto; margin-bottom: 1; }
    SetupScreen #progress { height: auto; min-height: 1; }
    SetupScreen Field { height: 3; }
    """

    class Done(Message):
        """The account exists and its vault is open."""

        def __init__(self, profile: Profile) -> None:
            """Carry the open profile."""
            super().__init__()
            self.profile = profile

    def __init__(self, start: Start) -> None:
        """Ask for what `start` does not know."""
        super().__init__()
        self._start = start
        secret, repeat = SecretEntry(), SecretEntry()

        def judge_repeat(text: str) -> Judgement:
            same = bool(text) and text == secret.value
            words = (
                "\u2714 the same" if same else "Not the same yet." if text else "Once more, against slips."
            )
            return Judgement(fine=same, words=words)

        self._own_name = Field("Your name", judge_name, Entry())
        self._relay = Field("Relay", judge_relay, Entry("relay.example.org:7443#\u2026", start.relay))
        self._invitation = Field("Invitation", judge_invitation, Entry())
        self._secret = Field("Passphrase", judge_passphrase, secret)
        self._repeat = Field("Passphrase again", judge_repeat, repeat)
        self._progress = Static(Content(""), id="progress")
        self._busy = False

    @property
    def _fields(self) -> tuple[Field, ...]:
        return (self._own_name, self._relay, self._invitation, self._secret, self._repeat)

    def compose(self) -> ComposeResult:
        """Lay out welcome, fields and progress."""
        with VerticalScroll(id="form", can_focus=False):
            yield Static(
                Content.assemble(
                    ("Welcome to securemsg.", "bold $strong"),
                    " Messages are encrypted on this device and read on theirs, nowhere between.\n",
                    ("Enter goes on, Shift+Tab goes back, Ctrl+Q leaves.", "$muted"),
                ),
                id="welcome",
            )
            yield from self._fields
            yield self._progress

    def on_mount(self) -> None:
        """Start with the first field."""
        self._own_name.input.focus()

    @on(Input.Changed)
    def judge_again(self) -> None:
        """The repetition depends on the passphrase."""
        self._repeat.judge()

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go to the next field, or to the first that is not right, or on."""
        place = next(place for place, field in enumerate(self._fields) if field.input is event.input)
        later = self._fields[place + 1 :]
        wrong = next((field for field in self._fields[: place + 1] if not field.fine), None)
        if wrong is not None:
            wrong.input.focus()
        elif later:
            later[0].input.focus()
        elif not self._busy:
            self._busy = True
            self._say("Reaching the relay, making keys\u2026", "$accent")
            self.create(self._answers())

    def _answers(self) -> Answers:
        name, relay, invitation = (
            field.value.strip() for field in (self._own_name, self._relay, self._invitation)
        )
        return Answers(NewProfile(name=name, relay=relay, invitation=invitation), self._secret.value)

    @work(exclusive=True)
    async def create(self, answers: Answers) -> None:
        """Make the account; on failure say why and leave everything as it was typed."""
        try:
            profile = await create_profile(self._start.home, answers.passphrase, answers.new)
        except (LocalError, RemoteError) as error:
            self._busy = False
            self._say(f"{error} Correct it and press Enter again.", "$error")
            return
        for acquaintance in self._start.acquaintances:
            profile.add_contact(acquaintance.link, acquaintance.alias)
        self._secret.input.value = self._repeat.input.value = ""
        self.post_message(self.Done(profile))

    def _say(self, sentence: str, style: str) -> None:
        self._progress.update(Content.assemble((safe_line(sentence, SENTENCE), style)))
