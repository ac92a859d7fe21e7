"""Reach a relay: TCP, TLS 1.3, and the certificate that the hello will be judged by."""

import ssl
from dataclasses import dataclass
from typing import Final

import anyio
from anyio.streams.tls import TLSAttribute, TLSStream

from securemsg.client.problems import NotTrusted, Unreachable
from securemsg.crypto.certificate import begins, expires, spki_digest
from securemsg.errors import FrameError
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress, join_host_port

ALPN: Final = "securemsg/1"
"""What the relay must agree to speak (Spec: MB-1)."""

DIAL_SECONDS: Final = 10.0
"""For TCP and TLS, and again for the hello: beyond it a network counts as down."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A TLS connection and the digest of the key that its certificate shows (32 bytes)."""

    stream: TLSStream
    spki_digest: bytes


async def dial(address: RelayAddress, now: Instant) -> Dialled:
    """Connect to the relay at `address`; whether it is the right one is for the hello to prove.

    Raises `Unreachable` when nobody answers and `NotTrusted` for what is no relay.

    Spec: MB-1.
    """
    where = join_host_port(address.host, address.port)
    try:
        tcp = await anyio.connect_tcp(address.host, address.port)
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            f"The relay at {where} cannot be reached:"
            " check the network and the address, or ask its administrator."
        ) from error
    try:
        stream = await TLSStream.wrap(
            tcp, server_side=False, ssl_context=_context(), standard_compatible=False
        )
    except (anyio.BrokenResourceError, anyio.EndOfStream, OSError) as error:
        await anyio.aclose_forcefully(tcp)
        raise Unreachable(
            f"What answers at {where} does not speak TLS 1.3 like a relay:"
            " check the address, or ask its administrator."
        ) from error
    except BaseException:
        # A server that says nothing is left by cancellation.
        await anyio.aclose_forcefully(tcp)
        raise
    try:
        return Dialled(stream, _judge(stream, where, now))
    except BaseException:
        await anyio.aclose_forcefully(stream)
        raise


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Who the relay is, is proved by its identity key over this connection's certificate
    # (MB-2); names and issuers prove less and would refuse self-made certificates.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols([ALPN])
    return context


def _judge(stream: TLSStream, where: str, now: Instant) -> bytes:
    shown: ssl.SSLObject = stream.extra_attributes[TLSAttribute.ssl_object]()
    if shown.selected_alpn_protocol() != ALPN:
        raise NotTrusted(f"What answers at {where} is not a securemsg relay: check the address.")
    der = shown.getpeercert(binary_form=True)
    try:
        if der is None or not begins(der) <= now < expires(der):
            raise NotTrusted(
                f"The certificate of the relay at {where} has expired, or the clock of this device is wrong:"
                " check the clock, then ask the relay's administrator to restart or renew it."
            )
        return spki_digest(der)
    except FrameError as error:
        raise NotTrusted(
            f"The certificate of the relay at {where} cannot be read: ask its administrator."
        ) from error
