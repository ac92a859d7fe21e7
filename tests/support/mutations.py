"""Small damage to valid bytes, for tests of everything that parses."""

from collections.abc import Iterator


def truncations(data: bytes) -> Iterator[bytes]:
    """Yield every proper beginning of `data`, the empty one included."""
    for length in range(len(data)):
        yield data[:length]


def one_byte_changes(data: bytes) -> Iterator[bytes]:
    """Yield `data` with one byte changed: at each place every bit alone, all bits, and to 0 and 255."""
    for place, old in enumerate(data):
        for new in {old ^ 1 << bit for bit in range(8)} | {old ^ 0xFF, 0, 0xFF} - {old}:
            yield data[:place] + bytes((new,)) + data[place + 1 :]
