"""Owners hear of what was committed, whatever became of who asked for it (Spec: MB-8, MB-9)."""

import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from relay.committer import Committer
from relay.program import Relay
from relay.storage.operations import Append, Appended
from securemsg.mailbox.answers import Accepted, Deliver, LowShelf
from securemsg.mailbox.requests import FetchPrekeys, Prove, PublishLeaves, PublishManifest, Request
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import running, until

pytestmark = pytest.mark.anyio


class Held:
    """Keeps the store's thread from the next commit until it is let go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()

    def wait(self) -> None:
        """Run by the store's thread."""
        self.reached.set()
        self.released.wait(10)


@asynccontextmanager
async def held(relay: Relay, first: Held, second: Held) -> AsyncIterator[None]:
    """Have `relay` meet both in turn, with one commit between them."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(relay.service.committer.alone, first.wait)
        try:
            await until(first.reached.is_set)
            nursery.start_soon(relay.service.committer.alone, second.wait)
            yield
        finally:
            first.released.set()
            second.released.set()


def reset(client: RelayClient) -> None:
    """Break the connection of `client` without a word."""
    tls = client.stream._socket
    assert isinstance(tls, ssl.SSLSocket)
    with socket.socket(fileno=tls.detach()) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def request_for(kind: type[Request], mailbox: Mailbox) -> Request:
    return FetchPrekeys(mailbox.id, mailbox.token) if kind is FetchPrekeys else mailbox.submit(b"sealed")


@pytest.mark.parametrize(("kind", "told"), [(FetchPrekeys, LowShelf), (Append, Deliver)])
async def test_an_owner_hears_of_a_commit_whose_asker_is_gone(
    tmp_path: Path, kind: type[Request], told: type[Deliver | LowShelf]
) -> None:
    """The answer to the first request cannot be written, so the connection ends while the second commits."""
    mailbox = Mailbox()
    first, second = Held(), Held()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask(mailbox.creation)
        await owner.own(mailbox)
        await owner.ask_all(
            [PublishManifest(mailbox.id, 1, b"manifest"), PublishLeaves(mailbox.id, 1, 0, (b"leaf",) * 2)]
        )
        await owner.listen(mailbox)
        await owner.notice()
        async with RelayClient.open(relay.address) as sender, held(relay, first, second):
            refused = sender.connection.send(Prove(mailbox.id, bytes(64)))
            sender.connection._role = None
            asked = sender.connection.send(request_for(kind, mailbox))
            await sender.stream.send(refused + asked)
            committer = relay._committer
            assert isinstance(committer, Committer)
            await until(lambda: bool(committer._tickets))
            reset(sender)
            first.released.set()
            await until(lambda: relay.service.counters.connections_open == 1)
            assert second.reached.is_set()
        with trio.fail_after(5):
            assert isinstance(await owner.notice(), told)


async def test_a_repeat_of_what_nobody_was_told_of_tells_the_owner(tmp_path: Path) -> None:
    mailbox = Mailbox()
    submit = mailbox.submit(b"kept")
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await owner.listen(mailbox)
        await owner.notice()
        stored = Append(mailbox.id, mailbox.token.hash, submit.submit_id, submit.envelope)
        assert await relay.service.committer.commit([stored]) == [Appended(1)]
        assert await sender.ask(submit) == Accepted()
        with trio.fail_after(5):
            assert (await owner.delivery()).envelope == b"kept"
