"""Listening: who is let in, what happens to the others, and how all of it ends."""

import ipaddress
import socket
import ssl
from dataclasses import replace
from typing import Final

import trio

from relay.identity import Identity
from relay.log import Event
from relay.service import Service
from relay.session import Session, converse
from relay.stream import ConnectionLostError, StalledError, Stream, TlsStream
from relay.transport.addresses import Networks, household
from relay.transport.admission import Admission, Place
from relay.transport.certificates import Certificates
from relay.transport.proxy import read_header
from relay.transport.turns import HandshakeTurns
from relay.transport.websocket import WebSocketStream
from securemsg.errors import LocalError, RemoteError
from securemsg.mailbox.address import split_host_port
from securemsg.mailbox.transport import ALPN

_BACKLOG: Final = 4_096
"""Connections that the kernel has accepted for us; it may allow fewer."""

_ACCEPT_AT_ONCE: Final = 16
"""New connections looked at before the others have their turn: less than a millisecond."""

_REST_SECONDS: Final = 0.005
"""How long accepting rests after somebody was turned away: the time is for those who are in (Spec: RL-33)."""

_NO_DESCRIPTORS_SECONDS: Final = 0.2
"""How long accepting rests when the process has no descriptors left."""

_DRAIN_SECONDS: Final = 8
"""How long connections may take to end; the rest of ten seconds is for the store (Spec: RL-9)."""

_RETURN_SECONDS: Final = 2
"""Clients of a relay that goes down come back after so long at least, and over so long at least."""


def listen(where: str) -> socket.socket:
    """Listen at `HOST:PORT`; raises `LocalError`."""
    host, port = split_host_port(where)
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        raise LocalError(
            f"Cannot listen at {where}: {error.strerror}; choose another place with --listen HOST:PORT."
        ) from None
    listener.settimeout(0)
    return listener


class Server:
    """Accepts connections on one listener and serves each by itself."""

    def __init__(self, service: Service, listener: socket.socket, certificates: Certificates) -> None:
        self._service = service
        self._listener = listener
        self._certificates = certificates
        self._sessions: set[Session] = set()
        config = service.config
        self._admission = Admission(config.limits, config.transport, service.counters)
        self._turns = HandshakeTurns()
        self._shown = service
        self._proxies = Networks(config.transport.proxy_networks)
        self._accepting = trio.CancelScope()
        self._is_out_of_descriptors = False
        # A relay on loopback serves programs of one machine, or stands behind a proxy: they share an address.
        self._counts_addresses = not ipaddress.ip_address(listener.getsockname()[0]).is_loopback

    async def run(self) -> None:
        """Serve until `drain`; returns when the last connection has ended."""
        async with trio.open_nursery() as nursery:
            with self._accepting:
                await self._accept(nursery)
            self._listener.close()
            nursery.cancel_scope.deadline = trio.current_time() + _DRAIN_SECONDS
            sessions = tuple(self._sessions)
            rate = self._service.config.transport.handshakes_per_second
            for session, retry_seconds in zip(sessions, return_times(len(sessions), rate), strict=True):
                session.dismiss(retry_seconds)

    def drain(self) -> None:
        """Accept nobody any more, answer what was asked, say goodbye (Spec: RL-9)."""
        self._accepting.cancel()

    async def _accept(self, nursery: trio.Nursery) -> None:
        while True:
            await trio.lowlevel.wait_readable(self._listener)
            await trio.sleep(self._accept_some(nursery))

    def _accept_some(self, nursery: trio.Nursery) -> float:
        """Take what waits, up to a bound; returns how long to rest (seconds)."""
        is_crowded = False
        for _ in range(_ACCEPT_AT_ONCE):
            try:
                raw, peer = self._listener.accept()
            except BlockingIOError:
                self._note_recovery()
                break
            except OSError as error:
                if not self._is_out_of_descriptors:
                    self._is_out_of_descriptors = True
                    self._service.log.note_error(Event.ACCEPT_FAILED, error)
                return _NO_DESCRIPTORS_SECONDS
            is_crowded |= not self._admit(nursery, raw, peer[0])
        return _REST_SECONDS if is_crowded else 0

    def _note_recovery(self) -> None:
        """Nobody waits any more; one who was let in while others waited would have said too much."""
        if self._is_out_of_descriptors:
            self._is_out_of_descriptors = False
            self._service.log.note(Event.ACCEPTING_AGAIN)

    def _admit(self, nursery: trio.Nursery, raw: socket.socket, host: str) -> bool:
        place = self._admission.enter()
        if place is None:
            raw.close()
            return False
        proxy = host if host in self._proxies else None
        if proxy is not None or self._claims(place, host if self._counts_addresses else None):
            nursery.start_soon(self._serve, raw, place, proxy)
            return True
        place.leave()
        raw.close()
        return False

    def _claims(self, place: Place, host: str | None) -> bool:
        return place.claim(None if host is None else household(host), trio.current_time())

    async def _serve(self, raw: socket.socket, place: Place, proxy: str | None) -> None:
        counters = self._service.counters
        try:
            await self._serve_alone(raw, place, proxy)
        except* (ConnectionLostError, RemoteError):
            pass
        except* StalledError:
            counters.stalled += 1
        except* Exception as errors:  # noqa: BLE001  # RL-8: it ends this connection only, and is counted
            counters.connections_failed += 1
            self._service.log.note_error(Event.CONNECTION_FAILED, errors)
        finally:
            place.leave()

    async def _serve_alone(self, raw: socket.socket, place: Place, proxy: str | None) -> None:
        deadline = trio.current_time() + self._service.config.limits.handshake_seconds
        stream = None
        try:
            with trio.CancelScope(deadline=deadline):
                raw.settimeout(0)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if proxy is not None and not self._claims(place, await read_header(raw) or proxy):
                    return
                shown = self._certificates.current
                stream = await self._shake_hands(raw, shown.context)
        finally:
            place.arrived()
            if stream is None:
                raw.close()
                self._service.counters.handshakes_failed += 1
        if stream is None:
            return
        self._service.counters.handshakes += 1
        try:
            if not self._accepting.cancel_called:
                await converse(self._behind(shown.identity), stream, self._sessions, deadline)
        finally:
            stream.close()

    async def _shake_hands(self, raw: socket.socket, context: ssl.SSLContext) -> Stream:
        """Open what the client asks for."""
        stall_seconds = self._service.config.limits.stalled_seconds
        tls = await TlsStream.accept(raw, context, stall_seconds, self._turns)
        if tls.protocol == ALPN:
            return tls
        try:
            stream = await WebSocketStream.open(tls)
        except BaseException:
            tls.close()
            raise
        self._service.counters.websockets += 1
        return stream

    def _behind(self, identity: Identity) -> Service:
        """The service whose hello is signed over the certificate of `identity` (Spec: RL-32)."""
        if self._shown.identity is not identity:
            self._shown = replace(self._service, identity=identity)
        return self._shown


def return_times(count: int, rate: int) -> list[int]:
    """When each of `count` connections may come back (seconds), `rate` of them a second (Spec: RL-37)."""
    window = max(_RETURN_SECONDS, count // rate)
    return [_RETURN_SECONDS + number * window // count for number in range(count)]
