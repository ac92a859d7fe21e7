"""Listening: who is let in, what happens to the others, and how all of it ends."""

import ipaddress
import socket
import ssl
from collections import Counter
from typing import Final

import trio

from relay.log import Event
from relay.service import Service
from relay.session import Session, converse
from relay.stream import ConnectionLostError, StalledError, TlsStream
from securemsg.errors import LocalError
from securemsg.mailbox.address import split_host_port

_BACKLOG: Final = 512
_ACCEPT_AT_ONCE: Final = 64
_NO_DESCRIPTORS_SECONDS: Final = 0.2
"""How long accepting rests when the process has no descriptors left."""

_HOUSEHOLD_BITS: Final = 64
"""What a provider gives one customer at least."""

_DRAIN_SECONDS: Final = 8
"""How long connections may take to end; the rest of ten seconds is for the store (Spec: RL-9)."""

_RETURN_SECONDS: Final = 2
"""When clients of a relay that goes down may come back; each adds its own random wait (MB-13)."""


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


def household(address: str) -> str:
    """What connections of one client address are counted under (Spec: RL-4).

    An IPv6 host picks any address of its network, so that the whole /64 counts as one.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, _HOUSEHOLD_BITS), strict=False))


class Server:
    """Accepts connections on one listener and serves each by itself."""

    def __init__(self, service: Service, listener: socket.socket, context: ssl.SSLContext) -> None:
        self._service = service
        self._listener = listener
        self._context = context
        self._sessions: set[Session] = set()
        self._per_address: Counter[str] = Counter()
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
            for session in tuple(self._sessions):
                session.dismiss(_RETURN_SECONDS)

    def drain(self) -> None:
        """Accept nobody any more, answer what was asked, say goodbye (Spec: RL-9)."""
        self._accepting.cancel()

    async def _accept(self, nursery: trio.Nursery) -> None:
        while True:
            await trio.lowlevel.wait_readable(self._listener)
            for _ in range(_ACCEPT_AT_ONCE):
                try:
                    raw, peer = self._listener.accept()
                except BlockingIOError:
                    break
                except OSError as error:
                    if not self._is_out_of_descriptors:
                        self._is_out_of_descriptors = True
                        self._service.log.note_error(Event.ACCEPT_FAILED, error)
                    await trio.sleep(_NO_DESCRIPTORS_SECONDS)
                    break
                if self._is_out_of_descriptors:
                    self._is_out_of_descriptors = False
                    self._service.log.note(Event.ACCEPTING_AGAIN)
                self._admit(nursery, raw, household(peer[0]))

    def _admit(self, nursery: trio.Nursery, raw: socket.socket, address: str) -> None:
        counters, limits = self._service.counters, self._service.config.limits
        crowded = self._counts_addresses and self._per_address[address] >= limits.connections_per_address
        if crowded or counters.connections_open >= limits.connections:
            counters.connections_refused += 1
            raw.close()
            return
        counters.connections += 1
        counters.connections_open += 1
        self._per_address[address] += 1
        nursery.start_soon(self._serve, raw, address)

    async def _serve(self, raw: socket.socket, address: str) -> None:
        counters = self._service.counters
        try:
            await self._serve_alone(raw)
        except* ConnectionLostError:
            pass
        except* StalledError:
            counters.stalled += 1
        except* Exception as errors:  # noqa: BLE001  # RL-8: it ends this connection only, and is counted
            counters.connections_failed += 1
            self._service.log.note_error(Event.CONNECTION_FAILED, errors)
        finally:
            counters.connections_open -= 1
            self._per_address[address] -= 1
            if not self._per_address[address]:
                del self._per_address[address]

    async def _serve_alone(self, raw: socket.socket) -> None:
        limits = self._service.config.limits
        deadline = trio.current_time() + limits.handshake_seconds
        raw.settimeout(0)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = None
        try:
            with trio.CancelScope(deadline=deadline):
                stream = await TlsStream.accept(raw, self._context, limits.stalled_seconds)
        finally:
            if stream is None:
                raw.close()
                self._service.counters.handshakes_failed += 1
        if stream is None:
            return
        try:
            await converse(self._service, stream, self._sessions, deadline)
        finally:
            stream.close()
