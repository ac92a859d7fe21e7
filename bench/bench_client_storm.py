"""The client among messages that come all at once: `python -m bench.bench_client_storm HOME COUNT`.

They come as the inbox brings them: fifty in one transaction, in the engine's thread, with its notices.
"""

import asyncio
import signal
import sys
from functools import partial
from pathlib import Path

import anyio

from client_tui.app import SecureApp, Start
from client_tui.clock import now
from client_tui.demo.stage import PASSPHRASE
from securemsg.client import Profile, open_profile
from securemsg.client.rehearsal import Rehearsal, Repeating
from securemsg.client.scene import Line, Scene
from securemsg.client.step import Step
from securemsg.client.views import ConnectionView, Direction, LinkState

TOGETHER = 50


class Storm(Rehearsal):
    """Lets `count` messages come after SIGUSR1, into the first conversation."""

    def __init__(self, profile: Profile, count: int) -> None:
        """Be ready."""
        super().__init__(profile, ConnectionView(LinkState.ONLINE, "", None, now(), 0))
        self._count = count
        self._contact = profile.conversations()[0].contact

    async def run(self) -> None:
        """Wait for the signal, let them come, go on."""
        begun = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begun.set)
        await begun.wait()
        for start in range(0, self._count, TOGETHER):
            await self._decide(partial(self._come, start=start))
        await super().run()

    def _come(self, step: Step, start: int) -> None:
        scene = Scene(step, Repeating(b"storm%d" % start))
        for number in range(start, start + TOGETHER):
            text = f"{number} : encore une ligne qui arrive, comme apr\u00e8s une semaine d'absence."
            scene.say(self._contact, Line(Direction.IN, text, now()))
        step.changes.contacts.add(self._contact)  # type: ignore[arg-type]  # views have it as a plain number
        step.changes.list = True


def main() -> None:
    """Open the home and show it."""
    home = Path(sys.argv[1])
    profile = anyio.run(open_profile, home, PASSPHRASE)
    SecureApp(Start(home=home, profile=profile, engine=Storm(profile, int(sys.argv[2])))).run()


if __name__ == "__main__":
    main()
