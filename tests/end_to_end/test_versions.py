"""Programs of different versions: each end refuses in words, and nothing is lost (MB-2)."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trio

from relay.folder import DataFolder
from relay.identity import Identity
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.hello import ClientHello
from securemsg.mailbox.limits import Limits
from securemsg.mailbox.transport import ALPN
from securemsg.wire.codec import decode, encode
from securemsg.wire.framing import MAX_FRAME, FrameBuffer, frame
from tests.client.live import server_context
from tests.relay.client import client_context
from tests.support.background import in_background
from tests.support.programs import Person, RelayProgram, acquainted, free_port, running_relay

ENTROPY = SystemEntropy()
SENTENCE = "The relay speaks another version of the protocol: update this program or the relay."
FAILED = 134


@dataclass
class OtherRelay:
    """The same relay, as a program of another version would answer a hello: `answer(nonce)`."""

    folder: Path
    answer: Callable[[bytes], bytes]
    port: int = field(default_factory=free_port)

    async def serve(self, ready: threading.Event) -> None:
        """Accept until cancelled."""
        context = server_context(self.folder, ALPN)
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port, ssl=context)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameBuffer()
        with contextlib.suppress(OSError):
            while (value := frames.next()) is None:
                frames.receive(await reader.read(4_096))
            *_, nonce = decode(value, MAX_FRAME)
            assert isinstance(nonce, bytes)
            writer.write(self.answer(nonce))
            await writer.drain()
            await reader.read()
        writer.transport.abort()


def refusing(_folder: Path) -> Callable[[bytes], bytes]:
    """A newer relay that does not speak our version any more."""
    return lambda _nonce: frame(encode((FAILED, 0, ErrorCode.VERSION, 0)))


def insisting(folder: Path) -> Callable[[bytes], bytes]:
    """One that answers in version 2, signed by its true key."""
    identity = Identity.load(DataFolder(folder))
    key = identity.key

    def answer(nonce: bytes) -> bytes:
        challenge, limits = ENTROPY(32), Limits().values()
        told = (2, key.public(), limits, 0)
        body = nonce + identity.spki_digest + challenge + encode(told)
        signature = key.sign(b"relay-hello", body)
        return frame(encode((128, 2, key.public(), challenge, limits, 0, signature)))

    return answer


@dataclass
class Scene:
    """Ann and Ben at a relay."""

    folder: Path
    relay: RelayProgram
    ann: Person
    ben: Person


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("versions")
    with running_relay(folder) as relay:
        yield Scene(folder, relay, *acquainted(folder, relay, "ann", "ben"))


@pytest.mark.parametrize("kind", [refusing, insisting])
def test_a_client_without_the_relays_version_says_so_keeps_everything_and_goes_on_after_the_update(
    scene: Scene, kind: Callable[[Path], Callable[[bytes], bytes]]
) -> None:
    """N18: a newer relay; the relay's identity and address are the same before and after."""
    relay, ann, ben = scene.relay, scene.ann, scene.ben
    text = f"written while the relay was {kind.__name__}"
    other = OtherRelay(relay.data, kind(relay.data), relay.port)
    assert relay.stop() == 0
    with in_background(other.serve):
        checks = {line["check"]: line for line in ann.run("doctor").lines}
        assert (checks["relay"]["ok"], checks["relay"]["advice"]) == (False, SENTENCE)
        sent = ann.run("send", "ben", text, "--wait", "3")
        assert (sent.status, sent.lines[0]["state"]) == (3, "queued")
        newcomer = Person.at(scene.folder, f"newcomer-{kind.__name__}").run(
            "init", "--name", "Cleo", "--relay", relay.address
        )
        assert (newcomer.status, newcomer.stderr) == (1, f"securemsg: {SENTENCE}\n")
    relay.start()
    ann.run("receive", "--wait", "2")
    assert text in [line.get("text") for line in ben.do("receive", "--wait", "5")]


async def hello(relay: RelayProgram, lowest: int, highest: int) -> list[object]:
    """The first frame that a relay answers to a hello with these versions, as values."""
    stream = await trio.open_tcp_stream("127.0.0.1", relay.port)
    tls = trio.SSLStream(stream, client_context(), https_compatible=True)
    frames = FrameBuffer()
    with trio.fail_after(10):
        await tls.send_all(frame(ClientHello(lowest, highest, ENTROPY(32)).encode()))
        while (value := frames.next()) is None:
            frames.receive(bytes(await tls.receive_some()))
        values = list(decode(value, MAX_FRAME))
        if values[0] == FAILED:
            assert await tls.receive_some() == b""
    await stream.aclose()
    return list(values)


def test_a_relay_tells_clients_of_other_versions_and_serves_those_that_speak_ours_too(scene: Scene) -> None:
    """N18: an older and a newer client; the connection of a refused one is closed."""
    refused = [FAILED, 0, int(ErrorCode.VERSION), 0]
    assert trio.run(hello, scene.relay, 2, 9) == refused
    assert trio.run(hello, scene.relay, 0, 0) == refused
    for lowest, highest in ((0, 1), (1, 9), (1, 1)):
        greeted = trio.run(hello, scene.relay, lowest, highest)
        assert greeted[:2] == [128, 1]
