"""What can be wrong with a relay, each with one sentence for the person.

All are `RemoteError`s: the outbox keeps what could not be sent, nothing is lost.
"""

from typing import TYPE_CHECKING

from securemsg.errors import RemoteError
from securemsg.mailbox.error_codes import ErrorCode

if TYPE_CHECKING:
    from securemsg.mailbox.answers import Failed


class RelayProblem(RemoteError):  # noqa: N818  # named after what it is
    """The relay cannot be used now; `str()` is a sentence that says what to do.

    `retry_seconds` is for how long the relay sent us away, 0 if it did not say; `spread_seconds` is the
    span over which its clients come back after an established connection was lost, 0 before (Spec: MB-13).
    """

    def __init__(self, sentence: str, retry_seconds: int = 0) -> None:
        super().__init__(sentence)
        self.retry_seconds = retry_seconds
        self.spread_seconds = 0


class Unreachable(RelayProblem):
    """Nobody answers, or the connection broke: trying again helps."""


class Blocked(Unreachable):
    """Somebody answers and the handshake fails: the network may let another kind through (Spec: MB-21)."""


class NotTrusted(RelayProblem):
    """Somebody answers who is not the relay of this address: trying again does not help."""


class Refused(RelayProblem):
    """The relay answered with the error `code`."""

    def __init__(self, failure: "Failed") -> None:
        super().__init__(sentence_of(failure.code), failure.retry_seconds)
        self.code = failure.code


def of_own_relay(problem: RelayProblem) -> str:
    """Return the sentence for a problem with the relay at which our own mailbox is."""
    if isinstance(problem, Refused) and problem.code is ErrorCode.REFUSED:
        return (
            "Your relay does not know your mailbox: ask its administrator whether it lost or moved its data."
        )
    return problem.sentence


def sentence_of(code: ErrorCode) -> str:
    """Return what an error of a relay means to the person, and what to do."""
    return _SENTENCES.get(code, "The relay could not do what was asked; it is tried again.")


_SENTENCES = {
    ErrorCode.REFUSED: "The relay refuses this mailbox or its key: ask the person for a new contact link.",
    ErrorCode.FULL: "The mailbox is full: it is tried again until the person has fetched messages.",
    ErrorCode.SLOW_DOWN: "The relay asks to slow down; it is tried again.",
    ErrorCode.REGISTRATION_REFUSED: (
        "The relay takes no new people without a valid invitation: ask its administrator for one."
    ),
    ErrorCode.TOO_LARGE: "The message is larger than the relay takes: send a shorter one.",
    ErrorCode.VERSION: "The relay speaks another version of the protocol: update this program or the relay.",
    ErrorCode.UNAVAILABLE: (
        "The relay cannot store messages now (is its disk full?): it is tried again; tell its administrator."
    ),
    ErrorCode.NO_PREKEYS: (
        "The person has not published keys yet: it is tried again; ask them to start their client once."
    ),
}
