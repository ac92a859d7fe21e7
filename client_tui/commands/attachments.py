"""How commands show files, and how they wait for one with its progress."""

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

from client_tui.commands.context import Context
from client_tui.commands.output import WHOLE, Record
from client_tui.text.language import N_, _
from client_tui.text.safe import SafeText, safe_line, safe_name
from client_tui.text.sentences import translated
from client_tui.text.sizes import size_words
from securemsg.client import Engine
from securemsg.client.notices import FileProgress
from securemsg.client.views import Direction, FileState, FileView, MessageView

PATIENCE = 10.0
"""Seconds without any progress after which a command does not wait longer, unless told otherwise."""

NAME = 255
"""Characters of a file's name that are shown: its format's own limit."""

REASON = 200

STATES = {
    FileState.PREPARING: N_("is being encrypted"),
    FileState.UPLOADING: N_("on its way"),
    FileState.SENT: N_("sent"),
    FileState.OFFERED: N_("at the relay"),
    FileState.DOWNLOADING: N_("being fetched"),
    FileState.SAVED: N_("here, encrypted"),
    FileState.PAUSED: N_("paused"),
    FileState.FAILED: N_("failed"),
    FileState.EXPIRED: N_("no longer at the relay"),
}


def file_record(file: FileView) -> Record:
    """Return the keys of a file that scripts rely on; sizes in bytes, instants in ms, null where unknown."""
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "done": file.done,
        "state": file.state.value,
        "path": file.path,
        "reason": file.reason,
        "removed": file.removed,
        "expires_at": file.expires_at,
    }


def file_words(file: FileView) -> SafeText:
    """Return a file for a person: name, size, how far it is, and why it does not go on."""
    name = safe_name(safe_line(file.name, NAME))
    words = f"[{name}, {size_words(file.size)}, {_(STATES[file.state])}]"
    return SafeText(f"{words} {safe_line(translated(file.reason), REASON)}" if file.reason else words)


def listed(message: MessageView, file: FileView) -> tuple[Record, SafeText]:
    """Return a line of `files`, for programs and for people."""
    record: Record = {
        "type": "file",
        "id": message.id,
        "contact": message.alias,
        "direction": message.direction.value,
        **file_record(file),
    }
    sign = "<" if message.direction is Direction.IN else ">"
    return record, SafeText(f"{message.id[:8]} {sign} {safe_name(message.alias)}: {file_words(file)}")


@dataclass(slots=True)
class Waiting:
    """One file that a command waits for, telling how far it is."""

    context: Context
    engine: Engine
    message: MessageView
    news: anyio.Event = field(default_factory=anyio.Event)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    async def until(self, done: Callable[[MessageView], bool], wait: float | None) -> MessageView:
        """Return the message once `done`, or after `wait` seconds; after a time without progress if None."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._listen, wait)
            with self.scope:
                self.scope.deadline = anyio.current_time() + (PATIENCE if wait is None else wait)
                while True:
                    # Taken before looking: what changes meanwhile sets it, and we look once more.
                    news = self.news
                    if done(await self._look()):
                        break
                    await news.wait()
            tasks.cancel_scope.cancel()
        return await self._look()

    async def _look(self) -> MessageView:
        row = self.message.row
        return await self.engine.perform(lambda profile: profile.message(row))

    async def _listen(self, wait: float | None) -> None:
        async for notice in self.engine.notices():
            if isinstance(notice, FileProgress):
                if notice.row == self.message.row:
                    self._show(notice)
                    if wait is None:
                        self.scope.deadline = anyio.current_time() + PATIENCE
            else:
                self.news.set()
                self.news = anyio.Event()

    def _show(self, notice: FileProgress) -> None:
        record: Record = {
            "type": "progress",
            "id": self.message.id,
            "done": notice.done,
            "size": notice.size,
        }
        self.context.output.progress(record, WHOLE * notice.done // notice.size if notice.size else WHOLE)
