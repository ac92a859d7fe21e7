"""Dialling that is given up at any moment leaves nothing open, on every way."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import pytest

from securemsg.client.clock import system_clock
from securemsg.client.link import connected
from securemsg.client.network import Network, Routing
from securemsg.client.proxy import Proxy
from securemsg.client.ways import Transport
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.requests import Ping
from tests.client.live import ENTROPY
from tests.client.proxies import Place, connect_proxy, socks_proxy
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

HOST = "relay.known-to-the-proxy.invalid"
STEPS = 20


@asynccontextmanager
async def network(kind: str, transport: Transport, port: int) -> AsyncIterator[tuple[str, Network]]:
    """Return which host to dial and how: through a proxy of a kind, or directly."""
    async with AsyncExitStack() as stack:
        if not kind:
            yield "127.0.0.1", Network(system_clock, ENTROPY, Routing(None, transport))
            return
        proxy = socks_proxy({HOST: port}) if kind == "socks5" else connect_proxy({HOST: port})
        place: Place = await stack.enter_async_context(proxy)
        routing = Routing(Proxy.parse(f"{kind}://127.0.0.1:{place.port}"), transport)
        yield HOST, Network(system_clock, ENTROPY, routing)


@pytest.mark.parametrize("transport", [Transport.DIRECT, Transport.WEBSOCKET])
@pytest.mark.parametrize("kind", ["", "socks5", "http"])
async def test_a_dial_that_is_cancelled_anywhere_leaves_no_socket_and_the_next_one_works(
    relay: RelayProgram, kind: str, transport: Transport
) -> None:
    """N19: a socket that is left open warns when it is collected, and a warning fails the test."""
    async with network(kind, transport, relay.port) as (host, ours):
        address = RelayAddress(host, relay.port, RelayAddress.parse(relay.address).pin)
        for step in range(STEPS):
            with anyio.move_on_after(step * 0.002) as scope:
                async with connected(address, ours) as link:
                    await link.ask(Ping())
                    await anyio.sleep_forever()
            assert scope.cancelled_caught
        gc.collect()
        async with connected(address, ours) as link:
            await link.ask(Ping())
