"""Networks that let nothing but web sites through, and relays that are reached all the same."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream
from wsproto.events import TextMessage

from securemsg.client.clock import system_clock
from securemsg.client.creation import NewProfile, create_profile
from securemsg.client.link import connected
from securemsg.client.network import Network, Routing, set_transport
from securemsg.client.problems import Blocked, NotTrusted, RelayProblem, Unreachable
from securemsg.client.proxy import Proxy
from securemsg.client.ways import Transport, Way
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.requests import Ping
from tests.client.live import ENTROPY, friends, reached, running, server_context, texts, write
from tests.client.proxies import BROKEN, connect_proxy
from tests.client.walls import OURS, WEB, Wall, chatty, wall
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio


def behind(here: Wall) -> RelayAddress:
    """Return the relay's address where a wall stands before it."""
    return RelayAddress("127.0.0.1", here.port, RelayAddress.parse(here.relay.address).pin)


def network(transport: Transport = Transport.AUTO) -> Network:
    """Return a network without a proxy."""
    return Network(system_clock, ENTROPY, Routing(None, transport))


async def problem_of(address: RelayAddress, ours: Network) -> RelayProblem:
    """Return why a relay is not reached."""
    with pytest.raises(RelayProblem) as raised:
        async with connected(address, ours):
            pass
    assert str(raised.value).endswith(".")
    return raised.value


async def test_where_only_web_sites_pass_the_third_attempt_is_one(relay: RelayProgram) -> None:
    """MB-21, MB-22: two refused handshakes, then a WebSocket, which the next connection begins with."""
    ours = network()
    async with wall(relay, WEB) as here:
        for _ in range(2):
            assert isinstance(await problem_of(behind(here), ours), Blocked)
        for _ in range(2):
            async with connected(behind(here), ours) as link:
                await link.ask(Ping())
        assert here.seen == ["ours", "ours", "web", "web"]
    assert [request.target for request in here.requests] == ["/securemsg/1"] * 2
    assert here.requests[0].host == f"127.0.0.1:{here.port}"
    assert not here.requests[0].extensions
    assert not here.requests[0].subprotocols


async def test_where_both_pass_no_web_site_is_played(relay: RelayProgram) -> None:
    """MB-21."""
    ours = network()
    async with wall(relay, WEB, OURS) as here:
        for _ in range(3):
            async with connected(behind(here), ours) as link:
                await link.ask(Ping())
    assert here.seen == ["ours"] * 3


async def test_where_nothing_passes_both_ways_are_tried_in_turn(relay: RelayProgram) -> None:
    """MB-21: one dial is one connection; a relay that breaks off is not dialled more for it."""
    ours = network()
    async with wall(relay, b"none of these") as here:
        for _ in range(6):
            assert isinstance(await problem_of(behind(here), ours), Blocked)
    assert here.seen == ["ours", "ours", "web"] * 2


@pytest.mark.parametrize(("transport", "kind"), [(Transport.DIRECT, "ours"), (Transport.WEBSOCKET, "web")])
async def test_a_transport_that_is_set_is_the_only_one(
    relay: RelayProgram, transport: Transport, kind: str
) -> None:
    """MB-21."""
    ours = network(transport)
    async with wall(relay, b"none of these") as here:
        for _ in range(4):
            await problem_of(behind(here), ours)
    assert here.seen == [kind] * 4


