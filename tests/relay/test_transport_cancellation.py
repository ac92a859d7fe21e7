"""A connection is cancelled at every step that it takes; nothing of it stays (Spec: RL-35)."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trio
from trio.abc import Instrument
from trio.lowlevel import Task
from typing_extensions import override
from wsproto.utilities import ProtocolError

from relay.program import Relay
from relay.stream import ConnectionLostError
from securemsg.errors import RemoteError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted
from securemsg.mailbox.requests import Subscribe
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.relay.running import running
from tests.relay.test_transport_proxy import GOOD, greeted
from tests.relay.websockets import websocket

pytestmark = pytest.mark.anyio

Opening = Callable[[RelayAddress], AbstractAsyncContextManager[RelayClient]]

MOST_STEPS = 400
"""Many more than a connection takes here."""


@dataclass(eq=False)
class CancelsAtStep(Instrument):
    """Cancels `scope` when `root` and the tasks below it have taken so many steps."""

    step: int
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    root: Task | None = None
    steps: int = 0

    @override
    def before_task_step(self, task: Task) -> None:
        if self.root is not None and self._is_below(task):
            self.steps += 1
            if self.steps == self.step:
                self.scope.cancel()

    def _is_below(self, task: Task | None) -> bool:
        while task is not None and task is not self.root:
            task = None if task.parent_nursery is None else task.parent_nursery.parent_task
        return task is not None


@asynccontextmanager
async def websocket_client(address: RelayAddress) -> AsyncIterator[RelayClient]:
    async with websocket(address) as (client, _):
        yield client


async def use(opening: Opening, address: RelayAddress, mailbox: Mailbox) -> None:
    """Create, prove, subscribe, and leave; the relay may end it at any time."""
    gone = (ConnectionLostError, ConnectionError, Ended, RemoteError, ProtocolError)
    with contextlib.suppress(*gone):
        async with opening(address) as client:
            await client.ask(mailbox.creation)
            await client.own(mailbox)
            await client.ask(Subscribe(mailbox.id))


async def cancelled_at(step: int, relay: Relay, opening: Opening, proxy: str | None) -> bool:
    """Serve one connection that is cancelled at `step`; false when it ended before."""
    instrument, server = CancelsAtStep(step), relay._server
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = RelayAddress("127.0.0.1", listener.getsockname()[1], relay.address.pin)

        async def serve() -> None:
            await trio.lowlevel.wait_readable(listener)
            accepted, _ = listener.accept()
            place = server._admission.enter()
            assert place is not None
            assert proxy is not None or place.claim(None, trio.current_time())
            instrument.root = trio.lowlevel.current_task()
            with instrument.scope:
                await server._serve(accepted, place, proxy)

        trio.lowlevel.add_instrument(instrument)
        try:
            with trio.fail_after(10):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(serve)
                    nursery.start_soon(use, opening, address, Mailbox())
        finally:
            trio.lowlevel.remove_instrument(instrument)
    return instrument.scope.cancelled_caught


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def proxied(address: RelayAddress) -> AbstractAsyncContextManager[RelayClient]:
    return greeted(address, GOOD)


@pytest.mark.parametrize(
    ("opening", "proxy"), [(RelayClient.open, None), (websocket_client, None), (proxied, "127.0.0.1")]
)
async def test_a_connection_may_be_cancelled_at_every_step(
    tmp_path: Path, opening: Opening, proxy: str | None
) -> None:
    """N19, N20: on each transport; no place, session or descriptor stays, and others go on."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as other:
        await other.ask(mailbox.creation)
        server, counters = relay._server, relay.service.counters
        files = open_files()
        steps = 1
        while await cancelled_at(steps, relay, opening, proxy):
            assert (counters.connections_open, server._admission._arriving) == (1, 0)
            assert len(server._sessions) == 1
            assert not server._admission._per_address
            assert not relay.service.delivery._subscriptions
            assert server._turns._turn.value == 1
            steps += 1
            assert steps < MOST_STEPS
        assert steps > 15
        assert open_files() == files
        assert counters.connections_failed == 0
        assert await other.ask(mailbox.submit()) == Accepted()
