"""A sentence for the person, sent up to whatever screen shows such sentences."""

from textual.message import Message


class Said(Message):
    """Something happened or was refused; `wrong` tells which."""

    def __init__(self, sentence: str, *, wrong: bool = False) -> None:
        """Carry one sentence."""
        super().__init__()
        self.sentence = sentence
        self.wrong = wrong
