"""What was removed from a picture, in the person's language: the library names it in English."""

from typing import Final

from client_tui.text.language import N_, _

WORDS: Final = (
    N_("Exif"),
    N_("place (GPS)"),
    N_("XMP"),
    N_("IPTC"),
    N_("comments"),
    N_("texts"),
    N_("time of change"),
    N_("embedded previews"),
    N_("data of the camera or program"),
    N_("data behind the picture"),
)
"""As `securemsg.client.transfer.pictures` says them."""


def removed_words(removed: str) -> str:
    """Return a `FileView.removed` with each of its words translated."""
    return ", ".join(_(word) for word in removed.split(", ")) if removed else ""
