"""TLS on a non-blocking socket: what arrived is read at once, what waits is written at once.

Several times faster than a stream that takes one record per call, because a busy
client sends many small frames (Spec: MB-1).
"""

import socket
import ssl
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final, Protocol, Self

import trio

from relay.fed import FedTls

_RECEIVE_BYTES: Final = 128 * 1024
"""Bytes taken from one connection before the others have their turn."""

RECORD: Final = 16 * 1024
"""The longest TLS record."""

_READS_AT_ONCE: Final = 64
"""Records taken from one connection before the others have their turn: they may hold a byte each."""

_SLOWEST_RECORD: Final = 2
"""A record must have left after so many times the seconds in which some of it must (Spec: RL-4)."""

Turns = AbstractAsyncContextManager[object]
"""Entered around each step of a handshake: when the step may be taken."""

AT_ONCE: Final[Turns] = nullcontext()
"""Each step as soon as it can be taken."""


class ConnectionLostError(Exception):
    """The other side is gone, or does not speak TLS as it must; nothing to report."""


class StalledError(Exception):
    """The other side takes nothing any more (Spec: RL-4)."""


class Stream(Protocol):
    """A client's bytes, whatever carries them; all that a session knows of it."""

    async def receive(self) -> bytes:
        """What arrived, at least one byte; empty at the end. Raises `ConnectionLostError`, `RemoteError`."""
        ...

    async def send(self, data: bytes) -> None:
        """Write all of `data`; raises `ConnectionLostError` or `StalledError`."""
        ...

    def close(self) -> None:
        """Say goodbye if there is room for it, and close."""
        ...


class TlsStream:
    """The relay's end of an accepted connection."""

    __slots__ = ("_socket", "_stall_seconds")

    def __init__(self, tls: ssl.SSLSocket | FedTls, stall_seconds: float) -> None:
        self._socket = tls
        self._stall_seconds = stall_seconds

    @classmethod
    async def accept(
        cls, raw: socket.socket, context: ssl.SSLContext, stall_seconds: float, turns: Turns = AT_ONCE
    ) -> Self:
        """Shake hands on a fresh non-blocking connection; raises `ConnectionLostError`.

        Takes `raw` over: it is closed when this fails.
        """
        try:
            tls = FedTls(raw, context)
        except (OSError, ValueError) as error:
            raw.close()
            raise ConnectionLostError from error
        stream = cls(tls, stall_seconds)
        try:
            await stream.shake_hands(turns)
        except BaseException:
            tls.close()
            raise
        return stream

    @property
    def protocol(self) -> str:
        """What both sides agreed on by ALPN; empty for nothing."""
        return self._socket.selected_alpn_protocol() or ""

    async def receive(self) -> bytes:
        """What is there, at least one byte; empty when the other side has ended."""
        await trio.lowlevel.checkpoint()
        pieces: list[bytes] = []
        size = 0
        while size < _RECEIVE_BYTES and len(pieces) < _READS_AT_ONCE:
            try:
                piece = self._socket.recv(RECORD)
            except ssl.SSLWantReadError:
                if pieces:
                    break
                await trio.lowlevel.wait_readable(self._socket)
                continue
            except OSError as error:
                raise ConnectionLostError from error
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def send(self, data: bytes) -> None:
        """Write all of `data`; raises `StalledError` when the other side takes it too slowly."""
        view = memoryview(data)
        while view:
            # Record by record: a call for more reports nothing before it is through with all of it.
            view = view[await self.send_some(view[:RECORD]) :]

    async def send_some(self, record: bytes | memoryview) -> int:
        """Write some of `record`, at most `RECORD` bytes, and tell how many; raises as `send` does.

        After a cancellation the next call must begin with the same bytes: TLS may have sealed them already.
        """
        deadline = None
        while True:
            try:
                return self._socket.send(record)
            except ssl.SSLWantWriteError:
                now = trio.current_time()
                if deadline is None:
                    deadline = now + _SLOWEST_RECORD * self._stall_seconds
                with trio.move_on_at(min(deadline, now + self._stall_seconds)) as scope:
                    await trio.lowlevel.wait_writable(self._socket)
                if scope.cancelled_caught:
                    raise StalledError from None
            except OSError as error:
                raise ConnectionLostError from error

    def close(self, last: bytes = b"") -> None:
        """Write `last` and say goodbye to TLS, as far as there is room for it, and close."""
        try:
            if last:
                self._socket.send(last)
            self._socket.unwrap()
        except (OSError, ValueError):
            pass
        finally:
            self._socket.close()

    async def shake_hands(self, turns: Turns = AT_ONCE) -> None:
        """Finish the TLS handshake; raises `ConnectionLostError`, also where no protocol was agreed on."""
        while True:
            try:
                async with turns:
                    self._socket.do_handshake()
            except ssl.SSLWantReadError:
                await trio.lowlevel.wait_readable(self._socket)
            except ssl.SSLWantWriteError:
                await trio.lowlevel.wait_writable(self._socket)
            except OSError as error:
                raise ConnectionLostError from error
            else:
                break
        if not self.protocol:
            raise ConnectionLostError
