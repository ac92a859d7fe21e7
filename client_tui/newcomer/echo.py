"""`echo`: a second person who answers every text with the same text. A whole bot on the client facade."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from client_tui.following import follow
from client_tui.newcomer.programs import beside
from securemsg.client import Engine, NewProfile, Profile, create_profile, home_exists, open_profile
from securemsg.client.views import Direction, MessageView

NAME = "echo"

PASSPHRASE = "echo has no secrets of its own"  # noqa: S105 - true: its home lies beside this program
BATCH = 50


@dataclass(frozen=True, slots=True)
class EchoProgram:
    """The bot as a program of its own."""

    home: Path
    relay: str

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run it for the length of the block; yields its contact link."""
        arguments = ["-m", "client_tui.newcomer.echo", str(self.home), self.relay]
        with beside(arguments, self.home.with_suffix(".log")) as ready:
            yield ready["link"]


async def echo_profile(home: Path, relay: str) -> Profile:
    """Return the open profile of the bot; made at the first run."""
    if home_exists(home):
        return await open_profile(home, PASSPHRASE)
    return await create_profile(home, PASSPHRASE, NewProfile(name=NAME, relay=relay, invitation=""))


async def answer(engine: Engine) -> None:
    """Answer what comes until cancelled."""

    async def look() -> None:
        await engine.perform(answer_waiting)

    await follow(engine, look)


def answer_waiting(profile: Profile) -> None:
    """Queue an answer to each message that was not answered; printing is this program's answering."""
    while waiting := profile.unprinted(BATCH):
        for message in waiting:
            if message.direction is Direction.IN and message.readable:
                profile.queue_text(message.contact, _words(message))
            profile.mark_printed([message.row])


def _words(message: MessageView) -> str:
    if message.file is None:
        return f"You said: {message.text}"
    named = f"You sent the file {message.file.name} ({message.file.size} bytes)"
    return f"{named} and said: {message.text}" if message.text else f"{named}."


async def serve(home: Path, relay: str) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    profile = await echo_profile(home, relay)
    try:
        engine = Engine(profile)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(engine.run)
            tasks.start_soon(answer, engine)
            sys.stdout.write(json.dumps({"link": profile.own().link}) + "\n")
            sys.stdout.flush()
            with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
                async for _ in signals:
                    break
            tasks.cancel_scope.cancel()
    finally:
        profile.close()


if __name__ == "__main__":
    anyio.run(serve, Path(sys.argv[1]), sys.argv[2])
