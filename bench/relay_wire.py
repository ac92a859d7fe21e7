"""Pipelining over bare sockets: messages out, marks in the answers counted."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Final

PIPELINED: Final = 200
"""Messages that a connection keeps unanswered, where the peer is quick enough to answer them in the end."""

_BATCHES: Final = 4


class Line:
    """A connection that sends `messages` and counts each `mark` in what comes back as an answer."""

    def __init__(
        self, connection: socket.socket, messages: Iterator[bytes], mark: bytes, in_flight: int = PIPELINED
    ) -> None:
        self.connection = connection
        self.answered = 0
        self._messages = messages
        self._mark = mark
        self._in_flight = in_flight
        self._sent = 0
        self._tail = b""

    @property
    def is_quiet(self) -> bool:
        """Tell whether everything is answered."""
        return self._sent == self.answered

    def fill(self) -> None:
        """Send as long as there is room for a batch."""
        batch = self._in_flight // _BATCHES
        while self._sent - self.answered <= self._in_flight - batch:
            self.connection.sendall(b"".join(next(self._messages) for _ in range(batch)))
            self._sent += batch

    def hear(self) -> None:
        """Count the answers that arrived."""
        data = self._tail + self.connection.recv(65_536)
        if len(data) == len(self._tail):
            raise RuntimeError("a peer closed the connection")
        self.answered += data.count(self._mark)
        end = data.rfind(self._mark)
        rest = data if end < 0 else data[end + len(self._mark) :]
        self._tail = rest[-len(self._mark) + 1 :] if len(self._mark) > 1 else b""


def pipelined_rate(lines: Sequence[Line], seconds: float) -> float:
    """Answers a second; waits for all of them."""
    before = sum(line.answered for line in lines)
    begun = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.connection, selectors.EVENT_READ, line)
            line.fill()
        while not all(line.is_quiet for line in lines):
            sending = time.perf_counter() - begun < seconds
            for key, _ in selector.select():
                line = key.data
                line.hear()
                if sending:
                    line.fill()
    return (sum(line.answered for line in lines) - before) / (time.perf_counter() - begun)
