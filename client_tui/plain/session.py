"""One opened profile, talked with line by line."""

import math
from collections.abc import Callable
from contextlib import aclosing
from enum import Enum
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from client_tui.bridge import Bridge, Changes
from client_tui.clock import now
from client_tui.plain.console import Console
from client_tui.plain.table import SIGN, find
from client_tui.plain.wording import (
    FILES,
    SENTENCE,
    link_line,
    message_line,
    numbered,
    person_line,
    sentence,
    state_line,
)
from client_tui.text.language import N_, _, ngettext
from client_tui.text.safe import SafeText, safe_line, safe_name
from client_tui.text.sentences import sentence_of
from securemsg.client import Profile
from securemsg.client.views import (
    AlarmView,
    ConversationView,
    Direction,
    FileState,
    LinkState,
    MessageState,
    MessageView,
    Trust,
)
from securemsg.errors import LocalError, RemoteError

T = TypeVar("T")

CHANGED = N_(
    "The safety number of {name} has changed: a new account, or somebody who pretends to be {name}."
    " Sending is paused: /verify compares, /proceed goes on without."
)

LOOKED_BACK = 100
"""Messages of a conversation looked at after a change: more at once are counted, not printed."""

WATCH = 5.0
"""Seconds between two looks at whether anybody is there."""


class Ending(Enum):
    """How a session ended."""

    LEFT = "left"
    LOCKED = "locked"


