"""Reads what a terminal was sent and refuses whatever this client never sends on purpose.

Foreign text that the terminal would obey is one of two things here: a control character or one that reorders
or hides text outside of a sequence, or a sequence of a form or with numbers that the client has no use for.
The texts of `grammar` are full of both, so that one way through is enough to be found.
"""

import re
import unicodedata
from functools import cache
from typing import Final

JOINER: Final = "\u200d"

FORBIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode that no text on a terminal of ours is made of, but for the joiner of emoji."""

_COLOUR: Final = r"(?:[34]8;2(?:;\d{1,3}){3})"
_ATTRIBUTE: Final = "[123479]"
SCREEN: Final = re.compile(
    rf"\x1b(?:\[(?:0|(?:(?:{_ATTRIBUTE}|{_COLOUR});)*(?:{_ATTRIBUTE}|{_COLOUR}))m"
    r"|\[(?P<row>\d{1,4});(?P<column>\d{1,4})H"
    r"|\[(?:\?(?:1000|1003|1015|1006|1049|25|1004|2004|7|2026|2048)[hl]|\?20(?:26|48)\$p|>25u|<u|2K|J|H|3J)"
    r"|\]22;(?:default|pointer|text)\x07"
    r"|\]52;c;(?!b3duZWQ=)[A-Za-z0-9+/]*={0,2}\x07"
    r"|\]777;notify;securemsg;([^\x00-\x1f\x7f-\x9f;]*)\x07)"
    r"|\x07|\n(?=\x1b\[|\Z)"
)
"""What the full screen sends: colours, places on it, its modes, what the person set up, and copied.

The one copy that the texts of the grammar would make by themselves is refused.
"""

LINES: Final = re.compile(
    "\n"
    "|\x1b]777;notify;securemsg;([^\x00-\x1f\x7f-\x9f;]*)\x07\x07"
    "|\x1b]9;securemsg: ([^\x00-\x1f\x7f-\x9f;]*)\x07\x07"
    "|\x1bPtmux;\x1b\x1b]777;notify;securemsg;([^\x00-\x1f\x7f-\x9f;]*)\x07\x1b\\\\\x07"
    "|\x1b]52;c;(?!b3duZWQ=)[A-Za-z0-9+/]*={0,2}\x07"
)
"""What is printed line by line: line ends, and the two sequences whose text is written beside the lines."""

UNFINISHED: Final = 400_000
"""Characters after which what has begun is no sequence that goes on."""


class ObeyedError(AssertionError):
    """The terminal got something that it would obey, or that shows text otherwise than it is."""


class Strict:
    """Reads bytes in pieces as they come."""

    def __init__(self, allowed: re.Pattern[str], rows: int = 0, columns: int = 0) -> None:
        """Let through `allowed`; a screen has `rows` and `columns`."""
        self._allowed = allowed
        self._rows, self._columns = rows, columns
        self._has_places = "row" in allowed.groupindex
        self._rest = b""
        self.characters = 0
        self.sequences = 0

    def feed(self, piece: bytes) -> None:
        """Read on; raises `ObeyedError`."""
        held = self._rest + piece
        end = max(held.rfind(b"\x1b" if self._has_places else b"\n"), 0)
        if self._has_places and held[end - 1 : end] == b"\n":
            end -= 1
        # A sequence may go on in the next piece: what stands before the last one is whole.
        self._rest = held[end:]
        self._read(held[:end])
        if len(self._rest) > UNFINISHED:
            raise ObeyedError(f"a sequence that does not end: {self._rest[:80]!r}")

    def close(self) -> None:
        """Read the end."""
        rest, self._rest = self._rest, b""
        self._read(rest)

    def _read(self, held: bytes) -> None:
        try:
            text = held.decode()
        except UnicodeDecodeError as error:
            raise ObeyedError(f"no UTF-8: {held[max(error.start - 40, 0) : error.end + 20]!r}") from None
        place = 0
        for found in self._allowed.finditer(text):
            self._plain(text, place, found.start())
            place = found.end()
            self._sequence(found)
        self._plain(text, place, len(text))

    def _plain(self, text: str, start: int, end: int) -> None:
        part = text[start:end]
        self.characters += len(part)
        if part.isprintable():
            # Spaces of ASCII only, nothing of `FORBIDDEN` and nothing unassigned.
            return
        for place, character in enumerate(part):
            if not character.isprintable() and not may_be_shown(character):
                around = text[max(start + place - 60, 0) : start + place + 30]
                raise ObeyedError(f"U+{ord(character):04X} reached the terminal: {around!r}")

    def _sequence(self, found: re.Match[str]) -> None:
        self.sequences += 1
        for told in found.groups():
            if told is not None and not told.isdigit():
                self._plain(told, 0, len(told))
        if self._has_places and found["row"] is not None:
            row, column = int(found["row"]), int(found["column"])
            if not (0 < row <= self._rows and 0 < column <= self._columns):
                raise ObeyedError(f"a place outside of the screen: {found[0]!r}")


@cache
def may_be_shown(character: str) -> bool:
    """Tell whether a terminal draws this and does nothing else."""
    return character == JOINER or unicodedata.category(character) not in FORBIDDEN
