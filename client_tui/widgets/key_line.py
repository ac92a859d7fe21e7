"""The last row: the keys that matter here, or for a few seconds what just happened."""

from typing import TYPE_CHECKING

from textual.content import Content

from client_tui.keymap import keys_of
from client_tui.registry import Place, in_place, shown_keys
from client_tui.text.language import _
from client_tui.text.safe import safe_line
from client_tui.widgets.line import Line

if TYPE_CHECKING:
    from textual.timer import Timer

SHOWN = 8.0
"""Seconds that a sentence stays."""

SENTENCE = 240

MOST_ROWS = 3
"""Rows that a sentence takes at most."""


class KeyLine(Line):
    """Key hints made from the table of commands, most important first as far as they fit."""

    DEFAULT_CSS = "KeyLine { background: $panel; color: $muted; }"

    def __init__(self) -> None:
        """Start with the hints."""
        super().__init__(id="keys")
        self._timer: Timer | None = None
        self.place = Place.WRITING
        self._rows = 1

    def on_mount(self) -> None:
        """Show the hints."""
        self.hint()

    def on_resize(self) -> None:
        """Choose again what fits."""
        if self._timer is None:
            self.hint()

    def say(self, sentence: str, style: str = "$foreground") -> None:
        """Show one sentence for a few seconds; it may quote foreign text."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SHOWN, self.hint)
        # Where there is hardly room, this row is there only while it says something.
        self.add_class("-speaking")
        said = Content.styled(safe_line(sentence, SENTENCE), style)
        # Hidden, it has no width yet; it is as wide as the screen.
        room = max(self.screen.size.width - 1, 1)
        lines = said.wrap(room)[:MOST_ROWS] if said.cell_length > room else [said]
        self._take(len(lines))
        self.show(Content("\n").join([Content.assemble(" ", line) for line in lines]))

    def render(self) -> Content:
        """Return what is shown now; a long sentence has more rows than one."""
        return super().render() if self._rows == 1 else self._content

    def hint(self) -> None:
        """Show the keys again."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None
        self.remove_class("-speaking")
        self._take(1)
        self.show(hints(self.size.width, self.place))

    def _take(self, rows: int) -> None:
        """Have so many rows; the layout changes for a long sentence only."""
        if rows != self._rows:
            self._rows = rows
            self.styles.height = rows

    def set_place(self, place: Place) -> None:
        """Show the keys that matter in `place`."""
        self.place = place
        if self._timer is None:
            self.hint()


def hints(width: int, place: Place) -> Content:
    """Return the hints for `width` cells in `place`, in the order of the table."""
    # What works here only comes first: the rest is the same wherever one is.
    here = [command for command in in_place(place) if command.footer]
    known = [*here, *(command for command in in_place(Place.EVERYWHERE) if command.footer)]
    useful = [command for command in known if command.action != "back" or place is not Place.WRITING]
    shown = {command.name: (shown_keys(keys_of(command)), f" {_(command.title)}  ") for command in useful}
    room, fitting = width - 1, set()
    for command in sorted(useful, key=lambda command: command.footer):
        room -= sum(len(part) for part in shown[command.name])
        if room < 0:
            break
        fitting.add(command.name)
    parts: list[str | tuple[str, str]] = [" "]
    for command in useful:
        if command.name in fitting:
            key, title = shown[command.name]
            parts += [(key, "bold $foreground"), title]
    return Content.assemble(*parts)
