"""Those who do the work of a running engine: they receive, send, carry files, and keep time.

Apart from the engine, which loads this when it runs: what is in the vault can be shown before.
"""

from typing import final

import anyio

from securemsg.client.board import Board
from securemsg.client.courier import Courier
from securemsg.client.deciding import Decide
from securemsg.client.inbox import Inbox
from securemsg.client.profile import Profile
from securemsg.client.step import Changes
from securemsg.client.ticking import Ticker
from securemsg.client.transfer.ferry import Ferry


@final
class Crew:
    """Lives in the engine's event loop; every call comes from there."""

    def __init__(self, profile: Profile, board: Board, decide: Decide) -> None:
        self.courier = Courier(profile, decide)
        self.inbox = Inbox(profile, board, decide)
        self.ticker = Ticker(decide)
        self.ferry = Ferry(profile, board, decide)

    async def run(self) -> None:
        """Work until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.inbox.run)
            tasks.start_soon(self.courier.run)
            tasks.start_soon(self.ferry.run)
            tasks.start_soon(self.ticker.run)

    def look(self, changes: Changes) -> None:
        """After a commit: let those look again whom it concerns."""
        if changes.files:
            self.ferry.wake(changes.withdrawn.values())
        if changes.timed:
            self.ticker.wake()
        if changes.tokens:
            self.inbox.revoke()
        if changes.outbox:
            self.courier.wake(changes.hurried)
