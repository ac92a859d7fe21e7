"""Whoever answers instead of the relay gets nothing, and the person gets a sentence."""

import base64
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import anyio
import pytest

from securemsg.client import Engine
from securemsg.client.clock import system_clock
from securemsg.client.link import connected
from securemsg.client.network import Network
from securemsg.client.problems import NotTrusted, RelayProblem, Unreachable
from securemsg.client.views import LinkState, MessageState
from securemsg.instant import DAY, Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.hello import ClientHello
from tests.client.live import (
    ENTROPY,
    certificate_in,
    friends,
    impostor,
    profile_at,
    reached,
    running,
    server_context,
    states,
    write,
)
from tests.hostile.hostile_relay import hostile_relay
from tests.support.programs import RelayProgram, free_port

pytestmark = pytest.mark.anyio


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def refusal(address: RelayAddress) -> RelayProblem:
    """Return why nobody can be talked to at an address."""
    with pytest.raises(RelayProblem) as raised:
        async with connected(address, Network(system_clock, ENTROPY)):
            pass
    assert str(raised.value).endswith(".")
    return raised.value


def at(port: int, relay: RelayProgram) -> RelayAddress:
    """Return the relay's address with another port."""
    address = RelayAddress.parse(relay.address)
    return RelayAddress(address.host, port, address.pin)


async def test_another_pin_is_refused(relay: RelayProgram) -> None:
    """N10, MB-2: the relay that answers is a relay, and not this one."""
    address = RelayAddress.parse(relay.address)
    wrong = RelayAddress(address.host, address.port, bytes(32))
    problem = await refusal(wrong)
    assert isinstance(problem, NotTrusted)
    assert "pin" in str(problem)


async def test_another_certificate_without_the_identity_key_is_refused(
    relay: RelayProgram, tmp_path: Path, stack: ExitStack
) -> None:
    """N11: whoever issued it; the hello is signed over the certificate of the real connection (MB-2)."""
    folder = certificate_in(tmp_path / "other", system_clock(), 90)
    between = stack.enter_context(hostile_relay(relay.port, folder))
    problem = await refusal(at(between.port, relay))
    assert isinstance(problem, NotTrusted)
    assert "in between" in str(problem)


@pytest.mark.parametrize("days_ago", [-30, 400])
async def test_a_certificate_outside_its_dates_is_refused(
    relay: RelayProgram, tmp_path: Path, stack: ExitStack, days_ago: int
) -> None:
    """N10, MB-1: expired or not begun; the sentence names the clock too."""
    folder = certificate_in(tmp_path / "old", Instant(system_clock() - days_ago * DAY), 90)
    server = stack.enter_context(impostor(server_context(folder, "securemsg/1")))
    problem = await refusal(at(server.port, relay))
    assert isinstance(problem, NotTrusted)
    assert "expired" in str(problem)
    assert "clock" in str(problem)
    assert server.heard == b""


@pytest.mark.parametrize("protocols", [(), ("http/1.1",), ("securemsg/2",)])
async def test_a_server_of_another_protocol_is_refused(
    relay: RelayProgram, tmp_path: Path, stack: ExitStack, protocols: tuple[str, ...]
) -> None:
    """N10: an ALPN mismatch; nothing is said to it."""
    folder = certificate_in(tmp_path / "web", system_clock(), 90)
    server = stack.enter_context(impostor(server_context(folder, *protocols)))
    await refusal(at(server.port, relay))
    assert server.heard == b""


async def test_an_older_tls_is_refused(relay: RelayProgram, tmp_path: Path, stack: ExitStack) -> None:
    """N10: TLS 1.3 or nothing."""
    context = server_context(certificate_in(tmp_path / "tls", system_clock(), 90), "securemsg/1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = stack.enter_context(impostor(context))
    assert isinstance(await refusal(at(server.port, relay)), Unreachable)
    assert server.heard == b""


async def test_a_server_without_tls_is_refused(relay: RelayProgram, stack: ExitStack) -> None:
    """N10: whatever it answers to the handshake."""
    server = stack.enter_context(impostor(None, b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    assert isinstance(await refusal(at(server.port, relay)), Unreachable)


async def test_a_port_where_nobody_listens_is_told(relay: RelayProgram) -> None:
    """MB-13: nobody there is not somebody else."""
    problem = await refusal(at(free_port(), relay))
    assert isinstance(problem, Unreachable)
    assert "cannot be reached" in str(problem)


@pytest.mark.parametrize("speaks_tls", ["tls", "tcp"])
async def test_a_server_that_says_nothing_is_left_in_time(
    relay: RelayProgram,
    tmp_path: Path,
    stack: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    speaks_tls: str,
) -> None:
    """N02: in the handshake as well as before the hello, and no socket stays open."""
    monkeypatch.setattr("securemsg.client.link.DIAL_SECONDS", 0.5)
    monkeypatch.setattr("securemsg.client.dial.DIAL_SECONDS", 0.5)
    context = None
    if speaks_tls == "tls":
        context = server_context(certificate_in(tmp_path / "mute", system_clock(), 90), "securemsg/1")
    server = stack.enter_context(impostor(context))
    with anyio.fail_after(5):
        problem = await refusal(at(server.port, relay))
    assert isinstance(problem, Unreachable)
    if context is not None:
        # No more than the hello was said: a version range and a fresh nonce.
        assert len(server.heard) == len(ClientHello(1, 1, bytes(32)).encode()) + 4


async def test_nonsense_instead_of_a_hello_is_refused(
    relay: RelayProgram, tmp_path: Path, stack: ExitStack
) -> None:
    """E17: it ends the connection with a sentence."""
    folder = certificate_in(tmp_path / "odd", system_clock(), 90)
    server = stack.enter_context(impostor(server_context(folder, "securemsg/1"), b"\x00\x00\x00\x03abc"))
    await refusal(at(server.port, relay))


async def test_an_engine_whose_relay_is_another_one_says_so_and_sends_nothing(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """N10, CL-6: the message stays queued, with the reason; `doctor` says the same."""
    pin = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    wrong = f"{relay.address.split('#')[0]}#{pin}"
    with friends(tmp_path, wrong, "ann", "ben") as (ann, _):
        async with running(ann) as (of_ann,):
            row = await write(of_ann, "ben", "for the right one only")
            await reached(lambda: ann.message(row).reason != "")
            await reached(lambda: of_ann.connection.state is LinkState.OFFLINE)
            assert "pin" in of_ann.connection.reason
            assert of_ann.connection.retry_at is not None
            assert states(ann, "ben") == [MessageState.QUEUED]
            assert "not that relay" in ann.message(row).reason
            check = await of_ann.check_relay()
            assert (check.ok, check.advice) == (False, of_ann.connection.reason)


async def test_a_good_relay_passes_the_check(relay: RelayProgram, tmp_path: Path) -> None:
    profile = profile_at(tmp_path, "ann", relay.address)
    assert (await Engine(profile).check_relay()).ok
    profile.close()
