"""Whether the clock of a node may be used: what it stores expires by the clocks of others (Spec: RL-26)."""

from typing import Final

from relay.storage.operations import StoreFailedError
from securemsg.instant import Instant

SERVER_CLOCK: Final = "(extract(epoch FROM now()) * 1000)::bigint"
"""The server's time in ms, when the transaction began."""


class ClockApartError(StoreFailedError):
    """This node's clock, or the server's, is wrong: nothing is stored and nothing expires."""


def refuse_apart(now: Instant, there: int, most: int | None) -> None:
    """Raise `ClockApartError` where `now` is further than `most` (all in ms) from the server's time.

    A node that is a month ahead would delete what others accepted; one that is a month behind would accept
    what others delete at once.
    """
    if most is not None and abs(there - now) > most:
        raise ClockApartError("the clocks of node and server differ")
