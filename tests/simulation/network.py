"""Connections in memory, without TLS, that delay, split, stall, swallow and break at any byte."""

from collections import deque
from typing import Final

import trio

from tests.simulation.dice import Dice
from tests.simulation.trace import Trace
from tests.simulation.weather import SPLIT_BYTES, Fate, Weather

_ON_THE_WAY: Final = 64 * 1024
"""Bytes that one direction holds; then writing waits."""


class LostError(Exception):
    """The connection is broken."""


class Pipe:
    """One direction of a connection."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._pieces: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._last_arrival = 0.0
        self._stir = trio.Event()
        self.is_ended = False
        self.is_lost = False

    async def write(self, data: bytes) -> None:
        """Send all of `data`; raises `LostError`."""
        await trio.lowlevel.checkpoint()
        while self._size >= _ON_THE_WAY and not self._is_over:
            await self._stir.wait()
        if self._is_over:
            raise LostError
        passing, delay = self._connection.carry(len(data))
        self._put(data[:passing], 0.0)
        if delay is not None:
            self._put(data[passing:], delay)
        elif passing < len(data):
            self._connection.suffer()

    async def read(self, most: int) -> bytes:
        """Take what has arrived, at least a byte, or nothing at the end; raises `LostError`."""
        await trio.lowlevel.checkpoint()
        while not self._pieces or self._pieces[0][0] > trio.current_time():
            if self.is_lost and not self._pieces:
                raise LostError
            if self.is_ended and not self._pieces:
                return b""
            with trio.move_on_at(self._pieces[0][0] if self._pieces else float("inf")):
                await self._stir.wait()
        return self._take(most)

    def end(self) -> None:
        """Say that nothing follows, or that nobody reads."""
        self.is_ended = True
        self._wake()

    def lose(self, dice: Dice) -> None:
        """Break, perhaps with all that is on the way."""
        self.is_lost = True
        if dice.random() < 0.5:
            self._pieces.clear()
        self._wake()

    @property
    def _is_over(self) -> bool:
        return self.is_ended or self.is_lost

    def _put(self, data: bytes, delay: float) -> None:
        arrives = trio.current_time() + delay
        for piece in self._connection.network.pieces(data):
            arrives += self._connection.network.latency()
            self._last_arrival = max(self._last_arrival, arrives)
            self._pieces.append((self._last_arrival, piece))
            self._size += len(piece)
        self._wake()

    def _take(self, most: int) -> bytes:
        taken: list[bytes] = []
        while most and self._pieces and self._pieces[0][0] <= trio.current_time():
            arrived, piece = self._pieces.popleft()
            if len(piece) > most:
                self._pieces.appendleft((arrived, piece[most:]))
            taken.append(piece[:most])
            most -= len(taken[-1])
        self._size -= sum(map(len, taken))
        self._wake()
        return b"".join(taken)

    def _wake(self) -> None:
        self._stir.set()
        self._stir = trio.Event()


class Connection:
    """Between a client and a relay, until both have closed it or it breaks."""

    def __init__(self, network: "Network", client: str, relay: str) -> None:
        self.network = network
        self.between = frozenset({client, relay})
        self.up = Pipe(self)
        self.down = Pipe(self)
        self._name = f"{len(network.connections):3} {client} to {relay}"
        self._fortune = network.weather.fortune(network.dice)
        self._left = self._fortune.bytes if self._fortune else 0
        self._note("opens")

    def carry(self, size: int) -> tuple[int, float | None]:
        """Return how many of `size` bytes pass, and after how many seconds the others do, if ever."""
        self._note(f"carries {size}")
        if self._fortune is None:
            return size, None
        passing = min(size, self._left)
        self._left -= passing
        if passing == size or self._fortune.fate is not Fate.STALL:
            return passing, None
        seconds, self._fortune = self._fortune.seconds, None
        self._note(f"stalls for {seconds:.3f}")
        return passing, seconds

    def suffer(self) -> None:
        """Meet the fate of a connection through which no more bytes pass."""
        if self._fortune is not None and self._fortune.fate is Fate.CUT:
            self.cut()

    def cut(self) -> None:
        """Break now; each side may still read what was on the way, or not."""
        if not self.is_over:
            self._note("breaks")
            self.up.lose(self.network.dice)
            self.down.lose(self.network.dice)

    def close(self) -> None:
        """End it as one side does that closes its socket."""
        if not self.is_over:
            self._note("closes")
            self.up.end()
            self.down.end()

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can be written any more."""
        return self.up.is_lost or self.up.is_ended

    def _note(self, what: str) -> None:
        self.network.trace.note("network", f"{self._name} {what}")


class Network:
    """All connections that ever were."""

    def __init__(self, weather: Weather, dice: Dice, trace: Trace) -> None:
        self.weather = weather
        self.dice = dice
        self.trace = trace
        self.connections: list[Connection] = []

    def connect(self, client: str, relay: str) -> Connection:
        """Open a connection."""
        connection = Connection(self, client, relay)
        self.connections.append(connection)
        return connection

    def cut_all(self, machine: str) -> None:
        """Break whatever a machine has open: it is gone."""
        for connection in self.connections:
            if machine in connection.between:
                connection.cut()

    @property
    def open(self) -> list[Connection]:
        """Connections that still are."""
        return [connection for connection in self.connections if not connection.is_over]

    def latency(self) -> float:
        """Return how many seconds the next piece takes."""
        return self.dice.uniform(*self.weather.latency)

    def pieces(self, data: bytes) -> list[bytes]:
        """Return `data` in the pieces in which it arrives."""
        if not self.weather.splits:
            return [data] if data else []
        found = []
        while data:
            size = int(self.dice.triangular(*SPLIT_BYTES))
            found.append(data[:size])
            data = data[size:]
        return found
