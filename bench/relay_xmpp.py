"""Just enough of XMPP to leave messages for people who are away, and to hear that the server took them."""

import base64
import itertools
import socket
from contextlib import ExitStack
from typing import Final

from bench.relay_wire import Line

PROSODY: Final = """
run_as_root = true
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
c2s_direct_tls_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
modules_enabled = {{ "saslauth", "roster", "offline", "ping" }}
modules_disabled = {{ "s2s" }}
authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
log = {{ error = "{folder}/error.log" }}
VirtualHost "localhost"
"""

_IN_FLIGHT: Final = 48
"""It answers a thousand or two a second."""

_PASSWORD: Final = "bench"  # noqa: S105  # of a server that lives for seconds
_STREAM: Final = (
    b"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client'"
    b" xmlns:stream='http://etherx.jabber.org/streams'>"
)


def account() -> str:
    """The file of one account."""
    return f'return {{ ["password"] = "{_PASSWORD}" }};\n'


def xmpp_lines(port: int, count: int, body: bytes, stack: ExitStack) -> list[Line]:
    """Connect the senders; a ping behind each message is answered when the message is dealt with."""
    lines = []
    for number in range(count):
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        secret = base64.b64encode(f"\0a{number}\0{_PASSWORD}".encode())
        _say(connection, _STREAM, b"</stream:features>")
        auth = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%b</auth>" % secret
        _say(connection, auth, b"<success")
        _say(connection, _STREAM, b"</stream:features>")
        bind = b"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
        _say(connection, bind, b"</iq>")
        message = (
            b"<message to='b%d@localhost' type='chat'><body>%b</body></message>"
            b"<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>"
        ) % (number, body)
        lines.append(Line(connection, itertools.repeat(message), b"<iq ", _IN_FLIGHT))
    return lines


def _say(connection: socket.socket, words: bytes, until: bytes) -> None:
    connection.sendall(words)
    heard = b""
    while until not in heard:
        piece = connection.recv(65_536)
        if not piece or b"<failure" in piece:
            raise RuntimeError("the XMPP server refuses")
        heard += piece
