"""What the engine tells others: the connection as it is, and notices to whoever listens."""

from collections.abc import AsyncIterator
from typing import Final

import anyio
from anyio.streams.memory import MemoryObjectSendStream

from securemsg.client.notices import (
    ConnectionChanged,
    ConversationsChanged,
    FileProgress,
    MessagesChanged,
    Notice,
    Typing,
)
from securemsg.client.step import Changes
from securemsg.client.views import ConnectionView, LinkState

BACKLOG: Final = 256
"""Notices that a slow listener may leave unread; more are dropped, a notice is only a hint (Spec: CL-4)."""


class Board:
    """Lives in the engine's event loop; every call comes from there."""

    def __init__(self) -> None:
        self._listeners = set[MemoryObjectSendStream[Notice]]()
        self._stirred = anyio.Event()
        self._fetched = anyio.Event()
        self.connection = ConnectionView(LinkState.OFFLINE, "", None, None, 0)

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield notices from now on."""
        sending, receiving = anyio.create_memory_object_stream[Notice](BACKLOG)
        self._listeners.add(sending)
        try:
            async with receiving:
                async for notice in receiving:
                    yield notice
        finally:
            self._listeners.discard(sending)
            sending.close()

    def close(self) -> None:
        """End every `notices`."""
        for listener in list(self._listeners):
            listener.close()
        self._listeners.clear()

    def show(self, connection: ConnectionView) -> None:
        """Replace what is known of the connection."""
        if connection != self.connection:
            self.connection = connection
            self._tell(ConnectionChanged(connection))

    def changed(self, changes: Changes) -> None:
        """Tell what a step has changed."""
        for contact in sorted(changes.contacts):
            self._tell(MessagesChanged(contact))
        for contact, until in changes.typing.items():
            self._tell(Typing(contact, until))
        if changes.contacts or changes.list:
            self._tell(ConversationsChanged())

    def progress(self, contact: int, row: int, done: int, size: int) -> None:
        """Tell how far a file is; nobody looks again for that."""
        self._offer(FileProgress(contact, row, done, size))

    def fetched(self) -> None:
        """Let it be told to our relay that a file is here."""
        self._fetched.set()
        self._fetched = anyio.Event()

    def fetching(self) -> anyio.Event:
        """Return what is set when the next file is here: take it, look, then wait for it."""
        return self._fetched

    def stirring(self) -> anyio.Event:
        """Return what is set when anything happens next: take it, look, then wait for it."""
        return self._stirred

    def stir(self) -> None:
        """Let everyone look again who waits for something to happen."""
        self._stirred.set()
        self._stirred = anyio.Event()

    def _tell(self, notice: Notice) -> None:
        self.stir()
        self._offer(notice)

    def _offer(self, notice: Notice) -> None:
        for listener in list(self._listeners):
            try:
                listener.send_nowait(notice)
            except (anyio.WouldBlock, anyio.BrokenResourceError):
                # Losing a hint is harmless: the listener has others to read before it looks again.
                continue
