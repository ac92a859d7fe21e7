"""A TCP connection to a relay, through the proxy if there is one (Spec: MB-20).

What a proxy says is hostile text and never repeated. Its errors are not chained to ours:
they may quote what we told it.
"""

import base64
import re
from typing import Final, assert_never

import anyio
from anyio.abc import ByteStream

from securemsg.client.problems import Unreachable
from securemsg.client.proxy import Proxy, ProxyKind
from securemsg.errors import RemoteError, Sentence
from securemsg.mailbox.address import RelayAddress, join_host_port

MAX_HEAD: Final = 8_192
"""Bytes of a proxy's answer to CONNECT: as much as servers commonly send."""

_HEAD_END: Final = b"\r\n\r\n"
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: [^\r\n]*)?")
_WRONG_LOGIN: Final = 407

_PROXY_AWAY: Final = (
    "The proxy {proxy} cannot be reached:"
    " check it, or set another with `securemsg network` or SECUREMSG_PROXY."
)
_PROXY_LOGIN: Final = (
    "The proxy {proxy} wants another user name and password:"
    " check it, or set another with `securemsg network` or SECUREMSG_PROXY."
)
_PROXY_REFUSES: Final = (
    "The proxy {proxy} does not let us connect to the relay at {where}:"
    " ask its administrator, or check the address."
)
_PROXY_NONE: Final = (
    "What answers as the proxy {proxy} is none, or broke off:"
    " check it, or set another with `securemsg network` or SECUREMSG_PROXY."
)


class _AwayError(RemoteError):
    """The proxy cannot be reached."""


class _RefusedError(RemoteError):
    """The proxy says no; `login` tells that it wants another user or password."""

    def __init__(self, *, login: bool) -> None:
        super().__init__("the proxy says no")
        self.login = login


async def open_tunnel(address: RelayAddress, proxy: Proxy | None) -> ByteStream:
    """Connect to the host and port of `address`; with a proxy its host is never looked up here.

    Raises `Unreachable`.

    Spec: MB-20.
    """
    if proxy is not None:
        return await _through(proxy, address)
    try:
        return await anyio.connect_tcp(address.host, address.port)
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            Sentence(
                "The relay at {where} cannot be reached:"
                " check the network and the address, or ask its administrator.",
                where=_place(address),
            )
        ) from error


async def _through(proxy: Proxy, address: RelayAddress) -> ByteStream:
    try:
        match proxy.kind:
            case ProxyKind.SOCKS5:
                return await _by_socks(proxy, address)
            case ProxyKind.CONNECT:
                return await _by_connect(proxy, address)
            case _:
                assert_never(proxy.kind)
    except _AwayError:
        problem = Sentence(_PROXY_AWAY, proxy=proxy.where)
    except _RefusedError as refusal:
        if refusal.login:
            problem = Sentence(_PROXY_LOGIN, proxy=proxy.where)
        else:
            problem = Sentence(_PROXY_REFUSES, proxy=proxy.where, where=_place(address))
    except (anyio.BrokenResourceError, anyio.EndOfStream, OSError, ValueError):
        problem = Sentence(_PROXY_NONE, proxy=proxy.where)
    raise Unreachable(problem)


async def _by_socks(proxy: Proxy, address: RelayAddress) -> ByteStream:
    # Here, because nobody else should wait for this to load when the program starts.
    from python_socks import ProxyConnectionError, ProxyError, ProxyType  # noqa: PLC0415  # see above
    from python_socks.async_.anyio.v2 import Proxy as SocksProxy  # noqa: PLC0415  # see above

    login = (proxy.user, proxy.password.expose().decode())
    socks = SocksProxy(ProxyType.SOCKS5, proxy.host, proxy.port, *login, rdns=True)
    try:
        return (await socks.connect(address.host, address.port)).anyio_stream
    except ProxyConnectionError as error:
        raise _AwayError from error
    except ProxyError as error:
        # Only the last of its answers, about the relay, comes with a code.
        raise _RefusedError(login=error.error_code is None) from None


async def _by_connect(proxy: Proxy, address: RelayAddress) -> ByteStream:
    try:
        stream = await anyio.connect_tcp(proxy.host, proxy.port)
    except (OSError, UnicodeError) as error:
        raise _AwayError from error
    try:
        await stream.send(_connect_request(proxy, _place(address)))
        status = _status(await _head(stream))
    except BaseException:
        await anyio.aclose_forcefully(stream)
        raise
    if not 200 <= status < 300:  # noqa: PLR2004  # any 2xx opens the tunnel (RFC 9110, 9.3.6)
        await anyio.aclose_forcefully(stream)
        raise _RefusedError(login=status == _WRONG_LOGIN)
    return stream


def _connect_request(proxy: Proxy, place: str) -> bytes:
    request = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n".encode()
    if proxy.user:
        login = base64.b64encode(proxy.user.encode() + b":" + proxy.password.expose())
        request += b"Proxy-Authorization: Basic " + login + b"\r\n"
    return request + b"\r\n"


async def _head(stream: ByteStream) -> bytes:
    """Read up to the empty line, and not a byte that is for TLS: in it, the client speaks first."""
    head = b""
    while _HEAD_END not in head and len(head) <= MAX_HEAD:
        head += await stream.receive(MAX_HEAD)
    if len(head) > MAX_HEAD or not head.endswith(_HEAD_END):
        raise ValueError
    return head


def _status(head: bytes) -> int:
    line = _STATUS.fullmatch(head.split(b"\r\n", 1)[0])
    if line is None:
        raise ValueError
    return int(line[1])


def _place(address: RelayAddress) -> str:
    return join_host_port(address.host, address.port)
