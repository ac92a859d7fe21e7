"""A process of senders for `bench_relay`: `python -m bench.relay_senders ADDRESS CONNECTIONS`.

Prints a line when all of them are connected, reads how many seconds to send for, prints
how many envelopes were accepted in that time, and so on until its input ends.
"""

import itertools
import os
import sys
from contextlib import AsyncExitStack
from typing import Final

import trio

from securemsg.ids import SubmitId
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, answer_values
from securemsg.mailbox.requests import Submit, values
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.relay.client import Mailbox, RelayClient

BATCH: Final = 50
IN_FLIGHT: Final = 200
ENVELOPE: Final = b"e" * 1_180
"""About the size of a message of the smallest block."""

FIRST_NUMBER: Final = 0x01020304
"""Request numbers from here on take four bytes, so that frames differ in these only."""

MARK_ID: Final = bytes(range(100, 116))
"""A submit id that is found again in a frame."""

ANSWER_BYTES: Final = 12
ACCEPTED: Final = frame(encode(answer_values(FIRST_NUMBER, Accepted())))[:8]
"""What each of the answers begins with; its number follows."""


class Sender:
    """One connection that keeps `IN_FLIGHT` submits unanswered.

    Frames are put together from ready pieces and answers are counted by their bytes, so
    that the processor is left to the relay.
    """

    def __init__(self, client: RelayClient) -> None:
        self.client = client
        self.mailbox = Mailbox()
        self.accepted = 0
        self._sent = 0
        self._numbers = itertools.count(FIRST_NUMBER)
        submit = Submit(self.mailbox.id, self.mailbox.token, SubmitId(MARK_ID), ENVELOPE)
        whole = frame(encode(values(FIRST_NUMBER, submit)))
        self._head, rest = whole.split(FIRST_NUMBER.to_bytes(4, "big"), 1)
        self._middle, self._tail = rest.split(MARK_ID, 1)

    async def send_until(self, deadline: float) -> None:
        """Submit until `deadline`; then wait for what is unanswered."""
        stream = self.client.stream
        while True:
            sending = trio.current_time() < deadline
            while sending and self._sent - self.accepted <= IN_FLIGHT - BATCH:
                await stream.send(b"".join(self._submit() for _ in range(BATCH)))
                self._sent += BATCH
            if self._sent == self.accepted:
                return
            answers = await stream.receive()
            accepted = answers.count(ACCEPTED)
            if len(answers) != accepted * ANSWER_BYTES:
                raise ValueError(answers[:100])
            self.accepted += accepted

    def _submit(self) -> bytes:
        number = next(self._numbers)
        return b"".join((self._head, number.to_bytes(4, "big"), self._middle, os.urandom(16), self._tail))


async def run(address: RelayAddress, connections: int) -> None:
    """Connect, then send as long as each line read says."""
    async with AsyncExitStack() as stack:
        senders = [
            Sender(await stack.enter_async_context(RelayClient.open(address))) for _ in range(connections)
        ]
        for sender in senders:
            await sender.client.ask(sender.mailbox.creation)
        print("ready", flush=True)
        while line := await trio.to_thread.run_sync(sys.stdin.readline):
            before, begun = sum(sender.accepted for sender in senders), trio.current_time()
            async with trio.open_nursery() as nursery:
                for sender in senders:
                    nursery.start_soon(sender.send_until, begun + float(line))
            accepted = sum(sender.accepted for sender in senders) - before
            print(accepted / (trio.current_time() - begun), flush=True)


if __name__ == "__main__":
    trio.run(run, RelayAddress.parse(sys.argv[1]), int(sys.argv[2]))
