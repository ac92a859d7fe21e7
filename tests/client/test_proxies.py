"""Everything goes through the proxy that was named, names too; whoever answers in its place gets nowhere."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio.abc import SocketStream

from securemsg.client.clock import system_clock
from securemsg.client.link import connected
from securemsg.client.network import Network, Routing, set_proxy
from securemsg.client.problems import NotTrusted, RelayProblem, Unreachable
from securemsg.client.proxy import Proxy
from securemsg.client.views import LinkState, MessageState
from securemsg.mailbox.address import RelayAddress
from tests.client.live import ENTROPY, friends, reached, running, states, texts, write
from tests.client.proxies import Place, answering, connect_proxy, socks_proxy
from tests.support.programs import RelayProgram, free_port

pytestmark = pytest.mark.anyio

KINDS = ("socks5", "http")
HOST = "relay.known-to-the-proxy.invalid"
LOGIN = "dir.ector:pa:ss%40/word"

looked_up: list[str] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        looked_up.append(str(arguments[0]))


sys.addaudithook(_hear)


@pytest.fixture
def names() -> Iterator[list[str]]:
    """Names that this process looks up during a test."""
    looked_up.clear()
    yield looked_up
    looked_up.clear()


def proxy_of(kind: str, hosts: dict[str, int], login: str = "") -> AbstractAsyncContextManager[Place]:
    """Return a proxy of a kind."""
    return socks_proxy(hosts, login) if kind == "socks5" else connect_proxy(hosts, login)


def behind(kind: str, port: int, login: str = "") -> Network:
    """Return a network that is left through the proxy at a port."""
    text = f"{kind}://{login + '@' if login else ''}127.0.0.1:{port}"
    return Network(system_clock, ENTROPY, Routing(Proxy.parse(text)))


def named(relay: RelayProgram, host: str = HOST) -> RelayAddress:
    """Return the relay's address under a name of its own."""
    return RelayAddress(host, 7443, RelayAddress.parse(relay.address).pin)


async def problem_of(address: RelayAddress, network: Network) -> RelayProblem:
    """Return why a relay is not reached."""
    with pytest.raises(RelayProblem) as raised:
        async with connected(address, network):
            pass
    assert str(raised.value).endswith(".")
    return raised.value


@pytest.mark.parametrize("kind", KINDS)
async def test_the_proxy_looks_up_the_relays_name_and_we_do_not(
    relay: RelayProgram, names: list[str], kind: str
) -> None:
    """MB-20: the name is one that only the proxy knows; the pinned hello runs inside as always."""
    async with proxy_of(kind, {HOST: relay.port}) as proxy, connected(named(relay), behind(kind, proxy.port)):
        assert proxy.asked == [f"{HOST}:7443"]
    assert not [name for name in names if "127.0.0.1" not in name]


async def test_without_a_proxy_the_name_is_looked_up_here(relay: RelayProgram, names: list[str]) -> None:
    """MB-20: what the test before listens to can be heard."""
    async with connected(
        RelayAddress("localhost", relay.port, named(relay).pin), Network(system_clock, ENTROPY)
    ):
        assert [name for name in names if "localhost" in name]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_relay_with_a_number_is_asked_for_by_it(relay: RelayProgram, kind: str) -> None:
    """MB-20."""
    target = named(relay, "192.0.2.7")
    async with (
        proxy_of(kind, {"192.0.2.7": relay.port}) as proxy,
        connected(target, behind(kind, proxy.port)),
    ):
        assert proxy.asked == ["192.0.2.7:7443"]


@pytest.mark.parametrize("kind", KINDS)
async def test_another_relay_behind_the_proxy_is_refused_as_such(relay: RelayProgram, kind: str) -> None:
    """MB-2, MB-20: a proxy can connect us to anyone, and gains nothing by it."""
    async with proxy_of(kind, {HOST: relay.port}) as proxy:
        problem = await problem_of(RelayAddress(HOST, 7443, bytes(32)), behind(kind, proxy.port))
    assert isinstance(problem, NotTrusted)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_is_told_user_and_password(relay: RelayProgram, kind: str) -> None:
    """MB-20: RFC 1929 and the Basic scheme."""
    written = "dir.ector:pa%3Ass%2540%2Fword"
    async with (
        proxy_of(kind, {HOST: relay.port}, LOGIN) as proxy,
        connected(named(relay), behind(kind, proxy.port, written)),
    ):
        assert proxy.logins == [LOGIN]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("login", ["", "dir.ector:pa%3Ass"])
async def test_a_wrong_login_is_told_without_repeating_it(relay: RelayProgram, kind: str, login: str) -> None:
    """MB-20, CL-12: not in the sentence, not in what a log of the error would show."""
    async with proxy_of(kind, {HOST: relay.port}, LOGIN) as proxy:
        problem = await problem_of(named(relay), behind(kind, proxy.port, login))
    assert isinstance(problem, Unreachable)
    assert f"{kind}://127.0.0.1:{proxy.port} wants another user name and password" in str(problem)
    shown = "".join(traceback.format_exception(problem))
    assert "pa:ss" not in shown
    assert "ector" not in shown


