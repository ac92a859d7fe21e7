"""Reach a relay: TCP, TLS 1.3, a WebSocket where needed, and the certificate to judge the hello by."""

import ssl
from dataclasses import dataclass
from typing import Final

import anyio
from anyio.abc import ByteStream
from anyio.streams.tls import TLSAttribute, TLSStream

from securemsg.client.network import Network
from securemsg.client.problems import Blocked, NotTrusted
from securemsg.client.tunnel import open_tunnel
from securemsg.client.ways import Way
from securemsg.errors import FrameError, Sentence
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress, join_host_port

DIAL_SECONDS: Final = 10.0
"""For TCP and TLS, and again for the hello: beyond it a network counts as down."""

PROXY_SECONDS: Final = 30.0
"""For the same through a proxy, which may be one of several on the way."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A connection inside TLS and the digest of the key that the certificate shows (32 bytes)."""

    stream: ByteStream
    spki_digest: bytes


def patience(network: Network) -> float:
    """Return the seconds that dialling may take."""
    return DIAL_SECONDS if network.routing.proxy is None else PROXY_SECONDS


async def dial(address: RelayAddress, network: Network) -> Dialled:
    """Connect to the relay at `address`; whether it is the right one is for the hello to prove.

    Raises `Unreachable` when nobody answers, `Blocked` when the handshake fails, and
    `NotTrusted` for what is no relay.

    Spec: MB-1, MB-20, MB-21.
    """
    way = network.ways.choose(address, anyio.current_time())
    tcp = await open_tunnel(address, network.routing.proxy)
    try:
        dialled = await _secure(tcp, address, way, network.clock())
    except BaseException as problem:
        # Also of a handshake that nobody answers, which is left by cancellation.
        if not isinstance(problem, NotTrusted):
            network.ways.blocked(address, way)
        await anyio.aclose_forcefully(tcp)
        raise
    network.ways.worked(address, way, anyio.current_time())
    return dialled


async def _secure(tcp: ByteStream, address: RelayAddress, way: Way, now: Instant) -> Dialled:
    where = join_host_port(address.host, address.port)
    try:
        stream = await TLSStream.wrap(
            tcp,
            server_side=False,
            # A name is told to servers of web sites only, which may need it to find the relay.
            hostname=address.host if way is Way.WEBSOCKET else None,
            ssl_context=_context(way),
            standard_compatible=False,
        )
    except (anyio.BrokenResourceError, anyio.EndOfStream, OSError) as error:
        raise Blocked(
            Sentence(
                "What answers at {where} does not speak TLS 1.3 like a relay:"
                " check the address, or ask its administrator.",
                where=where,
            )
        ) from error
    digest = _judge(stream, way, where, now)
    if way is Way.DIRECT:
        return Dialled(stream, digest)
    # Here, because most never need it and all would wait for it when the program starts.
    from securemsg.client.websocket import WebSocketStream  # noqa: PLC0415  # see above

    inside = WebSocketStream(stream)
    try:
        await inside.upgrade(where)
    except (anyio.BrokenResourceError, anyio.EndOfStream, OSError) as error:
        raise Blocked(
            Sentence(
                "What answers at {where} takes no WebSocket: check the address, or ask its administrator.",
                where=where,
            )
        ) from error
    return Dialled(inside, digest)


def _context(way: Way) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Who the relay is, is proved by its identity key over this connection's certificate
    # (MB-2); names and issuers prove less and would refuse self-made certificates.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols([way.value])
    return context


def _judge(stream: TLSStream, way: Way, where: str, now: Instant) -> bytes:
    # Here, because reading certificates takes long to load, and a vault can be read without the network.
    from securemsg.crypto.certificate import begins, expires, spki_digest  # noqa: PLC0415  # see above

    shown: ssl.SSLObject = stream.extra_attributes[TLSAttribute.ssl_object]()
    if shown.selected_alpn_protocol() != way.value:
        raise Blocked(
            Sentence("What answers at {where} is not a securemsg relay: check the address.", where=where)
        )
    der = shown.getpeercert(binary_form=True)
    try:
        if der is None or not begins(der) <= now < expires(der):
            raise NotTrusted(
                Sentence(
                    "The certificate of the relay at {where} has expired, or the clock of this device is"
                    " wrong: check the clock, then ask the relay's administrator to restart or renew it.",
                    where=where,
                )
            )
        return spki_digest(der)
    except FrameError as error:
        raise NotTrusted(
            Sentence(
                "The certificate of the relay at {where} cannot be read: ask its administrator.", where=where
            )
        ) from error
