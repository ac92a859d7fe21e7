"""A link that ended tells everyone who still uses it why, and nobody anything else."""

from collections.abc import Iterable

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import ByteStream
from typing_extensions import override

from securemsg.client.link import Link
from securemsg.client.problems import Unreachable
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.client import ClientConnection

pytestmark = pytest.mark.anyio


class Line(ByteStream):
    """A connection on which these bytes arrive, and on which nothing can be written."""

    def __init__(self, arriving: Iterable[bytes]) -> None:
        self._arriving = iter(arriving)

    @override
    async def receive(self, max_bytes: int = 65_536) -> bytes:
        await anyio.lowlevel.checkpoint()
        try:
            return next(self._arriving)
        except StopIteration:
            raise anyio.EndOfStream from None

    @override
    async def send(self, item: bytes) -> None:
        await anyio.lowlevel.checkpoint()
        raise anyio.BrokenResourceError

    @override
    async def send_eof(self) -> None:
        await anyio.lowlevel.checkpoint()

    @override
    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()


def link_over(*arriving: bytes) -> Link:
    """Return a link to a relay that says this."""
    return Link(Line(arriving), ClientConnection(bytes(32), bytes(32), SystemEntropy()))


async def test_whoever_needs_the_connection_of_an_ended_link_is_told_why_it_ended() -> None:
    """N19, MB-13: a goodbye between two steps of the client is no fault of ours, and ends nothing else."""
    link = link_over()
    await link.read()
    with pytest.raises(Unreachable):
        _ = link.connection
    link.close()


async def test_bytes_that_arrive_after_a_link_ended_disturb_nobody() -> None:
    """N19: the hello could not be written, and the relay had begun to greet."""
    link = link_over(b"\x00", b"\x00", b"\x10")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(link.write)
        with pytest.raises(Unreachable):
            await link.greeted()
    await link.read()
    link.close()
