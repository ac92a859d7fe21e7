"""The signs that stand beside words, each with a twin for terminals and eyes that want plain ASCII.

A sign never stands for a word: colour, sign and word say the same thing. No foreign name contains one of
them (`client_tui.text.safe`), so that nobody signs with our hand.
"""

from enum import Enum


class Sign(Enum):
    """A glyph of one cell, and its twin."""

    VERIFIED = ("\u2714", "ok")
    UNVERIFIED = ("\u25cb", "--")
    CHANGED = ("\u25b2", "!!")
    REDUCED = ("\u25bd", "-.")
    QUEUED = ("\u2026", "..")
    SENT = ("\u2713", ">")
    DELIVERED = ("\u2713\u2713", ">>")
    FAILED = ("!", "!!")
    EXPIRED = ("\u25f7", "--")
    TIMER = ("\u25f7", "@")
    UNKNOWN = ("\u25a2", "??")
    DELETED = ("\u2573", "x")
    FILE = ("\u25a3", "[]")
    QUOTE = ("\u258e", "|")
    YOU = ("\u2192", "->")
    EVENT = ("\u00b7", "*")
    ONLINE = ("\u25cf", "on")
    CONNECTING = ("\u25cc", "..")
    OFFLINE = ("\u25cb", "off")
    OWN = ("\u25a4", "=")
    DRAFT = ("\u270e", "...")
    REQUEST = ("?", "?")
    MUTED = ("\u25c7", "m")
    BLOCKED = ("\u2573", "b")
    BELOW = ("\u2193", "v")
    OPENED = ("\u25be", "v")
    FOLDED = ("\u25b8", ">")
    RULE = ("\u2500", "-")
    DONE = ("\u2501", "#")
    LEFT = ("\u2500", ".")

    def __str__(self) -> str:
        """Return the glyph, or its twin where those were asked for."""
        return self.value[_chosen.twin]


class _Chosen:
    """Which of the two is shown, for the whole program: a terminal does not change what it can draw."""

    twin = False


_chosen = _Chosen()


def ascii_wanted() -> bool:
    """Tell whether the twins are shown."""
    return _chosen.twin


def use_ascii(*, wanted: bool) -> None:
    """Show the twins from now on, or the glyphs again."""
    _chosen.twin = wanted
