"""What is said around the wiping of a home: what has to be typed, and honestly what remains."""

from typing import Final

from client_tui.registry.lookup import folded
from client_tui.text.language import N_, _

REMAINS: Final = N_(
    "What others received from you stays with them. Backups, snapshots and worn cells of a disk may still"
    " hold the encrypted files; without their key, which is destroyed, they open no more."
)


def word() -> str:
    """Return the word to type."""
    return _("WIPE")


def is_word(typed: str) -> bool:
    """Tell whether `typed` is that word, in whatever case."""
    return folded(typed.strip()) == folded(word())


def told_relay(*, told: bool) -> str:
    """Return what became of the mailbox."""
    if told:
        return _("The relay has forgotten this mailbox and what waited in it.")
    return _("The relay could not be told: what others send there waits until it expires, unread.")
