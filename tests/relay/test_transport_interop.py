"""The client's own WebSocket and the relay's, with nothing in between (Spec: MB-15)."""

from pathlib import Path

import anyio
import pytest
from anyio.streams.tls import TLSAttribute, TLSStream

from securemsg.client.websocket import WebSocketStream
from securemsg.crypto.certificate import spki_digest
from securemsg.mailbox.answers import Accepted, Done
from securemsg.mailbox.client import Answered, ClientConnection, Greeted
from securemsg.mailbox.transport import WEBSOCKET_ALPN
from tests.relay.client import ENTROPY, Mailbox, client_context
from tests.relay.running import running

pytestmark = pytest.mark.anyio


async def test_the_clients_websocket_talks_to_the_relays(tmp_path: Path) -> None:
    mailbox = Mailbox()
    submits = [mailbox.submit(bytes(33_000)) for _ in range(20)]
    async with running(tmp_path) as relay:
        tcp = await anyio.connect_tcp(relay.address.host, relay.address.port)
        context = client_context(WEBSOCKET_ALPN)
        tls = await TLSStream.wrap(tcp, server_side=False, ssl_context=context, standard_compatible=False)
        shown = tls.extra_attributes[TLSAttribute.ssl_object]().getpeercert(binary_form=True)
        async with WebSocketStream(tls) as stream:
            await stream.upgrade("relay.example:443")
            connection = ClientConnection(relay.address.pin, spki_digest(shown), ENTROPY)
            await stream.send(connection.start())
            events: list[object] = []
            with anyio.fail_after(20):
                while len(events) < 2 + len(submits):
                    connection.receive_data(await stream.receive())
                    while (event := connection.next_event()) is not None:
                        events.append(event)
                        if isinstance(event, Greeted):
                            first = connection.send(mailbox.creation)
                            await stream.send(first + b"".join(map(connection.send, submits)))
        answers = [event.answer for event in events if isinstance(event, Answered)]
        assert answers == [Done(), *[Accepted()] * 20]
