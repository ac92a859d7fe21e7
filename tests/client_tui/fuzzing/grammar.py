"""Texts that somebody wrote to attack a terminal, made from a grammar: the same ones for the same seed."""

from collections.abc import Callable
from typing import Final

from tests.store.chance import Chance

MARK: Final = "q"
"""Before the number of a text: whether it was shown at all can be counted in what came out."""

_WORDS: Final = (
    "key verified", "You", "embargo", "$ rm -rf ~", "[b]", "[/]", "[@click=app.leave]x[/]", "\u2714", "14:02",
)  # fmt: skip
_INTRODUCERS: Final = ("\x1b[", "\x9b", "\x1b\x1b[", "\x1b[?", "\x1b[>", "\x1b[<", "\x9b?")
_FINALS: Final = "@ABCDEFGHIJKLMPSTXZ^`abcdefghlmnpqrstuxyz{|}~"
_STRINGS: Final = ("\x1b]", "\x9d", "\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98")
_ENDS: Final = ("\x07", "\x1b\\", "\x9c", "", "\x18", "\x1a", "\n")
_ORDERS: Final = (
    "52;c;b3duZWQ=", "0;owned", "2;owned", "8;;http://evil.example", "777;notify;a;b", "9;4;1", "22;x",
)  # fmt: skip
_SHORT: Final = "c78=>DEHMNOZ6nol|}~(#%\x0e\x0f"
_BIDI: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u206a\u206f"
_ZERO_WIDTH: Final = "\u200b\u200c\u200d\u2060\u2061\u2064\ufeff\u00ad\u034f\u115f\u3164\u180e\u2800\uffa0"
_LINE_ENDS: Final = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\n\r", "\x1c", "\x1e")
_MARKS: Final = "\u0301\u0338\u20e0\u0489\u0903\u0e33\u1ab0\ufe20\u093f\u3099\u0fb2\U0001d165"
_BASES: Final = "ae\u05d0\u0627\u0915\u1100\u1161\u11a8\u4f1a \u25cc\U0001f469"
_PEOPLE: Final = "\U0001f469\U0001f468\U0001f467\U0001f4bb\u2764\U0001f9d1\U0001f91d\U0001f3f3\u26a7\u2620"
_AROUND: Final = "\u200d\ufe0f\ufe0e\U0001f3fb\U0001f3ff\u20e3"
_OVERLONG: Final = (
    b"\xc0\x9b[2J", b"\xe0\x80\x9b2J", b"\xf0\x80\x80\x9b", b"\xc0\x80", b"\xed\xa0\x80", b"\xed\xb0\x9b",
    b"\xf4\x90\x80\x80", b"\xff\xfe\x1b[H", b"\xc2", b"\x9b6n", b"\xe2\x80",
)  # fmt: skip
_SCRIPTS: Final = (
    "\u0645\u0631\u062d\u0628\u0627\u05e9\u05dc\u05d5\u4f1a\u8bae\uac00\u0928\u0e01\uff21\U00020000"
)
_NUMBERS: Final = (0, 1, 2, 5, 6, 31, 1049, 2004, 9999)
_MARKUP: Final = ("[bold", "[@click=app.leave]", "[link=https://x]", "[/]", "\\[", "$name", "{name}")
_LAST: Final = 0x110000

_Piece = Callable[[], str]


