"""The other nodes of this relay: this one dials each to tell it hints, and hears theirs (Spec: RL-51)."""

import socket
import ssl
from contextlib import nullcontext
from typing import Final

import trio

from relay.cluster.hints import BEAT_SECONDS, Hint, HintReader, Hints
from relay.cluster.introduction import NODE_ALPN, Introduction, NotANodeError
from relay.cluster.watch import Watch
from relay.log import Event
from relay.service import Service
from relay.stream import ConnectionLostError, StalledError, TlsStream
from relay.transport.certificates import Certificates
from securemsg.crypto.certificate import spki_digest
from securemsg.errors import FrameError
from securemsg.mailbox.address import split_host_port

_INTRODUCTION_SECONDS: Final = 5
_SILENT_SECONDS: Final = 3 * BEAT_SECONDS
"""A node that is silent for so long is gone."""

_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 5.0
"""Between two attempts to reach a node, in seconds."""

_AT_ONCE: Final = 128
"""Connections from nodes at once: two of each, while an old one is not yet noticed to be dead."""

_REST_SECONDS: Final = 0.2
"""How long accepting rests when the process has no descriptors left."""


class Nodes:
    """Tells the other nodes and hears them; what is heard goes to the deliveries of this one."""

    def __init__(
        self, service: Service, certificates: Certificates, listener: socket.socket | None, watch: Watch
    ) -> None:
        self._service = service
        self._watch = watch
        self._certificates = certificates
        self._listener = listener
        self._introduction = Introduction(service.identity.key, service.entropy)
        self._peers = {peer: Hints() for peer in service.config.cluster.peers}
        self._limit = trio.Semaphore(_AT_ONCE)

    def tell(self, hint: Hint) -> None:
        """Tell every node."""
        for hints in self._peers.values():
            hints.add(hint)

    async def run(self) -> None:
        """Tell and hear for ever."""
        with self._listener or nullcontext():
            await self._tell_and_hear()

    async def _tell_and_hear(self) -> None:
        async with trio.open_nursery() as nursery:
            for peer, hints in self._peers.items():
                nursery.start_soon(self._tell_for_ever, peer, hints)
            nursery.start_soon(self._certificates.watch, self._service.log)
            if self._listener is not None:
                nursery.start_soon(self._accept_for_ever, nursery, self._listener)

    async def _tell_for_ever(self, peer: str, hints: Hints) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                stream = await self._dial(peer)
            except (OSError, ConnectionLostError, StalledError, FrameError, trio.TooSlowError) as error:
                self._service.log.note_error(Event.NODE_AWAY, error)
                await trio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            wait = _FIRST_WAIT
            hints.open()
            try:
                await self._tell_while_there(stream, hints)
            finally:
                hints.close()
                stream.close()

    async def _dial(self, peer: str) -> TlsStream:
        with trio.fail_after(_INTRODUCTION_SECONDS):
            tcp = await trio.open_tcp_stream(*split_host_port(peer))
            raw = socket.socket(fileno=tcp.socket.detach())
            try:
                raw.settimeout(0)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                tls = _context().wrap_socket(raw, do_handshake_on_connect=False)
            except BaseException:
                raw.close()
                raise
            stream = TlsStream(tls, _SILENT_SECONDS)
            try:
                await stream.shake_hands()
                shown = spki_digest(tls.getpeercert(binary_form=True) or b"")
                await self._introduction.dial(stream, shown)
            except BaseException:
                stream.close()
                raise
            return stream

    async def _tell_while_there(self, stream: TlsStream, hints: Hints) -> None:
        async def notice_the_end() -> None:
            # The other side says nothing more.
            try:
                await stream.receive()
            except ConnectionLostError:
                pass
            finally:
                nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(notice_the_end)
            try:
                while True:
                    await stream.send(await hints.take())
            except (ConnectionLostError, StalledError):
                nursery.cancel_scope.cancel()

    async def _accept_for_ever(self, nursery: trio.Nursery, listener: socket.socket) -> None:
        while True:
            await self._limit.acquire()
            await trio.lowlevel.wait_readable(listener)
            try:
                raw, _ = listener.accept()
            except OSError:
                self._limit.release()
                await trio.sleep(_REST_SECONDS)
            else:
                nursery.start_soon(self._hear, raw)

    async def _hear(self, raw: socket.socket) -> None:
        try:
            await self._hear_alone(raw)
        except (ConnectionLostError, StalledError, trio.TooSlowError) as error:
            if isinstance(error, NotANodeError):
                self._service.log.note(Event.NODE_REFUSED)
        except Exception as error:  # noqa: BLE001  # as for every connection: it ends this one only (RL-8)
            self._service.log.note_error(Event.CONNECTION_FAILED, error)
        finally:
            self._limit.release()

    async def _hear_alone(self, raw: socket.socket) -> None:
        raw.settimeout(0)
        shown = self._certificates.current
        with trio.fail_after(_INTRODUCTION_SECONDS):
            stream = await TlsStream.accept(raw, shown.context, _SILENT_SECONDS)
            try:
                await self._introduction.accept(stream, shown.identity.spki_digest)
            except BaseException:
                stream.close()
                raise
        try:
            # What it told meanwhile was lost.
            self._watch.doubt()
            await self._hear_hints(stream)
        finally:
            stream.close()

    async def _hear_hints(self, stream: TlsStream) -> None:
        reader = HintReader()
        while True:
            with trio.fail_after(_SILENT_SECONDS):
                data = await stream.receive()
            if not data:
                return
            for hint in reader.read(data):
                self._service.delivery.learn(hint)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Who the node is, it proves over its certificate.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols([NODE_ALPN])
    return context
