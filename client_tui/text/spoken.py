"""Digits as they are read aloud, in the language of the person: nobody mistakes a word for another line."""

from client_tui.text.language import N_, _

DIGITS = (
    *(N_("zero"), N_("one"), N_("two"), N_("three"), N_("four")),
    *(N_("five"), N_("six"), N_("seven"), N_("eight"), N_("nine")),
)


def spoken(digits: str) -> str:
    """Return digits as words, with a comma between groups."""
    groups = (
        " ".join(_(DIGITS[int(digit)]) for digit in group if digit.isdecimal()) for group in digits.split()
    )
    return ", ".join(groups)
