"""Bytes of a terminal as what the person meant by them."""

from enum import Enum


class Stroke(Enum):
    """A key that is no character."""

    ENTER = "enter"
    RUB_OUT = "rub out"
    CLEAR = "clear"
    LEAVE = "leave"
    END = "end"
    PASTE = "paste"
    PASTED = "pasted"


class _Inside(Enum):
    NOTHING = 0
    ESCAPE = 1
    SEQUENCE = 2


ESCAPE = 0x1B
KEYS = {
    0x0D: Stroke.ENTER,
    0x0A: Stroke.ENTER,
    0x7F: Stroke.RUB_OUT,
    0x08: Stroke.RUB_OUT,
    0x15: Stroke.CLEAR,
    0x17: Stroke.CLEAR,
    0x03: Stroke.LEAVE,
    0x11: Stroke.LEAVE,
    0x04: Stroke.END,
}
"""Enter and Ctrl+J; Backspace and Ctrl+H; Ctrl+U and Ctrl+W; Ctrl+C and Ctrl+Q; Ctrl+D."""

PASTES = {b"[200~": Stroke.PASTE, b"[201~": Stroke.PASTED}
"""What terminals that are asked to (mode 2004) write around a paste."""

LONGEST = 8
"""Bytes of a sequence that are told from others; those that mean something have five."""

FIRST_PRINTABLE = 0x20
SEQUENCE_OPENERS = b"[O"
FIRST_FINAL, LAST_FINAL = 0x40, 0x7E


class Keyboard:
    """Reads byte by byte; arrows, function keys and what else begins with Escape mean nothing here."""

    __slots__ = ("_inside", "_sequence")

    def __init__(self) -> None:
        """Start between two keys."""
        self._inside = _Inside.NOTHING
        self._sequence = b""

    def pause(self) -> None:
        """Note that no more bytes were waiting: an Escape before that was the key alone."""
        if self._inside is _Inside.ESCAPE:
            self._inside = _Inside.NOTHING

    def read(self, byte: int) -> int | Stroke | None:
        """Return the key that `byte` completes: a byte of a character, a stroke, or nothing."""
        match self._inside:
            case _Inside.ESCAPE:
                self._inside = _Inside.SEQUENCE if byte in SEQUENCE_OPENERS else _Inside.NOTHING
                self._sequence = bytes([byte])
                return None
            case _Inside.SEQUENCE:
                self._sequence = (self._sequence + bytes([byte]))[:LONGEST]
                if FIRST_FINAL <= byte <= LAST_FINAL:
                    self._inside = _Inside.NOTHING
                    return PASTES.get(self._sequence)
                return None
            case _Inside.NOTHING if byte == ESCAPE:
                self._inside = _Inside.ESCAPE
                return None
            case _Inside.NOTHING:
                return KEYS.get(byte) or (byte if byte >= FIRST_PRINTABLE else None)
