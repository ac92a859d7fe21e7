"""A relay whose operator is the attacker: it owns the real relay's TLS key and changes what it says.

It stands before an honest relay, terminates TLS with that relay's own certificate
(so that hello, pin and proofs all hold) and hands every frame that goes to a client
to `tamper`, which returns the frames to send instead.
"""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from securemsg.wire.codec import Encodable, decode, encode
from securemsg.wire.framing import MAX_FRAME, FrameBuffer, frame
from tests.support.background import both, copy, in_background
from tests.support.programs import free_port

Values: TypeAlias = list[Encodable]
Tamper: TypeAlias = Callable[[Values], list[bytes]]

DELIVER = 131
PREKEYS = 132
RELAY_HELLO = 128


def honest(values: Values) -> list[bytes]:
    """Pass a frame on as it is."""
    return [frame(encode(values))]


@dataclass
class HostileRelay:
    """Forwards to the relay at `target` and lets `tamper` rewrite what that relay says."""

    target: int
    folder: Path
    """Where the TLS certificate and key are that it shows: the honest relay's, or others."""

    port: int = field(default_factory=free_port)
    tamper: Tamper = honest
    tampered: int = 0

    async def serve(self, ready: threading.Event) -> None:
        """Accept until cancelled."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "tls.crt", self.folder / "tls.key")
        context.set_alpn_protocols(["securemsg/1"])
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port, ssl=context)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["securemsg/1"])
        try:
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target, ssl=context)
            try:
                frames = FrameBuffer()
                rewritten = copy(upstream, writer, lambda data: self._rewrite(frames, data))
                await both(copy(reader, downstream, lambda data: data), rewritten)
            finally:
                downstream.transport.abort()
        except OSError:
            # The relay is down: the client is told by the end of its connection.
            return
        finally:
            writer.transport.abort()

    def _rewrite(self, frames: FrameBuffer, data: bytes) -> bytes:
        frames.receive(data)
        rewritten = []
        while (value := frames.next()) is not None:
            values: Values = list(decode(value, MAX_FRAME))
            sent = self.tamper(values)
            self.tampered += sent != honest(values)
            rewritten += sent
        return b"".join(rewritten)


@contextlib.contextmanager
def hostile_relay(target: int, folder: Path) -> Iterator[HostileRelay]:
    """Run a hostile relay before the honest one at port `target`, with the certificate in `folder`."""
    relay = HostileRelay(target, folder)
    with in_background(relay.serve):
        yield relay
