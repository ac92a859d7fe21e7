"""The first run: link, name, passphrase. What was typed stays when something fails (Spec: CL-40)."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from client_tui.screens.judging import Way, judge_code, judge_name, judge_passphrase, judge_way, read_way
from client_tui.screens.start import Acquaintance, Start
from client_tui.text.language import LANGUAGES, N_, _, language, use_language
from client_tui.text.proposal import proposal
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.sentences import sentence_of
from client_tui.text.signs import Sign
from client_tui.widgets.field import Entry, Field, Judgement, SecretEntry
from securemsg.client import Profile
from securemsg.errors import LocalError, RemoteError

if TYPE_CHECKING:
    from securemsg.client import NewProfile

SENTENCE = 400

TICK = "\u2714 "

_ANSWERS, _SILENT = N_("answers"), N_("does not answer yet")

PAUSE = 0.6
"""Seconds without a key after which the relay of a link is asked whether it is there."""


class SetupScreen(Screen[None]):
    """Three fields; Enter goes to the next one, and from the last one on."""

    CSS = """
    SetupScreen { align: center middle; background: $background; color: $foreground; }
    SetupScreen #form { width: 100%; max-width: 96; height: auto; max-height: 100%; padding: 1 2; }
    SetupScreen #form { background: $surface; }
    SetupScreen #welcome { height: auto; margin-bottom: 1; }
    SetupScreen #progress { height: auto; min-height: 2; }
    SetupScreen Field { height: 3; }
    SetupScreen Field Hint { height: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "propose", show=False),
        Binding("escape", "choose_again", show=False),
        Binding("f9", "language", show=False),
        Binding("enter", "open", show=False),
    ]

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
        self._began = time.monotonic()
        self._chosen = ""
        self._made: Profile | None = None
        self._busy = False
        self._knocked: dict[str, str] = {}
        self._make_fields(start.invitation or start.relay)

    def _make_fields(self, way: str, name: str = "") -> None:
        placeholder = "securemsg:\u2026"
        self._way = Field(_("Invitation link"), self._judge_way, Entry(placeholder, way))
        self._code = Field(_("Invitation code"), judge_code, Entry())
        self._own_name = Field(_("Your name"), judge_name, Entry("", name))
        self._secret = Field(_("Passphrase"), self._judge_secret, SecretEntry())
        self._progress = Static(Content(""), id="progress")

    @property
    def _fields(self) -> tuple[Field, ...]:
        return tuple(each for each in (self._way, self._code, self._own_name, self._secret) if each.display)

    def compose(self) -> ComposeResult:
        """Lay out welcome, fields and progress."""
        other = next(name for code, name in LANGUAGES.items() if code != language())
        keys = _("Enter goes on, Shift+Tab goes back, Ctrl+Q leaves.") + f"  F9: {other}"
        welcome = _("Messages are encrypted on this device and read on theirs, nowhere between.")
        with VerticalScroll(id="form", can_focus=False):
            yield Static(
                Content.assemble(
                    (_("Welcome to securemsg."), "bold $strong"), f" {welcome}\n", (keys, "$muted")
                ),
                id="welcome",
            )
            yield from (self._way, self._code, self._own_name, self._secret)
            yield self._progress

    def on_mount(self) -> None:
        """Start with the first field that is not filled."""
        self._look_at_way()
        empty = next((each for each in self._fields if not each.fine), self._own_name)
        empty.input.focus()

    def on_unmount(self) -> None:
        """Whoever leaves before opening what was made leaves it closed."""
        if self._made is not None:
            self._made.close()

    def _judge_way(self, text: str) -> Judgement:
        judged = judge_way(text)
        way = _way_of(text)
        knocked = self._knocked.get(way.relay, "") if way is not None else ""
        # The relay's word comes first: a long host is cut at the end.
        if not knocked:
            return judged
        answers = knocked == _ANSWERS
        sign = TICK if answers else f"{Sign.QUEUED} "
        words = judged.words.replace(TICK, f"{sign}{_(knocked)} \u00b7 ", 1)
        return Judgement(judged.fine, words, doubtful=not answers)

    def _judge_secret(self, text: str) -> Judgement:
        if not self._chosen:
            return judge_passphrase(text)
        if text == self._chosen:
            return Judgement(fine=True, words="\u2714 " + _("the same"))
        words = _("Not the same yet.") if text else _("Once more, against slips.")
        return Judgement(fine=False, words=words + " " + _("Esc chooses another one."))

    @on(Input.Changed)
    def _look_at_way(self) -> None:
        """Ask for the code of a relay only where no link brings it, and see whether the relay is there."""
        if self._made is not None:
            return
        way = _way_of(self._way.value)
        self._code.display = way is not None and not way.link
        if way is not None and way.relay not in self._knocked:
            self._knocked[way.relay] = ""
            self.set_timer(PAUSE, lambda: self._knock(way.relay))

    @work(exclusive=True, group="knock")
    async def _knock(self, relay: str) -> None:
        from securemsg.client.knocking import knock  # noqa: PLC0415 - most starts are not the first

        try:
            await knock(relay)
        except (LocalError, RemoteError):
            self._knocked[relay] = _SILENT
        else:
            self._knocked[relay] = _ANSWERS
        self._way.judge()

    def action_propose(self) -> None:
        """Put six words into the field of the passphrase, to be read and noted down."""
        if self._busy or self._made is not None:
            return
        self._chosen = ""
        self._secret.input.password = False
        self._secret.input.value = proposal()
        self._secret.input.focus()
        self._say(_("Note it down where only you look, then press Enter and type it."), "$accent")

    def action_choose_again(self) -> None:
        """Forget the passphrase that was to be repeated."""
        if not self._busy:
            self._chosen = self._secret.input.value = ""
            self._secret.input.password = True
            self._secret.judge()
            self._say("", "$accent")

    async def action_language(self) -> None:
        """Speak the next language; the invitation and the name stay."""
        if self._busy or self._made is not None:
            return
        codes = list(LANGUAGES)
        use_language(codes[(codes.index(language()) + 1) % len(codes)])
        self._chosen = ""
        self._make_fields(self._way.value, self._own_name.value)
        await self.recompose()
        self.on_mount()

    def action_open(self) -> None:
        """Show the conversations of what was made."""
        made, self._made = self._made, None
        if made is not None:
            self.post_message(self.Done(made))

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go to the next field, or to the first that is not right, or on."""
        fields = self._fields
        place = next(place for place, each in enumerate(fields) if each.input is event.input)
        wrong = next((each for each in fields[: place + 1] if not each.fine), None)
        if wrong is not None:
            wrong.input.focus()
        elif place + 1 < len(fields):
            fields[place + 1].input.focus()
        elif not self._chosen:
            self._ask_again()
        elif not self._busy:
            self._create()

    def _ask_again(self) -> None:
        self._chosen = self._secret.value
        self._secret.input.password = True
        self._secret.input.value = ""
        self._secret.judge()
        self._say("", "$accent")

    def _create(self) -> None:
        from securemsg.client import NewProfile  # noqa: PLC0415 - as above

        way = _way_of(self._way.value)
        if way is not None:
            self._busy = True
            self._say(_("Reaching the relay, making keys\u2026"), "$accent")
            token = way.token or self._code.value.strip()
            name = self._own_name.value.strip()
            self.create(way, NewProfile(name=name, relay=way.relay, invitation=token))

    @work(exclusive=True)
    async def create(self, way: Way, new: "NewProfile") -> None:
        """Make the account; on failure say why and leave everything as it was typed."""
        from securemsg.client import create_profile  # noqa: PLC0415 - as above

        try:
            profile = await create_profile(self._start.home, self._chosen, new)
        except (LocalError, RemoteError) as error:
            self._busy = False
            self._say(sentence_of(error) + " " + _("Correct it and press Enter again."), "$error")
            if self._code.display and self._knocked.get(way.relay) == _ANSWERS:
                self._code.input.focus()
            return
        known = list(self._start.acquaintances)
        if way.link and way.link not in {each.link for each in known}:
            known.append(Acquaintance(way.link, way.name))
        aliases = [profile.add_contact(each.link, each.alias).alias for each in known]
        self._chosen = self._secret.input.value = ""
        self._made = profile
        self._show_ready(way, aliases)

    def _show_ready(self, way: Way, aliases: list[str]) -> None:
        """Say what was done; Enter opens it."""
        done = [_("keys made"), _("vault encrypted"), _("registered at {host}").format(host=way.host)]
        done += [_("{name} is among your contacts").format(name=safe_name(alias)) for alias in aliases]
        seconds = int(time.monotonic() - self._began)
        ready = _("Ready ({seconds} s). Enter opens your conversations.").format(seconds=seconds)
        for each in self._fields:
            each.display = False
        self.set_focus(None)
        lines = "".join(f"\u2714 {each}\n" for each in done)
        self._progress.update(Content.assemble((lines, "$success"), "\n", (ready, "bold $strong")))

    def _say(self, sentence: str, style: str) -> None:
        self._progress.update(Content.assemble((safe_line(sentence, SENTENCE), style)))


def _way_of(text: str) -> Way | None:
    try:
        return read_way(text)
    except LocalError:
        return None