@pytest.mark.parametrize("kind", KINDS)
async def test_a_relay_that_the_proxy_does_not_reach_is_told(relay: RelayProgram, kind: str) -> None:
    """MB-20."""
    async with proxy_of(kind, {}) as proxy:
        problem = await problem_of(named(relay), behind(kind, proxy.port))
    assert isinstance(problem, Unreachable)
    assert f"does not let us connect to the relay at {HOST}:7443" in str(problem)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_is_not_there_is_named(relay: RelayProgram, kind: str) -> None:
    """MB-20: the relay, which could be reached, is not dialled past it."""
    port = free_port()
    problem = await problem_of(RelayAddress.parse(relay.address), behind(kind, port))
    assert isinstance(problem, Unreachable)
    assert f"{kind}://127.0.0.1:{port} cannot be reached" in str(problem)
    assert "securemsg network" in str(problem)


ANSWERS = {
    "nothing": b"",
    "noise": bytes(range(7, 250)),
    "too much": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 4_000,
    "no end": b"HTTP/1.1 200 OK\r\n",
    "more than a head": b"HTTP/1.1 200 OK\r\n\r\nand bytes of its own",
    "another language": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a number too long": b"HTTP/1.1 2000 OK\r\n\r\n",
    "another version": b"\x04\x00",
    "a method that was not offered": b"\x05\x02",
    "an unknown method": b"\x05\x77",
    "an unknown kind of address": b"\x05\x00\x05\x00\x00\x09" + bytes(300),
    "a name that is no text": b"\x05\x00\x05\x00\x00\x03\x02\xff\xfe\x00\x00",
    "half an answer": b"\x05\x00\x05\x00",
    "a reserved byte": b"\x05\x00\x05\x00\x01\x01" + bytes(6),
    "an unknown reply": b"\x05\x00\x05\x99\x00\x01" + bytes(6),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_whatever_answers_as_a_proxy_ends_in_a_sentence(
    relay: RelayProgram, kind: str, answer: bytes
) -> None:
    """MB-20: garbage, too much, half of it: no other error, and nothing that it said is repeated."""

    async def say(stream: SocketStream) -> None:
        await stream.receive()
        await stream.send(answer)
        await stream.send_eof()
        await stream.receive()

    async with answering(say) as port:
        with anyio.fail_after(5):
            problem = await problem_of(named(relay), behind(kind, port))
    assert isinstance(problem, Unreachable)
    assert f"{kind}://127.0.0.1:{port}" in str(problem)
    assert "OpenSSH" not in str(problem)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_says_nothing_is_left_in_time(
    relay: RelayProgram, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """MB-20, N02."""
    monkeypatch.setattr("securemsg.client.dial.PROXY_SECONDS", 0.3)

    async def listen(stream: SocketStream) -> None:
        while True:
            await stream.receive()

    async with answering(listen) as port:
        with anyio.fail_after(3):
            problem = await problem_of(named(relay), behind(kind, port))
    assert isinstance(problem, Unreachable)


async def test_an_answer_in_single_bytes_is_read_to_its_end(relay: RelayProgram) -> None:
    """MB-20: and not a byte further, for the rest is TLS."""

    async def drip(stream: SocketStream) -> None:
        await stream.receive()
        for byte in b"HTTP/1.0 200 Connection established\r\nDate: today\r\n\r\n":
            await stream.send(bytes((byte,)))
            await anyio.sleep(0.001)
        assert (await stream.receive())[0] == 22  # a handshake record of TLS

    async with answering(drip) as port:
        problem = await problem_of(named(relay), behind("http", port))
    assert "TLS" in str(problem)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_profile_talks_through_its_proxy_only(
    relay: RelayProgram, tmp_path: Path, names: list[str], kind: str
) -> None:
    """MB-20: receiving and sending; without the proxy nothing goes anywhere, and the person is told."""
    address = relay.address.replace("127.0.0.1", HOST)
    with friends(tmp_path, address, "ann", "ben") as profiles:
        async with proxy_of(kind, {HOST: relay.port}) as proxy:
            for profile in profiles:
                through = Proxy.parse(f"{kind}://127.0.0.1:{proxy.port}")
                profile.decide(partial(set_proxy, proxy=through))
            ann, ben = (type(profile)(profile._vault) for profile in profiles)
            async with running(ann, ben) as (of_ann, of_ben):
                await of_ben.published()
                await write(of_ann, "ben", "through the wall")
                await reached(lambda: texts(ben, "ann") == ["through the wall"])
        async with running(ann) as (of_ann,):
            await write(of_ann, "ben", "no way out")
            words = f"{kind}://127.0.0.1:{proxy.port} cannot be reached"
            await reached(lambda: words in of_ann.connection.reason)
            assert of_ann.connection.state is LinkState.OFFLINE
            assert states(ann, "ben")[-1] is MessageState.QUEUED
    assert set(proxy.asked) == {f"{HOST}:{relay.port}"}
    assert not [name for name in names if HOST in name]