async def test_a_websocket_in_pieces_with_pings_between_is_one_stream_of_bytes(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """MB-22: borders of messages mean nothing; pings are answered while we write."""
    async with wall(relay, WEB, speak=chatty) as here:
        address = relay.address.replace(f":{relay.port}#", f":{here.port}#")
        with friends(tmp_path, address, "ann", "ben") as profiles:
            for profile in profiles:
                profile.decide(lambda step: set_transport(step, Transport.WEBSOCKET))
            ann, ben = (type(profile)(profile._vault) for profile in profiles)
            async with running(ann, ben) as (of_ann, of_ben):
                await of_ben.published()
                for number in range(20):
                    await write(of_ann, "ben", f"{number} " + "long " * 500)
                await reached(lambda: len(texts(ben, "ann")) == 20)
    assert set(here.seen) == {"web"}


async def test_a_profile_is_made_where_only_web_sites_pass(relay: RelayProgram, tmp_path: Path) -> None:
    """MB-21, CL-13: the first run tries the other way without being asked again."""
    async with wall(relay, WEB) as here:
        address = relay.address.replace(f":{relay.port}#", f":{here.port}#")
        profile = await create_profile(tmp_path / "home", "correct horse battery", NewProfile("Ann", address))
        profile.close()
    assert here.seen[:3] == ["ours", "ours", "web"]


async def test_a_relay_speaks_both_kinds_on_its_one_port(relay: RelayProgram, tmp_path: Path) -> None:
    """MB-15, MB-22: nothing stands between; somebody on either way talks to the other."""
    with friends(tmp_path, relay.address, "ann", "ben") as profiles:
        profiles[0].decide(lambda step: set_transport(step, Transport.WEBSOCKET))
        ann, ben = (type(profile)(profile._vault) for profile in profiles)
        async with running(ann, ben) as (of_ann, of_ben):
            await of_ann.published()
            await of_ben.published()
            for number in range(20):
                await write(of_ann, "ben", f"{number} " + "long " * 900)
                await write(of_ben, "ann", f"{number}")
            await reached(lambda: len(texts(ben, "ann")) == len(texts(ann, "ben")) == 20)
        assert ann.network.ways.choose(RelayAddress.parse(relay.address), 0.0) is Way.WEBSOCKET


async def test_another_relay_behind_a_websocket_is_refused_as_such(relay: RelayProgram) -> None:
    """MB-2, MB-22: the pin is judged inside, by the certificate of this connection."""
    async with wall(relay, WEB) as here:
        wrong = RelayAddress("127.0.0.1", here.port, bytes(32))
        assert isinstance(await problem_of(wrong, network(Transport.WEBSOCKET)), NotTrusted)


async def test_text_in_a_websocket_ends_the_connection(relay: RelayProgram) -> None:
    """MB-22."""
    async with wall(relay, WEB, speak=lambda _: [TextMessage("hello")]) as here:
        problem = await problem_of(behind(here), network(Transport.WEBSOCKET))
    assert isinstance(problem, Unreachable)


async def test_a_websocket_goes_through_a_proxy_too(relay: RelayProgram) -> None:
    """MB-20, MB-22: and the relay's name is for the proxy to look up in this way as well."""
    host = "relay.known-to-the-proxy.invalid"
    async with wall(relay, WEB) as here, connect_proxy({host: here.port}) as proxy:
        routing = Routing(Proxy.parse(f"http://127.0.0.1:{proxy.port}"), Transport.WEBSOCKET)
        target = RelayAddress(host, 443, behind(here).pin)
        async with connected(target, Network(system_clock, ENTROPY, routing)) as link:
            await link.ask(Ping())
    assert here.requests[0].host == f"{host}:443"


@asynccontextmanager
async def web_server(folder: Path, answer: Callable[[TLSStream], Awaitable[None]]) -> AsyncIterator[int]:
    """Run a web server that does `answer` with every connection; yields its port."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

    async def handle(stream: SocketStream) -> None:
        try:
            async with await TLSStream.wrap(
                stream, ssl_context=server_context(folder, "http/1.1"), standard_compatible=False
            ) as inside:
                await inside.receive()
                await answer(inside)
        except BROKEN:
            await anyio.aclose_forcefully(stream)

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield listener.extra_attributes[SocketAttribute.local_port]()
        tasks.cancel_scope.cancel()


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 3\r\n\r\nabc",
        UPGRADE + b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
        UPGRADE + b"\r\n",
        b"\x00\xff" * 40,
        UPGRADE + b"X: y\r\n" * 800,
        b"",
    ],
    ids=["404", "a log-in page", "a wrong key", "no key", "noise", "too much", "nothing"],
)
async def test_web_servers_that_are_no_relay_end_in_a_sentence(relay: RelayProgram, answer: bytes) -> None:
    """MB-22, E17: no other error, no hello, and both ways are tried again later."""

    async def say(stream: TLSStream) -> None:
        await stream.send(answer)

    ours = network(Transport.WEBSOCKET)
    async with web_server(relay.data, say) as port:
        with anyio.fail_after(5):
            target = RelayAddress("127.0.0.1", port, RelayAddress.parse(relay.address).pin)
            problem = await problem_of(target, ours)
    assert isinstance(problem, Blocked)
    assert "WebSocket" in str(problem)


async def test_a_web_server_that_says_nothing_is_left_in_time(
    relay: RelayProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MB-22, N02."""
    monkeypatch.setattr("securemsg.client.dial.DIAL_SECONDS", 0.5)
    async with web_server(relay.data, lambda _: anyio.sleep(60)) as port:
        target = RelayAddress("127.0.0.1", port, RelayAddress.parse(relay.address).pin)
        with anyio.fail_after(5):
            assert isinstance(await problem_of(target, network(Transport.WEBSOCKET)), Unreachable)


async def test_a_handshake_that_is_never_answered_counts_as_blocked(
    relay: RelayProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MB-21: some networks swallow what they do not know."""
    monkeypatch.setattr("securemsg.client.dial.DIAL_SECONDS", 0.2)
    ours = network()
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra_attributes[SocketAttribute.local_port]()
    target = RelayAddress("127.0.0.1", port, RelayAddress.parse(relay.address).pin)
    async with listener:
        for _ in range(2):
            assert ours.ways.choose(target, 0.0) is Way.DIRECT
            await problem_of(target, ours)
    assert ours.ways.choose(target, 0.0) is Way.WEBSOCKET
