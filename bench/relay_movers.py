"""Senders that go to another node when theirs is gone: `python -m bench.relay_movers MAILBOXES ADDRESS...`.

Prints a line when all are connected, then carries out one line after the other, and prints numbers for each:

    flood SECONDS IN_FLIGHT  submit from all senders: accepted a second, greatest time without a node
    tell FILE                write the ids of everything that was accepted, in hexadecimal, one a line
"""

import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import trio

from bench.relay_clients import Sender
from relay.stream import ConnectionLostError
from securemsg.mailbox.address import RelayAddress
from tests.relay.client import Ended, Mailbox, RelayClient

_GONE: Final = (Ended, ConnectionLostError, ConnectionError)
_PAUSE_SECONDS: Final = 0.02


class Unsettled(Sender):
    """A sender that knows what is not answered yet."""

    def __init__(self, client: RelayClient, mailbox: Mailbox, unanswered: Sequence[bytes]) -> None:
        super().__init__(client, mailbox)
        self.unanswered: deque[bytes] = deque()
        self.again = deque(unanswered)
        self.done: list[bytes] = []

    def next_id(self) -> bytes:
        """What was not answered elsewhere comes first, under the same ids."""
        chosen = self.again.popleft() if self.again else super().next_id()
        self.unanswered.append(chosen)
        return chosen

    async def hear(self) -> None:
        """Count answers, which come in the order of the submits."""
        before = self.accepted
        await super().hear()
        self.done += [self.unanswered.popleft() for _ in range(self.accepted - before)]


class Mover:
    """A sender at one node after the other."""

    def __init__(self, addresses: Sequence[RelayAddress], number: int) -> None:
        self.accepted: list[bytes] = []
        self.longest = 0.0
        self._addresses = deque(addresses)
        self._addresses.rotate(number)
        self._mailbox = Mailbox()
        self._left: list[bytes] = []

    async def register(self) -> None:
        """Make the mailbox."""
        async with RelayClient.open(self._addresses[0]) as client:
            await client.ask(self._mailbox.creation)

    async def flood(self, deadline: float, in_flight: int) -> None:
        """Submit until `deadline`, wherever somebody answers, and settle what is unanswered then."""
        lost = trio.current_time()
        while True:
            with suppress(*_GONE):
                async with RelayClient.open(self._addresses[0]) as client:
                    self.longest = max(self.longest, trio.current_time() - lost)
                    try:
                        await self._send(Unsettled(client, self._mailbox, self._left), deadline, in_flight)
                        return
                    finally:
                        lost = trio.current_time()
            self._addresses.rotate(1)
            await trio.sleep(_PAUSE_SECONDS)

    async def _send(self, sender: Unsettled, deadline: float, in_flight: int) -> None:
        try:
            await sender.send_until(deadline, in_flight)
        finally:
            self.accepted += sender.done
            self._left = [*sender.unanswered, *sender.again]


async def carry_out(movers: Sequence[Mover], line: str) -> list[float]:
    """Do what `line` says; the numbers to print."""
    match line.split():
        case "flood", seconds, in_flight:
            before, begun = sum(len(mover.accepted) for mover in movers), trio.current_time()
            for mover in movers:
                mover.longest = 0.0
            async with trio.open_nursery() as nursery:
                for mover in movers:
                    nursery.start_soon(mover.flood, begun + float(seconds), int(in_flight))
            accepted = sum(len(mover.accepted) for mover in movers) - before
            rate = accepted / (trio.current_time() - begun)
            return [rate, max(mover.longest for mover in movers)]
        case "tell", file:
            return [tell(movers, Path(file))]
        case _:
            raise ValueError(line)


def tell(movers: Sequence[Mover], file: Path) -> int:
    """Write the ids; their number."""
    ids = [one.hex() for mover in movers for one in mover.accepted]
    file.write_text("\n".join(ids), encoding="ascii")
    return len(ids)


async def run(addresses: Sequence[RelayAddress], mailboxes: int) -> None:
    """Register, then do what each line read says."""
    movers = [Mover(addresses, number) for number in range(mailboxes)]
    for mover in movers:
        await mover.register()
    print("0", flush=True)
    while line := await trio.to_thread.run_sync(sys.stdin.readline):
        print(*await carry_out(movers, line), flush=True)


if __name__ == "__main__":
    trio.run(run, [RelayAddress.parse(word) for word in sys.argv[2:]], int(sys.argv[1]))
