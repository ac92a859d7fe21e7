"""Texts by which the oracle knows messages again, also when they were edited."""

from typing import Final

from securemsg.client.views import Direction, MessageView

_EDITED: Final = "~"


def edited(text: str, how: str) -> str:
    """Return what an edit makes of a text."""
    return f"{first_words(text)}{_EDITED}{how}"


def first_words(text: str) -> str:
    """Return what a message said at first."""
    return text.partition(_EDITED)[0]


def beside(message: MessageView) -> tuple[str, bool, set[tuple[str, bool]]]:
    """Return what both sides should see of a message, as its sender sees it: text, whether gone, signs."""
    mine = message.direction is Direction.OUT
    signs = {(each.emoji, mine) for each in message.reactions if each.mine}
    return (
        message.text,
        message.deleted,
        signs | {(each.emoji, not mine) for each in message.reactions if each.theirs},
    )
