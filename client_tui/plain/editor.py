"""A line while it is typed, on a terminal that only goes forward."""

import codecs

from client_tui.doorstep.strokes import Keyboard, Stroke
from client_tui.text.safe import safe_line

LONGEST = 16_000
"""Bytes of a message (Spec: CT-2 table); what is typed behind it is dropped."""

SPACE = 0x20

RUBBED_OUT = "\b \b"


class Editor:
    """Takes bytes, gives finished lines and what is to be echoed."""

    def __init__(self) -> None:
        """Start with an empty line."""
        self._keyboard = Keyboard()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        self.left = False
        self._pasting = False

    @property
    def shown(self) -> str:
        """What is typed so far as it was echoed: it may be foreign, pasted (Spec: CL-9)."""
        return "".join(map(_echo, self.text))

    def take(self, chunk: bytes) -> tuple[str, list[str]]:
        """Return the echo of `chunk` and the lines that it completes; sets `left` when the person leaves."""
        echo, lines = "", []
        for byte in chunk:
            stroke = self._in_paste(self._keyboard.read(byte))
            if stroke is Stroke.ENTER:
                lines.append(self.text)
                echo, self.text = f"{echo}\n", ""
            else:
                echo += self._change(stroke)
        self._keyboard.pause()
        return echo, lines

    def _in_paste(self, stroke: int | Stroke | None) -> int | Stroke | None:
        """Return what `stroke` means here: in a paste nothing is sent or run, its lines become one."""
        if stroke is Stroke.PASTE or stroke is Stroke.PASTED:
            self._pasting = stroke is Stroke.PASTE
            return None
        if not self._pasting or isinstance(stroke, int):
            return stroke
        return SPACE if stroke is Stroke.ENTER else None

    def _change(self, stroke: int | Stroke | None) -> str:
        match stroke:
            case int():
                return self._add(stroke)
            case Stroke.RUB_OUT if self.text:
                self.text = self.text[:-1]
                return RUBBED_OUT
            case Stroke.CLEAR:
                gone, self.text = len(self.text), ""
                return RUBBED_OUT * gone
            case Stroke.LEAVE:
                self.left = True
            case Stroke.END if not self.text:
                self.left = True
            case _:
                pass
        return ""

    def _add(self, byte: int) -> str:
        character = self._decoder.decode(bytes([byte]))
        if len(self.text) >= LONGEST:
            return ""
        self.text += character
        return _echo(character)


def _echo(character: str) -> str:
    """Return what is seen of `character`: of pasted text a terminal obeys nothing."""
    return safe_line(character, 4) if character != " " else " "
