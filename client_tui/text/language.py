"""The language in which people are spoken to: English is written in the code, others are in catalogues.

    _("Enter sends.")
    ngettext("{count} message", "{count} messages", count).format(count=count)

Values go in after translation, by name, so that a translator can move them. Tables that are made at
import mark their texts with `N_` and translate them with `_` when they are shown.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

DOMAIN: Final = "securemsg"
"""The name of the catalogue files."""

LOCALES: Final = Path(__file__).parents[1] / "locales"
"""Where they are: `LANGUAGE/LC_MESSAGES/securemsg.mo`."""

ENGLISH: Final = "en"

LANGUAGES: Final = {ENGLISH: "English", "fr": "Fran\u00e7ais"}
"""Codes and what those who read them call them."""

VARIABLE: Final = "SECUREMSG_LANGUAGE"
"""Says the language for one process, whatever the settings and the locale say."""

VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX says the language of messages; the first that is not empty decides."""


class Catalogue(Protocol):
    """What translates; those of the standard library do."""

    def gettext(self, message: str) -> str:
        """Return `message` in this language, or as it is."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for `n` things."""


class English:
    """The language of the code: nothing is looked up, and nothing imported."""

    def gettext(self, message: str) -> str:
        """Return `message`."""
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the first for one thing, the second for none or many."""
        return msgid1 if n == 1 else msgid2


class _Spoken:
    """The language now; there is one person at this terminal."""

    def __init__(self) -> None:
        self.code = ""
        self.catalogue: Catalogue = English()


_spoken = _Spoken()


def _(message: str) -> str:
    """Return `message` in the language of the person."""
    # The empty message is the head of a catalogue, which nobody wants to read.
    return (_spoken.catalogue if _spoken.code else _first()).gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form for `count` things; the number itself is put in by the caller."""
    return (_spoken.catalogue if _spoken.code else _first()).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 - the name that extractors and translators know
    """Mark `message` for the catalogues and return it as it is."""
    return message


def language() -> str:
    """Return the code of the language in use."""
    if not _spoken.code:
        _first()
    return _spoken.code


def use_language(code: str, catalogue: Catalogue | None = None) -> None:
    """Speak `code` from now on, English if there is no catalogue for it."""
    known = catalogue or (_load(code) if code in LANGUAGES and code != ENGLISH else None)
    _spoken.code = code if known else ENGLISH
    _spoken.catalogue = known or English()


def language_of(environment: Mapping[str, str], setting: str = "") -> str:
    """Return the language that the environment and the device's setting ask for."""
    for wanted in (environment.get(VARIABLE, ""), setting):
        if wanted in LANGUAGES:
            return wanted
    said = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    code = said[:2].lower()
    return code if code in LANGUAGES and not said[2:3].isalpha() else ENGLISH


def _first() -> Catalogue:
    use_language(language_of(os.environ))
    return _spoken.catalogue


def _load(code: str) -> Catalogue | None:
    import gettext  # noqa: PLC0415 - a few milliseconds that those who read English need not pay

    try:
        return gettext.translation(DOMAIN, LOCALES, [code])
    except OSError:
        # An installation without the file still works.
        return None
