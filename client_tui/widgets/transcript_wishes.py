"""What the transcript asks of whoever reads the vault."""

from textual.message import Message


class OlderWanted(Message):
    """The upper edge of the window is near."""


class NewerWanted(Message):
    """The lower edge of the window is near, and more is beyond it."""


class LatestWanted(Message):
    """The end of the conversation was asked for, and the window may not hold it."""


class Left(Message):
    """Moved down past the last message: back to writing."""


class EndSeen(Message):
    """The newest message is in view."""


class Asked(Message):
    """The action `verb` was asked for message `row`."""

    def __init__(self, verb: str, row: int) -> None:
        """Name the verb and the message."""
        super().__init__()
        self.verb = verb
        self.row = row
