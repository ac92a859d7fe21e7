"""What is due without anybody doing anything: messages that end, what waits for limits (CL-23, CL-29)."""

from typing import Final, final

import anyio

from securemsg.client.countdown import erase_expired
from securemsg.client.deciding import Decide
from securemsg.client.parting import give_up_doubted
from securemsg.client.presence import queue_read_receipts
from securemsg.client.step import Step
from securemsg.instant import SECOND

LONGEST_SECONDS: Final = 60.0
"""How long is slept at once while something is due: the sleep of the computer does not count in a wait, and
what was over meanwhile should not stay for longer than this."""


@final
class Ticker:
    """Looks when the next thing is due, or when `wake` says that something may be due earlier."""

    def __init__(self, decide: Decide) -> None:
        self._decide = decide
        self._stir = anyio.Event()

    def wake(self) -> None:
        """Look again: something began to count."""
        self._stir.set()

    async def run(self) -> None:
        """Do what is due, until cancelled; where nothing is, nothing wakes this."""
        while True:
            self._stir = anyio.Event()
            pause = await self._decide(tick)
            with anyio.move_on_after(pause):
                await self._stir.wait()


def tick(step: Step) -> float | None:
    """Do what is due; return the seconds until more is, `None` if nothing waits for a time."""
    if erase_expired(step):
        # Perhaps not all of it: what the person does meanwhile comes in between.
        return 0.0
    queue_read_receipts(step)
    longest = LONGEST_SECONDS if give_up_doubted(step) else None
    times = (step.vault.lifetimes.next_due(), step.vault.read_receipts.next_due())
    due = [instant for instant in times if instant is not None]
    return min(max(min(due) - step.now, 0) / SECOND, LONGEST_SECONDS) if due else longest