class Session:
    """Prints events and does what the lines say, until the person leaves or locks."""

    def __init__(self, bridge: Bridge, console: Console) -> None:
        """Talk on `console` about the profile of `bridge`."""
        self._bridge, self._console = bridge, console
        self._current: ConversationView | None = None
        self._printed: dict[int, int] = {}
        self._ours: dict[int, MessageState] = {}
        self._files: dict[int, FileState] = {}
        self._alarms: list[AlarmView] = []
        self._link: LinkState | None = None
        self._ending: Ending | None = None
        self.offered = ""
        """The link that was looked at and may be added."""
        self.compared: int | None = None
        """The contact whose safety number was compared or printed last."""

    async def run(self) -> Ending:
        """Talk; returns how it ended."""
        sending, receiving = anyio.create_memory_object_stream[Changes](math.inf)
        with sending, receiving:
            await self._talk(sending, receiving)
        return self._ending or Ending.LEFT

    async def _talk(
        self, sending: MemoryObjectSendStream[Changes], receiving: MemoryObjectReceiveStream[Changes]
    ) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._bridge.run, sending.send_nowait)
            await self._greet()
            tasks.start_soon(self._follow, receiving)
            tasks.start_soon(self._watch, tasks.cancel_scope)
            self._ask()
            async with aclosing(self._console.lines()) as lines:
                async for line in lines:
                    await self._take(line)
                    if self._ending is not None:
                        break
                    self._ask()
            tasks.cancel_scope.cancel()

    async def perform(self, function: Callable[[Profile], T]) -> T:
        """Run `function` on the vault; raises what it raises."""
        return await self._bridge.perform(function)

    def answer(self, line: str) -> None:
        """Print a line that was asked for; foreign text in it is filtered already."""
        self._console.answer([SafeText(line)])

    def writing_to(self) -> int:
        """Return the contact that is written to; raises `LocalError` where nobody was chosen."""
        return self.current().contact

    def current(self) -> ConversationView:
        """Return the conversation that is written to; raises `LocalError` where nobody was chosen."""
        if self._current is None:
            raise LocalError(N_("Say to whom first: /to NAME. /contacts lists the people."))
        return self._current

    def turn_to(self, view: ConversationView | None) -> None:
        """Write to this contact from now on, or to nobody."""
        self._current = view

    def lock(self) -> None:
        """End, to ask for the passphrase again."""
        self._ending = Ending.LOCKED

    def leave(self) -> None:
        """End."""
        self._ending = Ending.LEFT

    async def sent(self, queue: Callable[[Profile], MessageView]) -> None:
        """Queue a message and follow how far it comes."""
        message = await self.perform(queue)
        self._ours[message.row] = message.state
        self._printed[message.contact] = max(self._printed.get(message.contact, 0), message.row)
        if message.reason:
            self.answer(state_line(message))

    async def _greet(self) -> None:
        views = await self.perform(Profile.conversations)
        self._printed = await self.perform(_last_rows)
        self.answer(_("securemsg, line by line. /help lists the commands, /quit leaves."))
        unread = [view for view in views if view.unread]
        words = ngettext(
            "{n} conversation has something unread.", "{n} conversations have something unread.", len(unread)
        )
        self.answer(words.format(n=len(unread)) if unread else _("Nothing is unread."))
        for view in unread:
            self.answer(person_line(view, now()))
        await self._warn()

    def _ask(self) -> None:
        name = "" if self._current is None else safe_name(self._current.alias)
        self._console.prompt(SafeText(name or _("nobody")))

    async def _take(self, line: str) -> None:
        """Do what one line says; an error is a sentence, and nothing was sent."""
        try:
            if line.startswith(SIGN) and not line.startswith(SIGN * 2):
                await self._command(line)
            elif line.strip():
                contact, text = self.writing_to(), line.removeprefix(SIGN) if line.startswith(SIGN) else line
                await self.sent(lambda held: held.queue_text(contact, text))
        except (LocalError, RemoteError) as error:
            self.answer(safe_line(sentence_of(error), SENTENCE))

    async def _command(self, line: str) -> None:
        name, _space, words = line.removeprefix(SIGN).partition(" ")
        command = find(name)
        if command is None:
            raise LocalError(N_("There is no such command; nothing was sent. /help lists the commands."))
        await command.run(self, words.strip())

    async def _watch(self, talk: anyio.CancelScope) -> None:
        """Lock when nobody is there."""
        minutes = (await self.perform(Profile.settings)).lock_minutes
        while not self._console.is_alone(minutes):  # noqa: ASYNC110 - a time goes by, nobody tells of it
            await anyio.sleep(WATCH)
        self._console.drop()
        self.lock()
        talk.cancel()

    async def _follow(self, receiving: MemoryObjectReceiveStream[Changes]) -> None:
        async for changes in receiving:
            if changes.connection is not None and changes.connection.state is not self._link:
                self._link = changes.connection.state
                self._console.say(link_line(changes.connection))
            for contact in sorted(changes.contacts):
                await self._tell(contact)
            if changes.conversations:
                await self._warn()

    async def _tell(self, contact: int) -> None:
        """Print what is new of a conversation, and how far messages of ours have come."""
        messages = await self.perform(lambda held: held.messages(contact, limit=LOOKED_BACK))
        known = self._printed.get(contact, 0)
        new = [message for message in messages if message.row > known]
        for message in new:
            self._printed[contact] = message.row
            if message.direction is Direction.IN:
                self._console.say(message_line(message, now()))
        for message in messages:
            if self._ours.get(message.row, message.state) is not message.state:
                self._ours[message.row] = message.state
                self._console.say(state_line(message))
            self._tell_of_file(message)
        await self._look_at(contact, anything_new=bool(new))

    def _tell_of_file(self, message: MessageView) -> None:
        """Say when a file has come further: is here, has left, failed."""
        if message.file is None:
            return
        before = self._files.get(message.row)
        self._files[message.row] = message.file.state
        if before not in {None, message.file.state} and message.file.state in FILES:
            self._console.say(numbered(message, now()))

    async def _look_at(self, contact: int, *, anything_new: bool) -> None:
        """Count as read what was printed of the open conversation; say when its identity changed."""
        if not self._is_open(contact):
            return
        views = await self.perform(Profile.conversations)
        view = next((view for view in views if view.contact == contact), None)
        current = self._current
        # The person may have turned to somebody else meanwhile: what they write next is for them.
        if current is None or not self._is_open(contact):
            return
        if view is None:
            self._current = None
            return
        if view.trust is Trust.CHANGED and current.trust is not Trust.CHANGED:
            self._console.say(SafeText(_(CHANGED).format(name=safe_name(view.alias))))
        self._current = view
        if anything_new:
            await self.perform(lambda held: held.mark_read(contact))

    def _is_open(self, contact: int) -> bool:
        return self._current is not None and self._current.contact == contact

    async def _warn(self) -> None:
        alarms = await self.perform(Profile.alarms)
        for alarm in alarms:
            if alarm not in self._alarms:
                self._console.say(sentence(alarm.sentence))
        self._alarms = alarms


def _last_rows(held: Profile) -> dict[int, int]:
    """Return the newest row of each conversation: what is behind it is news."""
    pages = {view.contact: held.messages(view.contact, limit=1) for view in held.conversations()}
    return {contact: page[-1].row if page else 0 for contact, page in pages.items()}
