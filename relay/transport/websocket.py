"""The byte stream of a client inside the messages of a WebSocket (Spec: MB-15, MB-16)."""

from typing import Final, Self

import trio
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

from relay.stream import RECORD, ConnectionLostError, TlsStream
from relay.transport.upgrade import BAD_REQUEST, HEAD_END, RefusedUpgradeError, accept
from securemsg.errors import FrameError
from securemsg.mailbox.transport import WEBSOCKET_HEAD, WEBSOCKET_MESSAGE

_EVENTS_AT_ONCE: Final = 64
"""Messages, pings and fragments taken before others have their turn: they may hold a byte each."""


class WebSocketStream:
    """The relay's end of a WebSocket.

    Pongs are written by the task that receives, everything else by the one that sends. What is to be
    written waits in one buffer in its order, so that a task that is cancelled while it writes leaves
    the rest to the next one.
    """

    __slots__ = ("_code", "_connection", "_pending", "_size", "_tls", "_turn")

    def __init__(self, tls: TlsStream) -> None:
        self._tls = tls
        self._connection = Connection(ConnectionType.SERVER)
        self._pending = bytearray()
        self._turn = trio.Lock()
        self._size = 0
        self._code = CloseReason.NORMAL_CLOSURE

    @classmethod
    async def open(cls, tls: TlsStream) -> Self:
        """Take the upgrade from a fresh connection; raises `ConnectionLostError` for everything else."""
        head = b""
        while HEAD_END not in head:
            more = await tls.receive()
            head += more
            if not more or len(head.partition(HEAD_END)[0]) > WEBSOCKET_HEAD - len(HEAD_END):
                await tls.send(BAD_REQUEST)
                raise ConnectionLostError
        asked, _, early = head.partition(HEAD_END)
        try:
            answer = accept(asked + HEAD_END)
        except RefusedUpgradeError as refused:
            await tls.send(refused.answer)
            raise ConnectionLostError from refused
        await tls.send(answer)
        stream = cls(tls)
        stream._connection.receive_data(early)
        return stream

    async def receive(self) -> bytes:
        """What is there, at least one byte; empty when the other side has ended.

        Raises `FrameError` for what no client sends.
        """
        await trio.lowlevel.checkpoint()
        while True:
            payload = await self._take()
            await self._flush()
            if payload or self._connection.state is not ConnectionState.OPEN:
                return payload
            data = await self._tls.receive()
            if not data:
                return b""
            self._connection.receive_data(data)

    async def send(self, data: bytes) -> None:
        """Write all of `data`, or nothing after the client has said its last."""
        for start in range(0, len(data), WEBSOCKET_MESSAGE):
            if self._connection.state is ConnectionState.OPEN:
                message = BytesMessage(data=data[start : start + WEBSOCKET_MESSAGE])
                self._pending += self._connection.send(message)
                await self._flush()

    def close(self) -> None:
        """Send a close message if there is room for it, and close."""
        if self._connection.state is ConnectionState.OPEN:
            self._pending += self._connection.send(CloseConnection(code=self._code))
        self._tls.close(bytes(self._pending[:RECORD]))

    async def _take(self) -> bytes:
        pieces: list[bytes] = []
        ping = None
        for number, event in enumerate(self._connection.events(), 1):
            if isinstance(event, Ping):
                ping = event
            elif isinstance(event, BytesMessage):
                pieces.append(self._counted(event))
            else:
                self._judge(event)
            if number % _EVENTS_AT_ONCE == 0:
                await trio.lowlevel.checkpoint()
        if ping is not None and self._connection.state is ConnectionState.OPEN:
            self._pending += self._connection.send(ping.response())
        return b"".join(pieces)

    def _counted(self, message: BytesMessage) -> bytes:
        self._size += len(message.data)
        if self._size > WEBSOCKET_MESSAGE:
            raise self._violation(CloseReason.MESSAGE_TOO_BIG)
        if message.message_finished:
            self._size = 0
        return bytes(message.data)

    def _judge(self, event: Event) -> None:
        if isinstance(event, TextMessage):
            raise self._violation(CloseReason.UNSUPPORTED_DATA)
        if isinstance(event, CloseConnection):
            if self._connection.state is ConnectionState.OPEN:
                # The client sent no close: the library found what RFC 6455 forbids, and says so like this.
                raise self._violation(CloseReason.PROTOCOL_ERROR)
            self._pending += self._connection.send(CloseConnection(code=event.code))

    def _violation(self, code: CloseReason) -> FrameError:
        self._code = code
        return FrameError("what a WebSocket of this protocol does not carry")

    async def _flush(self) -> None:
        if not self._pending:
            return
        async with self._turn:
            while self._pending:
                # A copy: the buffer may grow while this waits.
                sent = await self._tls.send_some(bytes(self._pending[:RECORD]))
                del self._pending[:sent]
