"""The first conversation without a screen: two people, one relay, every step printed."""

import tempfile
from pathlib import Path

import anyio

from client_tui.commands.status import DONE, TIMED_OUT
from client_tui.newcomer.echo import NAME, answer, echo_profile
from client_tui.newcomer.relay import running_relay
from client_tui.text.safe import safe_body, safe_name
from securemsg.client import Engine, NewProfile, Profile, create_profile
from securemsg.client.views import Direction, MessageState, MessageView

YOU = "you"

PASSPHRASE = "a passphrase for two minutes"  # noqa: S105 - of a home that is deleted at the end

TEXTS = ("Hello, is anybody there?", "This was sealed on one side and opened on the other.")

PATIENCE = 60.0
"""Seconds for the whole exchange."""


async def conversation() -> int:
    """Run it in a folder that is removed afterwards; prints both sides; returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="securemsg-") as name:
        folder = Path(name)
        with running_relay(folder / "relay") as address:
            say(f"relay    listens at {address}")
            with anyio.move_on_after(PATIENCE):
                return await exchange(folder, address)
    say("The exchange took too long.")
    return TIMED_OUT


async def exchange(folder: Path, address: str) -> int:
    """Make both people, let them talk, print what each has on disk."""
    echo = await echo_profile(folder / "echo", address)
    you = await create_profile(folder / "you", PASSPHRASE, NewProfile(name=YOU, relay=address, invitation=""))
    try:
        say(f"{NAME:<8} has account {echo.own().account[:16]}…")
        say(f"{YOU:<8} has account {you.own().account[:16]}…, and echo's link")
        contact = you.add_contact(echo.own().link, NAME).contact
        await talk(you, echo, contact)
        show(you, YOU)
        show(echo, NAME)
    finally:
        you.close()
        echo.close()
    return DONE


async def talk(you: Profile, echo: Profile, contact: int) -> None:
    """Send each text and wait for its answer, both sides connected."""
    mine, theirs = Engine(you), Engine(echo)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mine.run)
        tasks.start_soon(theirs.run)
        tasks.start_soon(answer, theirs)
        for count, text in enumerate(TEXTS, start=1):
            await mine.perform(lambda held, text=text: held.queue_text(contact, text))  # type: ignore[misc]
            await _until_answered(mine, contact, count)
        await theirs.idle()
        tasks.cancel_scope.cancel()


async def _until_answered(engine: Engine, contact: int, count: int) -> None:
    """Wait until `count` texts were delivered and as many answers came."""
    while True:
        messages = await engine.perform(lambda held: held.messages(contact))
        delivered = [message for message in messages if message.state is MessageState.DELIVERED]
        answers = [message for message in messages if message.direction is Direction.IN]
        if len(delivered) >= count and len(answers) >= count:
            return
        await anyio.sleep(0.05)


def show(profile: Profile, owner: str) -> None:
    """Print the conversation as it lies in one vault."""
    say(f"\nin the vault of {owner}:")
    for conversation_view in profile.conversations():
        for message in profile.messages(conversation_view.contact):
            say(f"  {_who(message, owner):<8} {safe_body(message.text)}  ({message.state.value})")


def _who(message: MessageView, owner: str) -> str:
    return owner if message.direction is Direction.OUT else safe_name(message.alias)


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)  # noqa: T201 - what this program is for
