"""What was typed, in memory that is overwritten."""

LONGEST = 1_024
"""Bytes: more than a passphrase may have (Spec: PR-15). What comes behind it is not kept."""

CONTINUATION_MASK, CONTINUATION = 0xC0, 0x80
"""Of the second and later bytes of a character in UTF-8."""


class Typed:
    """A line of secret bytes of a fixed size: nothing is copied when it grows (Spec: CL-12)."""

    __slots__ = ("_bytes", "_length")

    def __init__(self) -> None:
        """Start empty."""
        self._bytes = bytearray(LONGEST)
        self._length = 0

    def __len__(self) -> int:
        """Return the number of characters, not of bytes."""
        held = memoryview(self._bytes)[: self._length]
        return sum(1 for byte in held if byte & CONTINUATION_MASK != CONTINUATION)

    def add(self, byte: int) -> None:
        """Append one byte, while there is room."""
        if self._length < LONGEST:
            self._bytes[self._length] = byte
            self._length += 1

    def rub_out(self) -> None:
        """Remove the last character."""
        while self._length:
            self._length -= 1
            byte, self._bytes[self._length] = self._bytes[self._length], 0
            if byte & CONTINUATION_MASK != CONTINUATION:
                return

    def clear(self) -> None:
        """Overwrite everything."""
        for place in range(LONGEST):
            self._bytes[place] = 0
        self._length = 0

    def take(self) -> str:
        """Return the text and overwrite it here.

        A string cannot be overwritten: whoever gets it lets go of it as soon as the vault is open.
        Bytes that are no UTF-8 become signs that no passphrase of ours has.
        """
        try:
            return str(memoryview(self._bytes)[: self._length], "utf-8", "replace")
        finally:
            self.clear()
