"""What the person sees while locked: a name, a field of dots, a sentence."""

from client_tui.doorstep.terminal import Terminal
from client_tui.text.language import _
from client_tui.text.safe import safe_line

WIDTH = 60
"""Columns of the whole, where there are so many."""

HEIGHT = 5
SENTENCE = 300
BOLD, FAINT, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
BEFORE_FIELD = 2


class Question:
    """Draws itself in the middle of the terminal; only the field is drawn again for a key."""

    def __init__(self, terminal: Terminal) -> None:
        """Draw on `terminal`, when asked to."""
        self.terminal = terminal
        self.dots, self.sentence = 0, ""

    def draw(self) -> None:
        """Draw everything."""
        left, top, width = self._place()
        rows = (
            (0, f"{BOLD}{'securemsg'[:width]}{PLAIN}   {FAINT}{_('locked')[: max(width - 12, 0)]}{PLAIN}"),
            (4, f"{FAINT}{safe_line(self.sentence, SENTENCE)[:width]}{PLAIN}"),
        )
        self.terminal.erase()
        self.terminal.write("".join(f"\x1b[{top + row};{left}H{text}" for row, text in rows))
        self.draw_field()

    def say(self, sentence: str) -> None:
        """Show another sentence under the field."""
        self.sentence = sentence
        self.draw()

    def show_dots(self, count: int) -> None:
        """Show so many characters as typed."""
        self.dots = count
        self.draw_field()

    def draw_field(self) -> None:
        """Draw label and dots; the cursor stays behind them."""
        left, top, width = self._place()
        label = f"{_('Passphrase:')} "[:width]
        room = max(width - len(label) - 1, 0)
        dot = "\u2022" if self.terminal.speaks_utf8 else "*"
        self.terminal.write(f"\x1b[{top + BEFORE_FIELD};{left}H\x1b[K{label}{dot * min(self.dots, room)}")

    def _place(self) -> tuple[int, int, int]:
        """Return the left column, the top row and the width that there is."""
        columns, rows = self.terminal.size()
        width = min(columns, WIDTH)
        return (columns - width) // 2 + 1, max((rows - HEIGHT) // 2, 1), width
