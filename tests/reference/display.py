"""11, CL-9 and CL-10: which code points never reach a terminal, and which names are the same."""

from __future__ import annotations

import unicodedata

NEVER = (
    (0x0000, 0x0009),  # and U+000A outside messages
    (0x000B, 0x001F),
    (0x007F, 0x009F),
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200C),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE0FFF),
)
JOINER = 0x200D

UNSEEN_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs"}
UNSEEN = {
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x3164,
    0xFFA0,
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
}
UNSEEN |= set(range(0xE0100, 0xE01F0))


def seen(name: str) -> str:
    """CL-10: a name without what nobody sees; runs of white space become one space."""
    spaced = "".join(" " if character.isspace() else character for character in name)
    left = [
        character
        for character in spaced
        if unicodedata.category(character) not in UNSEEN_CATEGORIES and ord(character) not in UNSEEN
    ]
    return " ".join("".join(left).split())


def key(name: str) -> str:
    """CL-10: what names that are the same share."""
    folded = unicodedata.normalize("NFD", seen(name))
    folded = unicodedata.normalize("NFKD", folded).casefold()
    return seen(unicodedata.normalize("NFKC", folded))
