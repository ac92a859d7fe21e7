"""A language of accents that is two fifths longer: what is cut or left in English shows in it."""

import re

from client_tui.text.language import English

LONGER = 0.4

ACCENTS = str.maketrans("aeiouAEIOU", "\u00e0\u00e9\u00ef\u00f4\u00fc\u00c0\u00c9\u00cf\u00d4\u00dc")

PLACE = re.compile(r"(\{\w*\}|%\(\w+\)\w|%[sr]|`[^`]*`)")

UNACCENTED = re.compile(r"\b[A-Za-z]*[aeiou][A-Za-z]*\b")
"""A word with a vowel that no translation touched."""


class Pseudo(English):
    """Accents every vowel and makes every text longer."""

    def gettext(self, message: str) -> str:
        """Return `message` so that it can be told from English."""
        parts = [part if PLACE.fullmatch(part) else part.translate(ACCENTS) for part in PLACE.split(message)]
        return "".join(parts).rstrip() + "\u00b7" * round(len(message) * LONGER) + " " * message.endswith(" ")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for `n` things, likewise."""
        return self.gettext(super().ngettext(msgid1, msgid2, n))


def english_in(shown: str) -> set[str]:
    """Return words of four letters and more that stand in English in `shown`."""
    return {word for word in UNACCENTED.findall(shown) if len(word) > 3}
