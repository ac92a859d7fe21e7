"""A process of senders for `bench_relay`: `python -m bench.relay_senders ADDRESS CONNECTIONS`.

Prints a line when all of them are connected, reads how many seconds to send for, prints
how many envelopes were accepted in that time, and so on until its input ends.
"""

import itertools
import sys
from contextlib import AsyncExitStack
from typing import Final

import trio

from securemsg.ids import SubmitId
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted
from securemsg.mailbox.client import Answered
from securemsg.mailbox.requests import Submit
from tests.relay.client import Mailbox, RelayClient

BATCH: Final = 50
IN_FLIGHT: Final = 200
ENVELOPE: Final = b"e" * 1_180
"""About the size of a message of the smallest block."""


class Sender:
    """One connection that keeps `IN_FLIGHT` submits unanswered."""

    def __init__(self, client: RelayClient) -> None:
        self.client = client
        self.mailbox = Mailbox()
        self.accepted = 0
        self._ids = (SubmitId(number.to_bytes(16, "big")) for number in itertools.count())

    async def send_until(self, deadline: float) -> None:
        """Submit until `deadline`; then wait for what is unanswered."""
        connection, stream = self.client.connection, self.client.stream
        while True:
            sending = trio.current_time() < deadline
            while sending and connection.unanswered <= IN_FLIGHT - BATCH:
                await stream.send(b"".join(connection.send(self._submit()) for _ in range(BATCH)))
            if not connection.unanswered:
                return
            connection.receive_data(await stream.receive())
            while (event := connection.next_event()) is not None:
                if not isinstance(event, Answered) or event.answer != Accepted():
                    raise TypeError(event)
                self.accepted += 1

    def _submit(self) -> Submit:
        return Submit(self.mailbox.id, self.mailbox.token, next(self._ids), ENVELOPE)


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
