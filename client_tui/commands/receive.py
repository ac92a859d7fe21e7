"""`securemsg receive`: fetch, store, acknowledge, and print what is new, once."""

import argparse
import signal
from dataclasses import dataclass, field

import anyio

from client_tui.commands.alarms import tell_of_alarms
from client_tui.commands.context import Context
from client_tui.commands.messages import KEYS, change_line, change_record, message_line, message_record
from client_tui.commands.opening import online
from client_tui.commands.output import tell
from client_tui.commands.seconds import seconds
from client_tui.commands.status import DONE, TIMED_OUT
from client_tui.following import follow
from client_tui.text.language import _
from client_tui.text.sentences import translated
from securemsg.client import Engine, Profile
from securemsg.client.views import AlarmView, ChangeView, LinkState, MessageView

PATIENCE = 10.0
"""Seconds for reaching the relay and emptying the mailbox unless told otherwise."""

BATCH = 50
"""Messages read from the vault at once."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(KEYS)
    parser.add_argument(
        "--wait", type=seconds, metavar="SECONDS", help=_("wait so long for a message to come")
    )
    parser.add_argument("--follow", action="store_true", help=_("go on printing until interrupted"))


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print each message once: it counts as printed before the line leaves, the vault keeps it anyway."""

    async def fetch(profile: Profile, engine: Engine) -> int:
        del profile
        receiving = Receiving(context, engine)
        if arguments.follow:
            await receiving.until_interrupted()
            return DONE
        return await receiving.once(arguments.wait)

    return online(context, fetch)


@dataclass(slots=True)
class Receiving:
    """One run of the command."""

    context: Context
    engine: Engine
    printed: anyio.Event = field(default_factory=anyio.Event)
    reached: bool = False
    told: list[AlarmView] = field(default_factory=list)

    async def once(self, wait: float | None) -> int:
        """Empty the mailbox; with `wait`, go on until something came or the time is over."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._forever)
            with anyio.move_on_after(PATIENCE if wait is None else wait):
                await self.engine.idle()
                self.reached = True
                if wait is not None:
                    await self.printed.wait()
            tasks.cancel_scope.cancel()
        await self._print_new()
        if self.reached or self.printed.is_set():
            return DONE
        why = translated(self.engine.connection.reason)
        tell(_("The relay was not reached in time; your messages wait there.") + f" {why}")
        return TIMED_OUT

    async def until_interrupted(self) -> None:
        """Print as messages come, until SIGINT or SIGTERM."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._forever)
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    break
            tasks.cancel_scope.cancel()

    async def _forever(self) -> None:
        await follow(self.engine, self._print_new)

    async def _print_new(self) -> None:
        self.reached |= self.engine.connection.state is LinkState.ONLINE
        while batch := await self.engine.perform(lambda profile: profile.unprinted(BATCH)):
            for message in batch:
                await self._print(message)
        while news := await self.engine.perform(lambda profile: profile.news(BATCH)):
            for change in news:
                await self._print_change(change)
        alarms = await self.engine.perform(Profile.alarms)
        if any(alarm not in self.told for alarm in alarms):
            tell_of_alarms(alarms)
        self.told = alarms

    async def _print(self, message: MessageView) -> None:
        # Shielded: a message that is marked and then not printed would be missed by the reader.
        with anyio.CancelScope(shield=True):
            await self.engine.perform(lambda profile: profile.mark_printed([message.row]))
            self.context.output.put(message_record(message), message_line(message))
            self.printed.set()

    async def _print_change(self, change: ChangeView) -> None:
        with anyio.CancelScope(shield=True):
            await self.engine.perform(lambda profile: profile.mark_news_printed([change.number]))
            self.context.output.put(change_record(change), change_line(change))
            self.printed.set()
