"""TLS on a non-blocking socket: what arrived is read at once, what waits is written at once.

Several times faster than a stream that takes one record per call, because a busy
client sends many small frames (Spec: MB-1).
"""

import socket
import ssl
from typing import Final, Self

import trio

_RECEIVE_BYTES: Final = 128 * 1024
"""Bytes taken from one connection before the others have their turn."""

_RECORD: Final = 16 * 1024
"""The longest TLS record."""

_READS_AT_ONCE: Final = 64
"""Records taken from one connection before the others have their turn: they may hold a byte each."""

_SLOWEST_RECORD: Final = 2
"""A record must have left after so many times the seconds in which some of it must (Spec: RL-4)."""

ALPN: Final = "securemsg/1"
"""The protocol that a client must ask for."""


class ConnectionLostError(Exception):
    """The other side is gone, or does not speak TLS as it must; nothing to report."""


class StalledError(Exception):
    """The other side takes nothing any more (Spec: RL-4)."""


class TlsStream:
    """The relay's end of an accepted connection."""

    __slots__ = ("_socket", "_stall_seconds")

    def __init__(self, tls: ssl.SSLSocket, stall_seconds: float) -> None:
        self._socket = tls
        self._stall_seconds = stall_seconds

    @classmethod
    async def accept(cls, raw: socket.socket, context: ssl.SSLContext, stall_seconds: float) -> Self:
        """Shake hands on a fresh non-blocking connection; raises `ConnectionLostError`.

        Takes `raw` over: it is closed when this fails.
        """
        try:
            tls = context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        except (OSError, ValueError) as error:
            raw.close()
            raise ConnectionLostError from error
        stream = cls(tls, stall_seconds)
        try:
            await stream.shake_hands()
        except BaseException:
            tls.close()
            raise
        return stream

    async def receive(self) -> bytes:
        """What is there, at least one byte; empty when the other side has ended."""
        await trio.lowlevel.checkpoint()
        pieces: list[bytes] = []
        size = 0
        while size < _RECEIVE_BYTES and len(pieces) < _READS_AT_ONCE:
            try:
                piece = self._socket.recv(_RECORD)
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
        deadline = None
        while view:
            try:
                # Record by record: a call for more reports nothing before it is through with all of it.
                view = view[self._socket.send(view[:_RECORD]) :]
                deadline = None
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

    def close(self) -> None:
        """Say goodbye to TLS if there is room for it, and close."""
        try:
            self._socket.unwrap()
        except (OSError, ValueError):
            pass
        finally:
            self._socket.close()

    async def shake_hands(self) -> None:
        """Finish the TLS handshake; raises `ConnectionLostError`, also for another ALPN than ours."""
        while True:
            try:
                self._socket.do_handshake()
            except ssl.SSLWantReadError:
                await trio.lowlevel.wait_readable(self._socket)
            except ssl.SSLWantWriteError:
                await trio.lowlevel.wait_writable(self._socket)
            except OSError as error:
                raise ConnectionLostError from error
            else:
                break
        if self._socket.selected_alpn_protocol() != ALPN:
            raise ConnectionLostError