class Grammar:
    """Draws texts."""

    def __init__(self, seed: int) -> None:
        """Begin the series of `seed`."""
        self.random = Chance(seed)
        self.drawn = 0
        self._kinds: tuple[_Piece, ...] = (
            self._control, self._control, self._order, self._order, self._order, self._string, self._string,
            self._short, self._bidi, self._hidden, self._tags, self._selectors, self._surrogates,
            self._overlong, self._tower, self._family, self._flags, self._script, self._private,
            self._line_end, self._blanks, self._any, self._any, self._markup,
            self._word, self._word, self._word,
        )  # fmt: skip

    def text(self) -> str:
        """Return the next text: its number, then one to seven pieces."""
        self.drawn += 1
        draw = self.random
        pieces = [draw.choice(self._kinds)() for _ in range(draw.randrange(1, 8))]
        head = draw.choice(("", "", "\x1b", "\u202e", "\u0301")) if draw.random() < 0.3 else ""
        return f"{head}{MARK}{self.drawn:07} {''.join(pieces)}"

    def stored(self) -> str:
        """Return the same as a vault or a frame could hold it: without lone surrogates."""
        return self.text().encode("utf-8", "replace").decode()

    def _some(self, letters: str, most: int) -> str:
        return "".join(self.random.choices(letters, k=self.random.randrange(1, most)))

    def _word(self) -> str:
        return self.random.choice(_WORDS)

    def _control(self) -> str:
        # C0, then delete and C1.
        code = self.random.randrange(0x41)
        return chr(code if code < 0x20 else 0x7F + code - 0x20)

    def _order(self) -> str:
        """A control sequence; most ask for what no client of ours asks for."""
        draw = self.random
        numbers = ";".join(str(draw.choice(_NUMBERS)) for _ in range(draw.randrange(4)))
        between = draw.choice(("", "", "", " ", "$", "!", '"', "'"))
        return f"{draw.choice(_INTRODUCERS)}{numbers}{between}{draw.choice(_FINALS)}"

    def _string(self) -> str:
        draw = self.random
        return f"{draw.choice(_STRINGS)}{draw.choice(_ORDERS)}{draw.choice(_ENDS)}"

    def _short(self) -> str:
        return f"\x1b{self.random.choice(_SHORT)}"

    def _bidi(self) -> str:
        return f"{self.random.choice(_BIDI)}gnp.exe{self.random.choice(_BIDI)}"

    def _hidden(self) -> str:
        return f"pay{self._some(_ZERO_WIDTH, 4)}pal"

    def _tags(self) -> str:
        return "".join(chr(0xE0000 + self.random.randrange(0x80)) for _ in range(4))

    def _selectors(self) -> str:
        return f"a{chr(0xFE00 + self.random.randrange(16))}{chr(0xE0100 + self.random.randrange(240))}"

    def _surrogates(self) -> str:
        return "".join(chr(0xD800 + self.random.randrange(0x800)) for _ in range(self.random.randrange(1, 3)))

    def _overlong(self) -> str:
        errors = self.random.choice(("surrogateescape", "replace", "surrogatepass", "latin-1"))
        raw = self.random.choice(_OVERLONG)
        if errors == "latin-1":
            return raw.decode("latin-1")
        return raw.decode("utf-8", errors if errors != "surrogatepass" else "surrogateescape")

    def _tower(self) -> str:
        count = self.random.choice((1, 2, 9, 40, 300)) if self.random.random() < 0.2 else 3
        return self.random.choice(_BASES) + "".join(self.random.choices(_MARKS, k=count))

    def _family(self) -> str:
        draw = self.random
        return "".join(draw.choice(_PEOPLE) + draw.choice(_AROUND) for _ in range(draw.randrange(1, 7)))

    def _flags(self) -> str:
        return "".join(chr(0x1F1E6 + self.random.randrange(26)) for _ in range(3))

    def _script(self) -> str:
        return self._some(_SCRIPTS, 9)

    def _private(self) -> str:
        return chr(self.random.choice((0xE000, 0xF0000, 0x100000)) + self.random.randrange(0x1000))

    def _line_end(self) -> str:
        return self.random.choice(_LINE_ENDS)

    def _blanks(self) -> str:
        return self._some(" \t\u00a0\u3000\u2003", 80)

    def _any(self) -> str:
        return chr(self.random.randrange(_LAST))

    def _markup(self) -> str:
        return self.random.choice(_MARKUP)
