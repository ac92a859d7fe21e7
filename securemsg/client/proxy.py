"""Which proxy everything goes through, as the person writes it (Spec: MB-20)."""

import os
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Self, final
from urllib.parse import quote, unquote

from securemsg.crypto.secret import Secret
from securemsg.errors import LocalError
from securemsg.mailbox.address import join_host_port, split_host_port

VARIABLE: Final = "SECUREMSG_PROXY"
"""The environment variable that names a proxy for one process."""

_LONGEST_WORD: Final = 255
"""Bytes of a user name or password: the most that SOCKS5 carries (RFC 1929)."""

_SHAPE: Final = re.compile(
    r"(?P<kind>[a-z0-9]+)://(?:(?P<user>[^:@/]*):(?P<word>[^:@/]*)@)?(?P<place>[^@/]+)/?"
)
_WORD: Final = re.compile(r"[!-~]+")

_FORM: Final = (
    "A proxy is written socks5://HOST:PORT or http://HOST:PORT, with USER:PASSWORD@ before the host where it"
    " asks for them; write %3A for a colon in a password, %40 for an @ and %2F for a slash."
)


class ProxyKind(Enum):
    """How a proxy is spoken to."""

    SOCKS5 = "socks5"
    CONNECT = "http"


@final
class ProxyPassword(Secret):
    """What a proxy wants to be told: 1 to 255 visible ASCII characters."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy at `host` and `port`; `user` and `password` are empty where it asks for none."""

    kind: ProxyKind
    host: str
    port: int
    user: str = field(repr=False)
    password: ProxyPassword

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `KIND://[USER:PASSWORD@]HOST:PORT`; raises `LocalError`, which never quotes `text`."""
        shape = _SHAPE.fullmatch(text.strip())
        # Names are the proxy's to resolve in any case, which other programs call socks5h.
        kind = (shape["kind"] if shape else "").replace("socks5h", "socks5")
        if shape is None or kind not in {known.value for known in ProxyKind}:
            raise LocalError(_FORM)
        try:
            host, port = split_host_port(shape["place"])
        except LocalError:
            raise LocalError(_FORM) from None
        user, password = (unquote(shape[name] or "") for name in ("user", "word"))
        asks = shape["user"] is not None
        if port == 0 or (asks and not (_is_word(user) and _is_word(password))):
            raise LocalError(_FORM)
        return cls(ProxyKind(kind), host, port, user, ProxyPassword(password.encode()))

    @property
    def where(self) -> str:
        """What errors and settings show: without user and password."""
        return f"{self.kind.value}://{join_host_port(self.host, self.port)}"

    def reveal(self) -> str:
        """Return what `parse` reads, with user and password: for the vault only."""
        if not self.user:
            return self.where
        word = quote(self.password.expose().decode(), safe="")
        return (
            f"{self.kind.value}://{quote(self.user, safe='')}:{word}@{join_host_port(self.host, self.port)}"
        )


def environment_proxy() -> Proxy | None:
    """Return the proxy that the environment names; raises `LocalError` where that is none.

    *Reason for the error: whoever names a proxy must never be connected without it.*
    """
    text = os.environ.get(VARIABLE, "")
    try:
        return Proxy.parse(text) if text.strip() else None
    except LocalError as error:
        raise LocalError("{variable} cannot be read. {why}", variable=VARIABLE, why=error.sentence) from None


def _is_word(text: str) -> bool:
    return len(text) <= _LONGEST_WORD and _WORD.fullmatch(text) is not None
