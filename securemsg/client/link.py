"""One open connection to a relay: ask and be answered, take what it pushes.

Three tasks live as long as the connection: one reads, one writes, one keeps it alive.
None of them raises: the first problem ends the link, is kept in `problem`, is raised
to everyone who waits for an answer, and closes the stream of events.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import anyio
from anyio.abc import ByteStream
from anyio.streams.memory import MemoryObjectReceiveStream

from securemsg.client.dial import DIAL_SECONDS, dial, patience
from securemsg.client.groups import only
from securemsg.client.network import Network
from securemsg.client.problems import NotTrusted, Refused, RelayProblem, Unreachable
from securemsg.errors import AuthenticationError, FrameError, RemoteError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Answer, CaughtUp, Deliver, ErrorCode, Failed, Goodbye, LowShelf
from securemsg.mailbox.client import Answered, ClientConnection, ClientEvent, Greeted
from securemsg.mailbox.errors import VersionError, WrongRelayError
from securemsg.mailbox.limits import Limits
from securemsg.mailbox.requests import Ping, Request, Submit
from securemsg.wire.framing import MAX_FRAME

WRITE_QUEUE: Final = 64
"""Requests that may wait for the socket: a stalled relay slows asking, not typing."""

EVENT_QUEUE: Final = 64
"""Pushed events that may wait to be handled; beyond it reading stops."""

ANSWER_SECONDS: Final = 60.0
"""For one answer: a relay that takes longer is dialled anew, however much else it says meanwhile.
Without this a relay that floods events while we wait for it to answer would hold us for ever."""

SILENT: Final = "The relay does not answer: check the network and the address; it is dialled again."
BROKEN: Final = "The connection to the relay broke: it is dialled again."

Pushed: TypeAlias = Deliver | LowShelf | CaughtUp


class _Waiter:
    """Somebody waiting for the answer to one request."""

    __slots__ = ("answer", "done")

    def __init__(self) -> None:
        self.done = anyio.Event()
        self.answer: Answer | None = None


class Link:
    """An open, judged connection; made by `connected`."""

    def __init__(self, stream: ByteStream, connection: ClientConnection) -> None:
        self._stream = stream
        self._connection = connection
        self._waiters: dict[int, _Waiter] = {}
        self._outgoing, self._to_write = anyio.create_memory_object_stream[bytes](WRITE_QUEUE)
        self._pushed, self.events = anyio.create_memory_object_stream[Pushed](EVENT_QUEUE)
        self._greeted = anyio.Event()
        self._spread_seconds = 0
        self._written_at = anyio.current_time()
        self.problem: RelayProblem | None = None

    events: MemoryObjectReceiveStream[Pushed]
    """What the relay pushes; ends with the link."""

    @property
    def connection(self) -> ClientConnection:
        """The protocol state, for proofs and limits; raises the problem that ended the link."""
        if self.problem is not None:
            raise self.problem
        return self._connection

    async def ask(self, request: Request) -> Answer:
        """Send `request` and return its answer, which is never `Failed`.

        Raises `Refused` with the relay's error, or the problem that ended the link.
        """
        return (await self.ask_all((request,)))[0]

    async def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Send `requests` in this order without waiting in between; return the answers.

        Raises as `ask` does, for the first that was refused; the others were answered, too.
        """
        if self.problem is not None:
            raise self.problem
        for request in requests:
            if isinstance(request, Submit) and len(request.envelope) > self._connection.limits.max_envelope:
                raise Refused(Failed(ErrorCode.TOO_LARGE))
        waiters = [_Waiter() for _ in requests]
        self._waiters.update((id(request), waiter) for request, waiter in zip(requests, waiters, strict=True))
        try:
            with anyio.move_on_after(ANSWER_SECONDS):
                for request in requests:
                    await self._transmit(self._connection.send(request))
                for waiter in waiters:
                    await waiter.done.wait()
        finally:
            for request in requests:
                self._waiters.pop(id(request), None)
        if not all(waiter.done.is_set() for waiter in waiters):
            self._end(Unreachable(SILENT))
        return [self._answer(waiter) for waiter in waiters]

    def _answer(self, waiter: _Waiter) -> Answer:
        match waiter.answer:
            case None:
                raise self.reason()
            case Failed() as failure:
                raise Refused(failure)
            case answer:
                return answer

    async def _transmit(self, data: bytes) -> None:
        try:
            await self._outgoing.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise self.reason() from error

    async def greeted(self) -> Limits:
        """Wait for the relay's hello; raises what is wrong with it."""
        with anyio.move_on_after(DIAL_SECONDS):
            await self._transmit(self._connection.start())
            await self._greeted.wait()
        if not self._greeted.is_set():
            self._end(Unreachable(SILENT))
        if self.problem is not None:
            raise self.problem
        return self._connection.limits

    async def read(self) -> None:
        """Take what arrives until the connection ends."""
        try:
            while True:
                with anyio.fail_after(self._silence()):
                    data = await self._stream.receive(MAX_FRAME)
                self._connection.receive_data(data)
                while (event := self._connection.next_event()) is not None:
                    await self._take(event)
        except RelayProblem as problem:
            self._end(problem)
        except RemoteError as error:
            self._end(explain(error))
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            self._end(Unreachable(BROKEN))

    async def write(self) -> None:
        """Write what was asked, in order, until the connection ends."""
        try:
            async for data in self._to_write:
                await self._stream.send(data)
                self._written_at = anyio.current_time()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            self._end(Unreachable(BROKEN))

    async def beat(self) -> None:
        """Ping after each heartbeat interval of our own silence (Spec: MB-12)."""
        await self._greeted.wait()
        while self.problem is None:
            interval = self._connection.limits.heartbeat_seconds
            quiet = anyio.current_time() - self._written_at
            if quiet < interval:
                await anyio.sleep(interval - quiet)
                continue
            try:
                await self.ask(Ping())
            except RelayProblem:
                return

    def reason(self) -> RelayProblem:
        """Return why the link ended."""
        return Unreachable(BROKEN) if self.problem is None else self.problem

    def close(self) -> None:
        """Let go of what the tasks shared."""
        for stream in (self._outgoing, self._to_write, self._pushed, self.events):
            stream.close()

    def _silence(self) -> float:
        # A link that ended before it was greeted wakes whoever waited for that, too.
        greeted = self._greeted.is_set() and self.problem is None
        return 2.0 * self._connection.limits.heartbeat_seconds if greeted else DIAL_SECONDS

    async def _take(self, event: ClientEvent) -> None:
        match event:
            case Greeted(limits):
                self._spread_seconds = limits.reconnect_seconds
                self._greeted.set()
            case Answered(request, answer):
                waiter = self._waiters.get(id(request))
                if waiter is not None:
                    waiter.answer = answer
                    waiter.done.set()
            case Goodbye(retry_seconds):
                raise Unreachable("The relay is closing for a moment: it is dialled again.", retry_seconds)
            case Failed():
                raise Refused(event)
            case _:
                await self._pushed.send(event)

    def _end(self, problem: RelayProblem) -> None:
        if self.problem is None:
            self.problem = problem
            problem.spread_seconds = self._spread_seconds
        self._greeted.set()
        self._to_write.close()
        self._pushed.close()
        for waiter in self._waiters.values():
            waiter.done.set()


