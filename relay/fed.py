"""TLS on a non-blocking socket that takes a bounded number of bytes at a time.

Where OpenSSL reads the socket itself, one call goes on for as long as messages come that carry no content,
such as KeyUpdate: somebody who sends nothing else would have the event loop for himself.
"""

import contextlib
import socket
import ssl
from typing import Final

_FEED_BYTES: Final = 16 * 1024
"""Ciphertext of one call: 600 changes of keys, which take some milliseconds."""

_EMPTY_BYTES: Final = 64 * 1024
"""Ciphertext that may come beyond what carries content: four of the longest records."""

_PER_BYTE: Final = 64
"""Ciphertext that one byte of content may cost; a record of its own costs it 23."""


class FedTls:
    """The accepting end: what `TlsStream` uses of an `ssl.SSLSocket`, with the same errors."""

    __slots__ = (
        "_drained",
        "_empty",
        "_ended",
        "_incoming",
        "_outgoing",
        "_sealed",
        "_socket",
        "_tls",
        "_waiting",
    )

    def __init__(self, raw: socket.socket, context: ssl.SSLContext) -> None:
        self._socket = raw
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._waiting = b""
        self._sealed = 0
        self._empty = 0
        self._drained = False
        self._ended = False

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    def selected_alpn_protocol(self) -> str | None:
        """What both sides agreed on."""
        return self._tls.selected_alpn_protocol()

    def do_handshake(self) -> None:
        """Go on with the handshake; returns when it is done."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
            except ssl.SSLError:
                # The alert that tells why.
                with contextlib.suppress(OSError):
                    self._flush()
                raise
            else:
                self._empty, self._drained = 0, False
                self._flush()
                return

    def recv(self, most: int) -> bytes:
        """Some content, empty at the end; raises `SSLWantReadError` when nobody should wait for more now."""
        # Who said goodbye may keep TCP open until we do.
        is_empty = not (self._ended or self._incoming.pending or self._tls.pending())
        if is_empty:
            self._feed()
        try:
            return self._read(most)
        except ssl.SSLWantReadError:
            # A record has not come in whole.
            if is_empty:
                raise
            self._feed()
        return self._read(most)

    def send(self, record: bytes | memoryview) -> int:
        """Seal a record and write it; after `SSLWantWriteError` it must be called with the same again."""
        if not self._sealed:
            self._sealed = self._tls.write(record)
        self._flush()
        sealed, self._sealed = self._sealed, 0
        return sealed

    def unwrap(self) -> None:
        """Say goodbye, as far as there is room for it."""
        try:
            self._tls.unwrap()
        finally:
            self._flush()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _read(self, most: int) -> bytes:
        try:
            content = self._tls.read(most)
        except ssl.SSLEOFError:
            content = b""
        finally:
            # An answer to a change of keys; who does not take it is not waited for.
            if self._outgoing.pending:
                self._flush()
        self._ended = not content
        self._empty = max(0, self._empty - _PER_BYTE * len(content))
        return content

    def _feed(self) -> None:
        if self._drained:
            # It is not asked for more at once: an exception and a system call for each that is silent now.
            self._drained = False
            raise ssl.SSLWantReadError
        try:
            data = self._socket.recv(_FEED_BYTES)
        except BlockingIOError:
            raise ssl.SSLWantReadError from None
        if not data:
            self._incoming.write_eof()
            return
        self._drained = len(data) < _FEED_BYTES
        self._empty += len(data)
        if self._empty > _EMPTY_BYTES:
            raise ssl.SSLError("a client sends TLS without content")
        self._incoming.write(data)

    def _flush(self) -> None:
        self._waiting += self._outgoing.read()
        while self._waiting:
            try:
                sent = self._socket.send(self._waiting)
            except BlockingIOError:
                raise ssl.SSLWantWriteError from None
            self._waiting = self._waiting[sent:]
