"""Hints between nodes: who may send them, and what becomes of hostile or too many ones."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from relay.cluster.hints import GIVEN_UP, HINT_BYTES, MOST_HINTS, Hint, HintKind, HintReader, Hints
from relay.cluster.introduction import NODE_ALPN, Introduction, NotANodeError
from relay.program import Relay
from relay.stream import ConnectionLostError, TlsStream
from securemsg.crypto.certificate import spki_digest
from securemsg.crypto.ed25519 import SigningKey
from securemsg.ids import MailboxId
from tests.relay.client import ENTROPY, client_context
from tests.relay.nodes import Cluster
from tests.support.entropy import SeededEntropy

pytestmark = pytest.mark.anyio


def a_hint(kind: HintKind = HintKind.STORED, number: int = 0) -> Hint:
    return Hint(kind, MailboxId(ENTROPY(16)), number)


async def test_hints_arrive_as_they_were_told_however_they_are_cut() -> None:
    """RL-51."""
    hints = Hints()
    told = [a_hint(), a_hint(HintKind.SHELF_LOW)]
    told += [a_hint(HintKind.SUBSCRIBED, number) for number in (2**40, GIVEN_UP)]
    hints.open()
    for hint in [*told, *told]:
        hints.add(hint)
    data = await hints.take()
    assert len(data) == 4 * HINT_BYTES
    reader = HintReader()
    assert [hint for byte in data for hint in reader.read(bytes([byte]))] == told


async def test_of_two_numbers_the_greater_is_told() -> None:
    hints, hint = Hints(), a_hint(HintKind.SUBSCRIBED, 9)
    hints.open()
    for number in (8, 9, 3):
        hints.add(hint._replace(number=number))
    assert list(HintReader().read(await hints.take())) == [hint]


async def test_what_waits_is_bounded_and_forgotten_while_the_node_is_away() -> None:
    """RL-51."""
    hints = Hints()
    hints.add(a_hint())
    hints.open()
    for number in range(MOST_HINTS + 10):
        hints.add(Hint(HintKind.STORED, MailboxId(number.to_bytes(16, "big"))))
    assert len(await hints.take()) == MOST_HINTS * HINT_BYTES
    hints.add(a_hint())
    hints.close()
    hints.open()
    hints.add(a_hint())
    assert len(await hints.take()) == HINT_BYTES


def test_unknown_kinds_and_signs_of_life_are_passed_over() -> None:
    """RL-51."""
    assert list(HintReader().read(bytes(HINT_BYTES) + b"\xff" * HINT_BYTES)) == []


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Relay]:
    async with Cluster(tmp_path).node(0) as running:
        yield running


@asynccontextmanager
async def dialled(node: Relay, protocol: str = NODE_ALPN) -> AsyncIterator[tuple[TlsStream, bytes]]:
    """A TLS connection to the listener for nodes, and what it showed."""
    host, port = node.service.config.cluster.listen.split(":")
    raw = socket.create_connection((host, int(port)))
    raw.settimeout(0)
    tls = client_context(protocol).wrap_socket(raw, do_handshake_on_connect=False)
    stream = TlsStream(tls, 5)
    try:
        await stream.shake_hands()
        yield stream, spki_digest(tls.getpeercert(binary_form=True) or b"")
    finally:
        stream.close()


async def is_closed(stream: TlsStream) -> bool:
    with trio.fail_after(8):
        try:
            while await stream.receive():
                pass
        except ConnectionLostError:
            pass
    return True


async def test_who_has_not_the_identity_key_is_refused_on_both_sides(node: Relay) -> None:
    """RL-51."""
    stranger = Introduction(SigningKey.generate(SeededEntropy(1)), ENTROPY)
    async with dialled(node) as (stream, shown):
        with pytest.raises(NotANodeError):
            await stranger.dial(stream, shown)
    async with dialled(node) as (stream, _):
        await stream.send(bytes(32))
        assert len(await stream.receive()) == 64
        await stream.send(bytes(32))
        assert await is_closed(stream)


async def test_one_in_between_with_another_certificate_is_refused(node: Relay) -> None:
    """RL-51: the proofs are bound to what the accepting side shows."""
    async with dialled(node) as (stream, shown):
        with pytest.raises(NotANodeError):
            await Introduction(node.service.identity.key, ENTROPY).dial(stream, bytes(reversed(shown)))


async def test_random_bytes_silence_and_clients_end_their_connection_only(node: Relay) -> None:
    """RL-51, RL-8."""
    with pytest.raises(ConnectionLostError):
        async with dialled(node, "securemsg/1"):
            pass
    async with dialled(node) as (stream, _):
        await stream.send(b"\xff" * 500)
        assert await is_closed(stream)
    async with dialled(node) as (silent, _):
        assert await is_closed(silent)
    async with dialled(node) as (stream, shown):
        await Introduction(node.service.identity.key, ENTROPY).dial(stream, shown)
        await stream.send(b"\xff" * 1_000)
    assert node.service.counters.connections_failed == 0
