"""Words that mix alphabets: with letters that look alike, a name is made to look like another one.

A word of one alphabet only can look like a word of another, too; only comparing safety numbers helps there.
"""

import unicodedata
from typing import Final

_ALIKE: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET"})
"""Alphabets with letters that are drawn like those of another one; people mix others with good reason."""


def mixes_alphabets(name: str) -> bool:
    """Tell whether a word of `name` has letters of two alphabets that look alike."""
    return any(len(_alphabets(word)) > 1 for word in name.split())


def _alphabets(word: str) -> set[str]:
    named = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
    return named & _ALIKE
