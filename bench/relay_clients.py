"""Clients that leave the processor to the relay: real connections, whose frames are put together from pieces.

The handshake, the hello and everything but submits, their answers, deliveries and acknowledgements go through
the client's side of the protocol; those are counted and cut by their bytes.
"""

import itertools
import os
from typing import Final

import trio

from securemsg.ids import SubmitId
from securemsg.mailbox.answers import Accepted, Done, answer_values
from securemsg.mailbox.requests import Acknowledge, Submit, Subscribe, values
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.relay.client import Ended, Mailbox, RelayClient

ENVELOPE: Final = b"e" * 1_180
"""About the size of a message of the smallest block."""

FIRST_NUMBER: Final = 0x01020304
"""Request numbers from here on take four bytes, so that frames differ in these only."""

MARK_ID: Final = bytes(range(100, 116))
"""A submit id that is found again in a frame."""

ANSWER_BYTES: Final = 12
ACCEPTED: Final = frame(encode(answer_values(FIRST_NUMBER, Accepted())))[:8]
DONE: Final = frame(encode(answer_values(FIRST_NUMBER, Done())))[:8]
"""What each of the answers begins with; its number follows."""

_BATCH: Final = 50
"""Submits that a sender with many in flight sends at once."""

_SEQUENCE_AT: Final = 4 + 1 + 2 + 18
"""Where the sequence number of a delivery begins."""

_WIDTHS: Final = {0xCC: 1, 0xCD: 2, 0xCE: 4}


class Sender:
    """One connection that submits."""

    def __init__(self, client: RelayClient, mailbox: Mailbox) -> None:
        self.accepted = 0
        self._stream = client.stream
        self._sent = 0
        self._numbers = itertools.count(FIRST_NUMBER)
        submit = Submit(mailbox.id, mailbox.token, SubmitId(MARK_ID), ENVELOPE)
        whole = frame(encode(values(FIRST_NUMBER, submit)))
        self._head, rest = whole.split(FIRST_NUMBER.to_bytes(4, "big"), 1)
        self._middle, self._tail = rest.split(MARK_ID, 1)

    async def send_until(self, deadline: float, in_flight: int) -> None:
        """Keep `in_flight` submits unanswered until `deadline`; then wait for what is unanswered."""
        batch = min(_BATCH, in_flight)
        while True:
            while trio.current_time() < deadline and self._sent - self.accepted <= in_flight - batch:
                await self.submit(batch)
            if self._sent == self.accepted:
                return
            await self.hear()

    async def submit(self, count: int) -> None:
        """Send so many submits."""
        await self._stream.send(b"".join([self._frame() for _ in range(count)]))
        self._sent += count

    async def hear(self) -> None:
        """Count answers that arrive."""
        answers = await self._stream.receive()
        if not answers:
            raise Ended
        accepted = answers.count(ACCEPTED)
        if len(answers) != accepted * ANSWER_BYTES:
            raise ValueError(answers[:100])
        self.accepted += accepted

    def _frame(self) -> bytes:
        number = next(self._numbers).to_bytes(4, "big")
        return b"".join((self._head, number, self._middle, self.next_id(), self._tail))

    def next_id(self) -> bytes:
        """The submit id of the next submit."""
        return os.urandom(16)


class Owner:
    """One connection that takes what a mailbox holds, and acknowledges what arrived together."""

    def __init__(self, client: RelayClient, mailbox: Mailbox) -> None:
        self.acknowledged = 0
        self._client = client
        self._stream = client.stream
        self._mailbox = mailbox
        self._numbers = itertools.count(FIRST_NUMBER)
        self._reached = 0
        self._data = b""
        self._is_subscribed = False

    async def subscribe(self) -> None:
        """Have everything delivered from now on."""
        if not self._is_subscribed:
            self._is_subscribed = True
            await self._stream.send(frame(encode(values(1, Subscribe(self._mailbox.id)))))

    async def take(self) -> None:
        """Take and acknowledge for ever."""
        while True:
            await self.hear()

    async def hear(self) -> None:
        """Take what arrives; acknowledge it at once."""
        data = self._data + await self._stream.receive()
        at, before = 0, self._reached
        while at + 4 <= len(data):
            end = at + 4 + int.from_bytes(data[at : at + 4], "big")
            if end > len(data):
                break
            if data[at + 4 : at + 7] == b"\x95\xcc\x83":
                self._reached = _sequence(data, at + _SEQUENCE_AT)
                self.acknowledged += 1
            at = end
        self._data = data[at:]
        if self._reached > before:
            request = Acknowledge(self._mailbox.id, self._reached)
            await self._stream.send(frame(encode(values(next(self._numbers), request))))


def _sequence(data: bytes, at: int) -> int:
    width = _WIDTHS.get(data[at], 0)
    return int.from_bytes(data[at + 1 : at + 1 + width], "big") if width else data[at]


async def until_accepted(sender: Sender, _owner: Owner) -> None:
    """Submit once and wait for the answer."""
    await sender.submit(1)
    await sender.hear()


async def until_delivered(sender: Sender, owner: Owner) -> None:
    """Submit once and wait until the owner has it; the answer comes before it or with it."""
    before = owner.acknowledged
    await sender.submit(1)
    while owner.acknowledged == before:
        await owner.hear()
    await sender.hear()
