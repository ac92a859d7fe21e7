"""A byte stream inside a WebSocket, for networks that let nothing but web sites through (Spec: MB-22).

Messages carry bytes, their borders mean nothing. wsproto draws its masks from the operating
system; they protect careless boxes on the way from us, not us (RFC 6455, 10.3).
"""

from collections import deque
from typing import Final, final

import anyio
from anyio.abc import ByteStream
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, Event, Ping, Pong, Request
from wsproto.utilities import ProtocolError

from securemsg.mailbox.transport import WEBSOCKET_HEAD, WEBSOCKET_MESSAGE, WEBSOCKET_PATH
from securemsg.wire.framing import MAX_FRAME

_Broken: Final = anyio.BrokenResourceError


@final
class WebSocketStream(ByteStream):
    """The client's end, made by `upgrade`."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._arrived = deque[bytes]()
        self._heard = 0
        self._over = False
        # The reader answers pings while the writer writes.
        self._writing = anyio.Lock()

    async def upgrade(self, place: str) -> None:
        """Ask the server at `place` for a WebSocket; raises `BrokenResourceError` if it has none."""
        await self._say(Request(host=place, target=WEBSOCKET_PATH))
        events: list[Event] = []
        while not events:
            events = await self._hear()
            if self._heard > WEBSOCKET_HEAD:
                raise _Broken
        if not isinstance(events[0], AcceptConnection):
            raise _Broken
        await self._take(events[1:])

    async def receive(self, max_bytes: int = MAX_FRAME) -> bytes:
        """Return bytes as they come; raises `EndOfStream` or `BrokenResourceError`."""
        while not self._arrived:
            if self._over:
                raise anyio.EndOfStream
            await self._take(await self._hear())
        piece = self._arrived.popleft()
        if len(piece) > max_bytes:
            self._arrived.appendleft(piece[max_bytes:])
        return piece[:max_bytes]

    async def send(self, item: bytes) -> None:
        """Send all of `item`, in as many messages as it needs."""
        for start in range(0, len(item), WEBSOCKET_MESSAGE):
            await self._say(BytesMessage(item[start : start + WEBSOCKET_MESSAGE]))

    async def send_eof(self) -> None:
        """A WebSocket is closed as a whole."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close what is below; frames have their own ends, so no farewell is needed."""
        await self._stream.aclose()

    async def _say(self, event: Event) -> None:
        async with self._writing:
            try:
                data = self._protocol.send(event)
            except (ProtocolError, UnicodeError) as error:
                # UnicodeError: a host that wsproto cannot write; it comes from the link of a contact.
                raise _Broken from error
            await self._stream.send(data)

    async def _hear(self) -> list[Event]:
        data = await self._stream.receive(MAX_FRAME)
        self._heard += len(data)
        try:
            self._protocol.receive_data(data)
            return list(self._protocol.events())
        except (ProtocolError, ValueError) as error:
            # ValueError: headers that are no text of the kind that they should be.
            raise _Broken from error

    async def _take(self, events: list[Event]) -> None:
        asked: Ping | None = None
        for event in events:
            match event:
                case BytesMessage(data):
                    if data:
                        self._arrived.append(bytes(data))
                case Ping():
                    asked = event
                case Pong():
                    continue
                case _:
                    # A farewell, text, or what wsproto could not read: nothing that follows counts.
                    self._over = True
                    return
        if asked is not None:
            # Only the last: a record of TLS for each would be more work for us than for who asks.
            await self._say(asked.response())
