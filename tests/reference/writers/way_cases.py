"""Vectors of 08 for the ways to a relay: PROXY headers (MB-18), the request for a WebSocket (MB-15)."""

from __future__ import annotations

import base64

from tests.reference.case import Fields, bad, good, pick, refusal_of
from tests.reference.ways import MOST, SIGNATURE, proxied, upgraded

PORTS = bytes.fromhex("c0011d13")
V4 = bytes([192, 0, 2, 7, 192, 0, 2, 1]) + PORTS
V6 = bytes.fromhex("20010db8000000000000000000000009") * 2 + PORTS
ALPN_RECORD = b"\x01\0\x02h2"
KEY = base64.b64encode(pick("08/websocket", 16)).decode()


def _header(command: int, family: int, body: bytes) -> bytes:
    return SIGNATURE + bytes([command, family]) + len(body).to_bytes(2, "big") + body


GOOD = {
    "v4": ("TCP over IPv4", _header(0x21, 0x11, V4)),
    "v6": ("TCP over IPv6", _header(0x21, 0x21, V6)),
    "records": ("two records, one of them empty", _header(0x21, 0x11, V4 + ALPN_RECORD + b"\x04\0\0")),
    "longest": (
        "1,024 bytes after the first sixteen",
        _header(0x21, 0x11, V4 + b"\x04" + (MOST - 15).to_bytes(2, "big") + bytes(MOST - 15)),
    ),
    "local": ("LOCAL: the proxy's own", _header(0x20, 0x00, b"")),
    "local-address": ("LOCAL with addresses: not looked at", _header(0x20, 0x11, V4)),
}

BAD = {
    "version-1": ("version 1", b"PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n"),
    "signature": ("another signature", b"\n" + _header(0x21, 0x11, V4)[1:]),
    "version-3": ("an unknown version", _header(0x31, 0x11, V4)),
    "command": ("an unknown command", _header(0x22, 0x11, V4)),
    "udp": ("UDP", _header(0x21, 0x12, V4)),
    "unspecified": ("no family", _header(0x21, 0x00, V4)),
    "unix": ("a UNIX socket", _header(0x21, 0x31, bytes(216))),
    "short": ("addresses that are cut", _header(0x21, 0x11, V4[:-1])),
    "v4-as-v6": ("addresses of the other family", _header(0x21, 0x21, V4)),
    "too-long": (
        "1,025 bytes",
        _header(0x21, 0x11, V4 + b"\x04" + (MOST - 14).to_bytes(2, "big") + bytes(MOST - 14)),
    ),
    "record-type": ("a record that is cut in its length", _header(0x21, 0x11, V4 + b"\x01\0")),
    "record-cut": ("a record that is cut", _header(0x21, 0x11, V4 + b"\x01\0\x03h2")),
}


def _request(line: str = "GET /securemsg/1 HTTP/1.1", **changed: str) -> bytes:
    fields = {
        "Host": "relay.example.org:7443",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    fields |= {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [line, *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode()


ASKED = {
    "plain": ("as a client asks", _request()),
    "case": (
        "names and words in other cases",
        _request(Upgrade="WebSocket", Connection="keep-alive, UPGRADE"),
    ),
    "extension": ("an extension that is not taken", _request(Sec_WebSocket_Extensions="permessage-deflate")),
}

REFUSED = {
    "path": ("another path", _request("GET / HTTP/1.1")),
    "query": ("a query", _request("GET /securemsg/1?x HTTP/1.1")),
    "method": ("another method", _request("POST /securemsg/1 HTTP/1.1")),
    "old": ("another version of HTTP", _request("GET /securemsg/1 HTTP/1.0")),
    "no-http": ("no HTTP", _request("hello")),
    "no-upgrade": ("no upgrade", _request(Upgrade="")),
    "no-connection": ("no connection header", _request(Connection="")),
    "no-key": ("no key", _request(Sec_WebSocket_Key="")),
    "version-8": ("another version", _request(Sec_WebSocket_Version="8")),
    "body": ("a body", _request(Content_Length="5")),
    "line": ("a line of 1,025 bytes", _request(Host="h" * 1019)),
}


def way_tests() -> list[Fields]:
    """Give the tests."""
    tests = []
    for name, (comment, raw) in GOOD.items():
        fields: Fields = {"header": raw, "client": proxied(raw)}
        tests.append(good(f"proxy/{name}", f"MB-18: {comment}", op="proxy_header", **fields))
    for name, (comment, raw) in BAD.items():
        kind = refusal_of(lambda raw=raw: proxied(raw))
        tests.append(bad(f"proxy/{name}", kind, comment, op="proxy_header", header=raw))
    for name, (comment, raw) in ASKED.items():
        fields = {"request": raw.decode(), "status": 101, "accept": upgraded(raw)}
        tests.append(good(f"upgrade/{name}", f"MB-15: {comment}", op="upgrade", **fields))
    for name, (comment, raw) in REFUSED.items():
        status = int(refusal_of(lambda raw=raw: upgraded(raw)))
        fields = {"request": raw.decode(), "status": status}
        tests.append(bad(f"upgrade/{name}", "RemoteError", comment, op="upgrade", **fields))
    return tests
