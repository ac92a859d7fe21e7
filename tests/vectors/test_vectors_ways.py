"""08-mailbox.json, the ways to a relay, against relay.transport (MB-15, MB-18)."""

from __future__ import annotations

import pytest

from relay.transport.proxy import HEAD, client, rest
from relay.transport.upgrade import RefusedUpgradeError, accept
from tests.vectors.reading import Vector, vectors

MAILBOX = "08-mailbox"


def proxied(header: bytes) -> str | None:
    """Read a whole header as a connection brings it."""
    head = header[:HEAD]
    length = rest(head)
    assert len(header) == HEAD + length
    return client(head, header[HEAD:])


@vectors(MAILBOX, "proxy_header", valid=True)
def test_a_header_gives_this_address(vector: Vector) -> None:
    assert proxied(vector.octets("header")) == vector["client"]


@vectors(MAILBOX, "proxy_header", valid=False)
def test_a_header_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        proxied(vector.octets("header"))


@vectors(MAILBOX, "upgrade", valid=True)
def test_an_upgrade_is_answered_so(vector: Vector) -> None:
    status, *headers = accept(vector["request"].encode()).decode().split("\r\n")
    assert status.startswith(f"HTTP/1.1 {vector['status']} ")
    said = dict(line.lower().split(": ", 1) for line in headers if line)
    assert said["sec-websocket-accept"] == vector["accept"].lower()
    assert (said["upgrade"], said["connection"]) == ("websocket", "upgrade")
    assert not {"sec-websocket-extensions", "sec-websocket-protocol"} & said.keys()


@vectors(MAILBOX, "upgrade", valid=False)
def test_a_request_that_opens_no_websocket_is_told_so(vector: Vector) -> None:
    with pytest.raises(RefusedUpgradeError) as refused:
        accept(vector["request"].encode())
    assert refused.value.answer.startswith(f"HTTP/1.1 {vector['status']} ".encode())