def explain(error: RemoteError) -> RelayProblem:
    """Return the sentence for what a relay did wrong."""
    match error:
        case WrongRelayError():
            return NotTrusted(
                "Another relay answers than the one of this address (its pin differs): do not go on;"
                " ask the relay's administrator for the right address."
            )
        case AuthenticationError():
            return NotTrusted(
                "The relay could not prove that the connection reaches it: somebody may be in between;"
                " try another network, or ask the relay's administrator."
            )
        case VersionError():
            return Refused(Failed(ErrorCode.VERSION))
        case FrameError():
            return Unreachable(
                "The relay answered with something that is not of the protocol: it is dialled again."
            )
        case _:
            return Unreachable(BROKEN)


@asynccontextmanager
async def connected(address: RelayAddress, network: Network) -> AsyncIterator[Link]:
    """Open a link to the relay at `address` and close it at the end of the block.

    Raises `Unreachable`, `NotTrusted`, or `Refused` where there is no common version.

    Spec: MB-1, MB-2.
    """
    try:
        with anyio.fail_after(patience(network)):
            dialled = await dial(address, network)
    except TimeoutError as error:
        raise Unreachable(SILENT) from error
    link = Link(dialled.stream, ClientConnection(address.pin, dialled.spki_digest, network.entropy))
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(link.read)
            tasks.start_soon(link.write)
            tasks.start_soon(link.beat)
            try:
                await link.greeted()
                yield link
            finally:
                tasks.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise only(group) from None
    finally:
        link.close()
        await anyio.aclose_forcefully(dialled.stream)
