"""A process of clients for `bench_relay`: `python -m bench.relay_senders ADDRESS MAILBOXES`.

Each mailbox has a connection of its owner and one of a sender. Prints a line when all are connected, then
carries out one line after the other, and prints numbers for each:

    flood SECONDS IN_FLIGHT  submit from all senders: accepted a second
    pass SECONDS IN_FLIGHT   the same, while the owners take and acknowledge: acknowledged a second
    drain SECONDS            owners take and acknowledge what waits: acknowledged a second
    single COUNT             one sender, one submit after the other: milliseconds, median and 99th in 100
    hop COUNT                the same until the owner has it
"""

import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import trio

from bench.relay_clients import Owner, Sender, until_accepted, until_delivered
from securemsg.mailbox.address import RelayAddress
from tests.relay.client import Mailbox, RelayClient

_PAUSE_SECONDS: Final = 0.002
"""Between two single submits: light load."""

Until = Callable[[Sender, Owner], Awaitable[None]]
"""Submits once, and waits."""


class Station:
    """All clients of this process."""

    def __init__(self, address: RelayAddress, stack: AsyncExitStack) -> None:
        self._address = address
        self._stack = stack
        self._senders: list[Sender] = []
        self._owners: list[Owner] = []

    async def add(self) -> None:
        """Make a mailbox, and connect its owner and a sender."""
        mailbox = Mailbox()
        owner = await self._stack.enter_async_context(RelayClient.open(self._address))
        await owner.ask(mailbox.creation)
        await owner.own(mailbox)
        self._owners.append(Owner(owner, mailbox))
        sender = await self._stack.enter_async_context(RelayClient.open(self._address))
        self._senders.append(Sender(sender, mailbox))

    async def carry_out(self, line: str) -> list[float]:
        """Do what `line` says; the numbers to print."""
        verb, *words = line.split()
        match verb, [float(word) for word in words]:
            case "flood", [seconds, in_flight]:
                return [await self._flood(seconds, int(in_flight))]
            case "pass", [seconds, in_flight]:
                return [await self._pass(seconds, int(in_flight))]
            case "drain", [seconds]:
                return [await self._drain(seconds)]
            case "single", [count]:
                return await self._one_by_one(int(count), until_accepted)
            case "hop", [count]:
                await self._owners[0].subscribe()
                return await self._one_by_one(int(count), until_delivered)
            case _:
                raise ValueError(line)

    async def _flood(self, seconds: float, in_flight: int) -> float:
        before, begun = sum(sender.accepted for sender in self._senders), trio.current_time()
        async with trio.open_nursery() as nursery:
            for sender in self._senders:
                nursery.start_soon(sender.send_until, begun + seconds, in_flight)
        accepted = sum(sender.accepted for sender in self._senders) - before
        return accepted / (trio.current_time() - begun)

    async def _pass(self, seconds: float, in_flight: int) -> float:
        async with trio.open_nursery() as nursery:
            for owner in self._owners:
                await owner.subscribe()
                nursery.start_soon(owner.take)
            before, begun = sum(owner.acknowledged for owner in self._owners), trio.current_time()
            await self._flood(seconds, in_flight)
            done = sum(owner.acknowledged for owner in self._owners) - before
            elapsed = trio.current_time() - begun
            nursery.cancel_scope.cancel()
        return done / elapsed

    async def _drain(self, seconds: float) -> float:
        async with trio.open_nursery() as nursery:
            before, begun = sum(owner.acknowledged for owner in self._owners), trio.current_time()
            for owner in self._owners:
                await owner.subscribe()
                nursery.start_soon(owner.take)
            await trio.sleep(seconds)
            done = sum(owner.acknowledged for owner in self._owners) - before
            elapsed = trio.current_time() - begun
            nursery.cancel_scope.cancel()
        return done / elapsed

    async def _one_by_one(self, count: int, until: Until) -> list[float]:
        taken = []
        for _ in range(count):
            await trio.sleep(_PAUSE_SECONDS)
            begun = trio.current_time()
            await until(self._senders[0], self._owners[0])
            taken.append(1_000 * (trio.current_time() - begun))
        taken.sort()
        return [taken[count // 2], taken[count * 99 // 100]]


async def run(address: RelayAddress, mailboxes: int) -> None:
    """Connect, then do what each line read says."""
    async with AsyncExitStack() as stack:
        station = Station(address, stack)
        for _ in range(mailboxes):
            await station.add()
        print("0", flush=True)
        while line := await trio.to_thread.run_sync(sys.stdin.readline):
            print(*await station.carry_out(line), flush=True)


if __name__ == "__main__":
    trio.run(run, RelayAddress.parse(sys.argv[1]), int(sys.argv[2]))
