"""The one exception of the reference implementation: a refusal with the name the specs give it."""

from __future__ import annotations

FRAME = "FrameError"
AUTHENTICATION = "AuthenticationError"
REPLAYED = "Replayed"
SKIPPED = "TooManySkipped"
EXHAUSTED = "SessionExhausted"
PREKEY = "UnknownPrekey"
FOREIGN = "Unrecognised"


class RefusedError(Exception):
    """Something was refused; `kind` is the name of the error in the specs and in the vectors."""

    def __init__(self, kind: str, why: str = "") -> None:
        super().__init__(f"{kind}: {why}")
        self.kind = kind


def require(kind: str, *conditions: bool) -> None:
    """Refuse with this kind unless every condition holds."""
    if not all(conditions):
        raise RefusedError(kind)
