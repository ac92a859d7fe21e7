"""The client on this terminal, its real widgets filled with texts of the grammar, screen after screen.

`python -m tests.client_tui.fuzzing.screens SEED COUNT` writes to the terminal; `run` reads it. The last
filter is off for most of it, so that the gate alone has to hold; now and then it is on.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Final

from textual.filter import LineFilter
from typing_extensions import override

from client_tui.app import SecureApp, Start
from client_tui.demo.entrance import staged_home
from client_tui.screens.chat import ChatScreen
from client_tui.terminal.crash import guard_against_leaks
from securemsg.errors import LocalError
from tests.client_tui.fuzzing.forged import Forger
from tests.client_tui.fuzzing.stage import Stage

GUARDED: Final = 3
"""Of so many screens one has the last filter too."""


class Attacked(SecureApp):
    """Shows what a hostile vault could hold, and ends by a failure that quotes it."""

    def __init__(self, start: Start, forger: Forger, count: int) -> None:
        """Show about `count` texts of `forger`."""
        self._round = 0
        super().__init__(start)
        self._forger = forger
        self._count = count

    @override
    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        if self._round % GUARDED == 0:
            return filters
        return [each for each in filters if each is not self._last_filter]

    @override
    async def on_mount(self) -> None:
        # Textual calls the one of the class above as well.
        self.run_worker(self._attack(), group="attack")

    async def _attack(self) -> None:
        # No event of the client tells that a conversation is open.
        while not isinstance(self.screen, ChatScreen) or self.screen.talk.view is None:  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.05)
        stage = Stage(self, self.screen, self._forger)
        while self._forger.grammar.drawn < self._count:
            self._round += 1
            await stage.show(self._round)
        raise LocalError("There is no {name} here.", name=self._forger.text())


def main() -> None:
    """Show."""
    seed, count = (int(word) for word in sys.argv[1:])
    guard_against_leaks()
    with staged_home() as (home, profile, engine):
        app = Attacked(Start(home=home, profile=profile, engine=engine), Forger(seed), count)
        app.run()
    told = isinstance(app._exception, Exception) and "There is no" in str(app._exception)
    sys.stdout.flush()
    os._exit(0 if told else 1)


if __name__ == "__main__":
    main()
