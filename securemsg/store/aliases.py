"""When two names are the same to the eye, and when one is a name at all (Spec: CL-10)."""

import unicodedata
from typing import Final

from securemsg.errors import LocalError

MAX_ALIAS: Final = 256
"""Bytes of an alias: four times a name, so that a number fits behind the longest."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
"""Categories of characters that are shown as nothing or as a placeholder."""

_FILLERS: Final = dict.fromkeys(
    [
        0x034F,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        0x3164,
        0xFFA0,
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
"""Letters and marks that are shown as nothing although their category does not say so."""


def alias_key(alias: str) -> str:
    """Return what two aliases share that a person would take for the same.

    Raises `LocalError` for an alias of which nothing is seen, that is too long, or no
    valid Unicode.
    """
    if not is_text(alias):
        raise LocalError("An alias must be valid Unicode.")
    if not visible(alias) or len(alias.encode()) > MAX_ALIAS:
        raise LocalError("An alias is not empty and has at most {most} bytes.", most=MAX_ALIAS)
    return fold(alias)


def visible(text: str) -> str:
    """Return `text` without what nobody sees: controls, formats, fillers, repeated space."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    seen = (character for character in spaced if unicodedata.category(character) not in _UNSEEN)
    return " ".join("".join(seen).translate(_FILLERS).split())


def fold(text: str) -> str:
    """Return the key of a name, without judging whether it is one."""
    # Compatibility forms and what cannot be seen make no difference between two names. Folding
    # can undo a normalisation, hence the second one (Unicode Standard, D146).
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", visible(text)).casefold())
    return visible(folded)


def is_text(text: str) -> bool:
    """Tell whether `text` can be stored: a command line may carry bytes that are no Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
