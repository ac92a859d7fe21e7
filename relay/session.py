"""One client's connection from its hello to its last byte."""

from collections.abc import Awaitable, Callable
from typing import Final

import trio

from relay.desk import Desk
from relay.outgoing import Outgoing
from relay.service import Service
from relay.stream import Stream
from relay.subscriptions import Subscription
from securemsg.errors import RemoteError
from securemsg.mailbox.answers import Event, Goodbye
from securemsg.mailbox.hello import ClientHello

_LAST_WORDS_SECONDS: Final = 5
"""How long the last answers may take to be written when a connection ends."""

_SILENT_HEARTBEATS: Final = 2
"""A client that is silent for so many heartbeat intervals is gone (Spec: MB-12)."""


class Session:
    """Reads, answers and delivers on one connection; all its tasks live in one nursery."""

    __slots__ = (
        "_connection",
        "_desk",
        "_farewell",
        "_nursery",
        "_reading",
        "_service",
        "_stream",
        "_subscriptions",
        "_written",
        "outgoing",
    )

    def __init__(self, service: Service, stream: Stream, nursery: trio.Nursery) -> None:
        self._service = service
        self._stream = stream
        self._nursery = nursery
        self._connection = service.connection()
        self._subscriptions: list[Subscription] = []
        self._reading = trio.CancelScope()
        self._written = trio.Event()
        self._farewell: Goodbye | None = None
        self.outgoing = Outgoing(stream)
        self._desk = Desk(service, self._connection, self)

    def push(self, event: Event) -> bytes:
        """The bytes of an event."""
        return self._connection.push(event)

    def dismiss(self, retry_seconds: int) -> None:
        """Answer what was read, say goodbye, and close."""
        self._farewell = Goodbye(retry_seconds)
        self._reading.cancel()

    def adopt(self, subscription: Subscription) -> None:
        """End `subscription` with the connection."""
        self._subscriptions.append(subscription)

    def abandon(self, subscription: Subscription) -> None:
        """End `subscription` now: nothing came of it, and who tries for ever must not be remembered so."""
        self._subscriptions.remove(subscription)
        self._service.delivery.leave(subscription)

    def run_beside(self, task: Callable[[], Awaitable[None]]) -> None:
        """Run `task` as long as the connection lives."""
        self._nursery.start_soon(task)

    async def run(self, deadline: float) -> None:
        """Serve the client; its hello must come before `deadline` (trio's time)."""
        self._nursery.start_soon(self._write)
        try:
            with trio.CancelScope(deadline=deadline) as scope:
                await self._greet()
            if not scope.cancelled_caught:
                await self._serve()
            if self._farewell is not None:
                with trio.move_on_after(_LAST_WORDS_SECONDS):
                    await self._desk.finish()
                self.outgoing.add(self.push(self._farewell))
        except RemoteError as error:
            self._service.counters.violations += 1
            self.outgoing.add(self._connection.refusal(error))
        finally:
            for subscription in self._subscriptions:
                self._service.delivery.leave(subscription)
            self.outgoing.finish()
        with trio.move_on_after(_LAST_WORDS_SECONDS):
            await self._written.wait()
        self._nursery.cancel_scope.cancel()

    async def _write(self) -> None:
        await self.outgoing.run()
        self._written.set()

    async def _greet(self) -> None:
        while True:
            data = await self._stream.receive()
            if not data:
                raise RemoteError("the connection ended before its hello")
            self._connection.receive_data(data)
            if isinstance(self._connection.next_event(), ClientHello):
                self.outgoing.add(self._connection.greet(self._service.clock()))
                return

    async def _serve(self) -> None:
        while True:
            await self._desk.answer_received()
            await self.outgoing.room()
            data = await self._receive()
            if not data:
                return
            self._connection.receive_data(data)

    async def _receive(self) -> bytes:
        """What arrived; empty when the client ended, is silent for too long or was dismissed."""
        if self._farewell is not None:
            return b""
        silence = _SILENT_HEARTBEATS * self._service.config.limits.heartbeat_seconds
        with trio.move_on_after(silence) as self._reading:
            return await self._stream.receive()
        return b""


async def converse(service: Service, stream: Stream, sessions: set[Session], deadline: float) -> None:
    """Serve one client on `stream`; the session is in `sessions` meanwhile."""
    async with trio.open_nursery() as nursery:
        session = Session(service, stream, nursery)
        sessions.add(session)
        try:
            await session.run(deadline)
        finally:
            sessions.discard(session)
