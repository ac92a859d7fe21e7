"""What a file looks like from outside: the class of its length, and the name it is saved under."""

import re
import unicodedata
from typing import Final

from securemsg.crypto.stream import stored_size
from securemsg.errors import LocalError

MAX_FILE: Final = 2**40
"""Bytes of a file: far beyond what any relay keeps, and exact in all arithmetic (Spec: FI-2, CT-15)."""

_LEAST: Final = 16_384
"""Bytes that every file has at least with its padding: a short note does not show how short."""

MAX_SAVED_NAME: Final = 150
"""Bytes of a saved name: with a number and `.part` it fits every file system (Spec: FI-11)."""

_MAX_ENDING: Final = 20
"""Bytes of an ending that stays when a name is cut: longer ones are no ending that says anything."""

_NAMELESS: Final = "file"

# Letters and marks by category that nobody sees (CL-9); the others are of the category Cf.
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_REMOVED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_REPLACED: Final = re.compile('[<>:"|?*\u2028\u2029]')
_DEVICES: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])", re.IGNORECASE
)


def padded_size(size: int) -> int:
    """Return how long a file of `size` bytes is made; raises `LocalError` beyond `MAX_FILE`.

    Spec: FI-3.
    """
    if not 0 <= size <= MAX_FILE:
        raise LocalError("The file is too large to be sent.")
    if size <= _LEAST:
        return _LEAST
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def blob_size(size: int) -> int:
    """Return how many bytes a relay stores for a file of `size` bytes (Spec: FI-3)."""
    return stored_size(padded_size(size))


def saved_name(name: str) -> str:
    """Return the name under which a file that a stranger called `name` is saved.

    It is one part of a path, 1 to 150 bytes in UTF-8, and gives itself again.

    Spec: FI-11.
    """
    seen = "".join(each for each in _UNSEEN.sub("", name) if unicodedata.category(each) not in _REMOVED)
    normal = unicodedata.normalize("NFC", seen)
    last = re.split(r"[/\\]", _REPLACED.sub("_", normal))[-1]
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in last)
    bare = spaced.lstrip(" .-~").rstrip(" .")
    if _DEVICES.fullmatch(bare.split(".")[0].rstrip(" ")):
        bare = f"_{bare}"
    return _cut(bare) or _NAMELESS


def numbered(name: str, number: int) -> str:
    """Return `name` with a number before its ending, for where it is taken; itself for 1 (Spec: FI-12)."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    return name if number == 1 else f"{stem} ({number}){dot}{ending}"


def _cut(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending
    if not stem or len(tail.encode()) > _MAX_ENDING:
        stem, tail = name, ""
    room = MAX_SAVED_NAME - len(tail.encode())
    return (stem.encode()[:room].decode(errors="ignore") + tail).rstrip(" .")
