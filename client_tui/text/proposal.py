"""A passphrase for those who have none in mind, in words of their language that every keyboard can type."""

from pathlib import Path
from typing import Final

from client_tui.text.language import ENGLISH, language
from securemsg.client.invitations import propose_passphrase

WORDS: Final = Path(__file__).parent / "words"


def proposal() -> str:
    """Return six words."""
    file = WORDS / f"{language()}.txt"
    known = file if file.exists() else WORDS / f"{ENGLISH}.txt"
    return propose_passphrase(known.read_text(encoding="ascii").split())
