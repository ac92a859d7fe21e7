"""A one-line field with a label and a line that says what is wrong or right with its content."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label

from client_tui.text.safe import safe_line
from client_tui.widgets.line import Line

LONGEST = 2_000
"""Characters: a link with the longest host has about 640."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a content, and whether one may go on with it; `doubtful` if one had better not."""

    fine: bool
    words: str = ""
    doubtful: bool = False


class Entry(Input):
    """An input of one line whose pastes are joined to one line and filtered."""

    def __init__(self, placeholder: str = "", value: str = "") -> None:
        """Start with `value`; `placeholder` is ours."""
        super().__init__(value, placeholder, max_length=LONGEST, select_on_focus=False)
        # Blinking would repaint a cell twice a second for ever, also over slow lines.
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """Insert the pasted text as one line: links are wrapped by mail programs."""
        event.stop()
        event.prevent_default()
        glue = " " if self.password else ""
        joined = glue.join(part.strip() for part in event.text.splitlines() if part.strip())
        self.insert_text_at_cursor(joined if self.password else safe_line(joined, LONGEST))


class SecretEntry(Entry):
    """An input that shows dots."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.password = True

    def action_copy(self) -> None:
        """Copy nothing: a terminal's clipboard is read by others, and kept."""

    def action_cut(self) -> None:
        """Cut nothing, for the same reason."""


class Hint(Line):
    """What is said under a field, on as many rows as the place of the field gives it."""

    def render(self) -> Content:
        """Return what is said: cut on one row, wrapped on more."""
        return super().render() if self.size.height == 1 else self._content


class Field(Vertical):
    """Label, input, and judgement while typing."""

    DEFAULT_CSS = """
    Field { height: 2; }
    Field Horizontal { height: 1; }
    Field Label { width: 20; color: $muted; }
    Field Line { padding-left: 20; height: 1; color: $muted; }
    Field Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; }
    Field Input:focus { border: none; background: $rule; }
    Field.-narrow Label { width: 12; }
    Field.-narrow Line { padding-left: 12; }
    """

    def __init__(self, label: str, judge: Callable[[str], Judgement], entry: Entry) -> None:
        """Show `label` before `entry`; `judge` is asked at every change."""
        super().__init__()
        self._label = label
        self._judge = judge
        self.input = entry
        self._words = Hint()

    def compose(self) -> ComposeResult:
        """Lay out label and input over the judgement."""
        with Horizontal():
            yield Label(Content(self._label))
            yield self.input
        yield self._words

    @property
    def value(self) -> str:
        """What stands in the input."""
        return self.input.value

    @property
    def fine(self) -> bool:
        """Whether one may go on with the content."""
        return self._judge(self.value).fine

    def on_mount(self) -> None:
        """Judge what was there from the start."""
        self.judge()

    def on_input_changed(self) -> None:
        """Judge while typing."""
        self.judge()

    def judge(self) -> None:
        """Say what is to be said of the content now."""
        judgement = self._judge(self.value)
        style = "$success" if judgement.fine and not judgement.doubtful else "$warning"
        self._words.show(Content.assemble((judgement.words, style if self.value else "$muted")))
