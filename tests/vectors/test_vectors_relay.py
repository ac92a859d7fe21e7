"""09-relay.json against a whole relay, over TLS on the loopback (MB-3..10, MB-14, RL-6)."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import trio

from relay.config import LimitSettings
from securemsg.crypto.ed25519 import SigningKey
from securemsg.ids import MailboxId
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.requests import values
from securemsg.wire.codec import Value, decode, encode
from securemsg.wire.framing import MAX_FRAME, FrameBuffer, frame
from tests.relay.client import RelayClient
from tests.relay.running import Setting, running
from tests.vectors.reading import Vector, vectors
from tests.vectors.test_vectors_mailbox import shown

if TYPE_CHECKING:
    from relay.program import Relay

RELAY = "09-relay"
DELIVER, FAILED = 131, 134
EVENTS = {131, 133, 135, 136}
SECONDS = 20


class Line:
    """One connection after its hellos: whole values out, whole values in."""

    def __init__(self, client: RelayClient) -> None:
        """Take over from a client that was greeted."""
        self.client = client
        self.buffer = FrameBuffer()
        self.heard: list[list[Value]] = []
        self.ended = False

    @classmethod
    async def open(cls, relay: Relay, stack: AsyncExitStack) -> Self:
        """Connect and exchange hellos."""
        return cls(await stack.enter_async_context(RelayClient.open(relay.address)))

    async def say(self, value: list[Any]) -> None:
        """Send a request."""
        await self.client.stream.send(frame(encode(value)))

    async def listen(self) -> None:
        """Wait for more from the relay."""
        data = await self.client.stream.receive()
        if not data:
            self.ended = True
            return
        self.buffer.receive(data)
        while (value := self.buffer.next()) is not None:
            self.heard.append(decode(value, MAX_FRAME))

    async def answer(self, number: int) -> list[Value]:
        """Take the answer to a request; answers may overtake events."""
        while True:
            for value in self.heard:
                if value[0] not in EVENTS and value[1] == number:
                    self.heard.remove(value)
                    return value
            assert not self.ended
            await self.listen()

    async def hear(self, expected: list[Any]) -> None:
        """Take an event; deliveries come in order."""
        while expected not in self.heard:
            assert not self.ended, expected
            await self.listen()
        delivered = [value for value in self.heard if value[0] == DELIVER]
        assert expected[0] != DELIVER or delivered[0] == expected
        self.heard.remove(expected)


async def step(line: Line, said: dict[str, Any]) -> None:
    """Do one step of a vector."""
    if "hear" in said:
        await line.hear(shown(said["hear"]))
        while said.get("closes") and not line.ended:
            await line.listen()
        return
    expected = shown(said["answer"])
    if "prove" in said:
        mailbox = MailboxId(bytes.fromhex(said["prove"]))
        proof = line.client.connection.proof(mailbox, SigningKey(bytes.fromhex(said["seed"])))
        await line.say(list(values(expected[1], proof)))
    else:
        await line.say(shown(said["ask"]))
    found = await line.answer(expected[1])
    # How long to wait is for the relay to say.
    width = 3 if expected[0] == FAILED else len(expected)
    assert found[:width] == expected[:width]
    assert not said.get("quiet") or not line.heard


async def play(vector: Vector, folder: Path) -> None:
    """Follow the steps on a relay of our own; in the end nobody has heard more than they tell."""
    limits = LimitSettings(max_envelope=vector["max_envelope"], window=vector["window"])
    setting = Setting(limits=limits, registration=Registration(vector["registration"]))
    lines: dict[str, Line] = {}
    with trio.fail_after(SECONDS):
        async with running(folder, setting) as relay, AsyncExitStack() as stack:
            for said in vector["steps"]:
                if said["on"] not in lines:
                    lines[said["on"]] = await Line.open(relay, stack)
                await step(lines[said["on"]], said)
            assert [line.heard for line in lines.values()] == [[] for _ in lines]


@vectors(RELAY, "relay")
def test_a_relay_answers_so(vector: Vector) -> None:
    # A relay tells what it does on the standard error.
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(StringIO()):
        trio.run(play, vector, Path(folder) / "relay")
