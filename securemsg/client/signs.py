"""Whether a text is one sign, as people see it: for reactions (Spec: CT-10)."""

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_TONES: Final = range(0x1F3FB, 0x1F400)
_SELECTORS: Final = range(0xFE00, 0xFE10)
_TAGS: Final = range(0xE0020, 0xE0080)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


def is_one_sign(text: str) -> bool:
    """Tell whether `text` is one visible sign, as far as that can be told without tables of clusters.

    Marks, skin tones, selectors and tags belong to the sign before them; a joiner ties the next
    one to it, and two letters of a flag are one flag.
    """
    signs, joined, half_flag = 0, False, False
    for character in text:
        point = ord(character)
        if character == _JOINER:
            joined = signs > 0
        elif _continues(character, point):
            if not signs:
                return False
        elif not _is_visible(character):
            return False
        else:
            completes = half_flag and point in _FLAG_LETTERS
            half_flag = point in _FLAG_LETTERS and not completes
            signs += 0 if joined or completes else 1
            joined = False
    return signs == 1 and not joined


def _continues(character: str, point: int) -> bool:
    marks = unicodedata.category(character) in {"Mn", "Me", "Mc"}
    return marks or any(point in points for points in (_TONES, _SELECTORS, _TAGS))


def _is_visible(character: str) -> bool:
    # Controls, formats, surrogates, private use, unassigned; spaces.
    return unicodedata.category(character)[0] not in "CZ"
