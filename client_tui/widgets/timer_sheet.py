"""How long new messages of a conversation stay."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from client_tui.text.language import _
from client_tui.text.lifetime import CHOICES, parse_lifetime
from client_tui.text.signs import Sign
from client_tui.text.when import lasting
from client_tui.widgets.field import Entry, Field, Judgement
from client_tui.widgets.line import fitted
from client_tui.widgets.row_list import RowList
from client_tui.widgets.sheet import Sheet, Title

OWN = -1
"""The row behind which one writes a time of one's own."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """One row: a time in seconds, 0 for none."""

    seconds: int
    is_now: bool

    @property
    def key(self) -> int:
        """The seconds."""
        return self.seconds

    def line(self, width: int) -> Content:
        """Return the row."""
        words = lasting(self.seconds) if self.seconds else _("off: messages stay")
        mark = (f"  {Sign.VERIFIED} {_('now')}", "$success") if self.is_now else ("", "")
        return fitted(Content.assemble(f" {words}", mark), width)


def judge_time(text: str) -> Judgement:
    """Say what a time that was written means."""
    if not text.strip():
        return Judgement(fine=False, words=_("Another time: 90 s, 45 min, 12 h, 3 d, 2 w"))
    seconds = parse_lifetime(text)
    if seconds is None:
        return Judgement(fine=False, words=_("From 5 seconds to 366 days: 90 s, 45 min, 12 h, 3 d, 2 w"))
    return Judgement(fine=True, words=lasting(seconds) if seconds else _("off: messages stay"))


class TimerSheet(Sheet):
    """Usual times to choose from, and a field for others."""

    DEFAULT_CSS = """
    TimerSheet RowList { height: 9; margin: 1 0; }
    TimerSheet Static { color: $muted; height: auto; }
    """

    class Chosen(Message):
        """This time was chosen for the contact."""

        def __init__(self, contact: int, seconds: int) -> None:
            """Name both."""
            super().__init__()
            self.contact = contact
            self.seconds = seconds

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="timer-sheet")
        self._contact = 0
        self._times = RowList("times")
        self._own = Field(_("Another time"), judge_time, Entry())

    def compose(self) -> ComposeResult:
        """Lay out times, field and what it means."""
        yield Title(Content.styled(_("Messages that disappear"), "bold $strong"))
        yield self._times
        yield self._own
        yield Static(
            Content(
                _(
                    "Holds for new messages of both sides. A message goes so long after it was read, here "
                    "and there, also while this device is locked. Nobody can keep them from copying it."
                )
            )
        )

    def open(self, contact: int, lifetime: int, written: str = "") -> None:
        """Show the times, with the one that holds now marked; take a time that was written already."""
        self._contact = contact
        known = sorted({*CHOICES, lifetime})
        self._times.show([Lifetime(seconds, seconds == lifetime) for seconds in known], lifetime)
        self._own.input.value = written
        (self._own.input if written else self._times).focus()
        if parse_lifetime(written) is not None:
            self._take()

    @on(RowList.Chosen)
    def chosen(self, event: RowList.Chosen) -> None:
        """Take a usual time."""
        event.stop()
        self.post_message(self.Chosen(self._contact, event.key))

    @on(Input.Submitted)
    def written(self, event: Input.Submitted) -> None:
        """Take a time that was written."""
        event.stop()
        self._take()

    def _take(self) -> None:
        seconds = parse_lifetime(self._own.value)
        if seconds is not None:
            self.post_message(self.Chosen(self._contact, seconds))

    def key_tab(self) -> None:
        """From the list to the field and back."""
        (self._own.input if self._times.has_focus else self._times).focus()
