"""Who sends TLS records without content does not have the event loop for himself (Spec: RL-4)."""

import hashlib
import hmac
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relay.fed import FedTls
from relay.folder import DataFolder
from relay.identity import Identity
from relay.transport.certificates import server_context
from relay.transport.pair import Pair
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.transport import ALPN
from tests.relay.client import client_context
from tests.relay.running import START

HANDSHAKE = b"\x16"
KEY_UPDATE = bytes((24, 0, 0, 1, 0))
ASKS_FOR_ANOTHER = bytes((24, 0, 0, 1, 1))
RECORD = 27
"""Bytes of a record with one of them."""


def expanded(secret: bytes, label: str, length: int) -> bytes:
    """HKDF-Expand-Label of RFC 8446, 7.1, for outputs of one block."""
    name = b"tls13 " + label.encode()
    about = length.to_bytes(2, "big") + bytes((len(name),)) + name + b"\0"
    return hmac.digest(secret, about + b"\1", hashlib.sha384)[:length]


def changes_of_keys(keys: Path, update: bytes) -> Iterator[bytes]:
    """Records for ever, of which each changes the client's keys and carries nothing else."""
    lines = [line.split() for line in keys.read_text().splitlines()]
    (secret,) = [bytes.fromhex(line[2]) for line in lines if line[0] == "CLIENT_TRAFFIC_SECRET_0"]
    head = bytes((23, 3, 3, 0, RECORD - 5))
    while True:
        key, nonce = expanded(secret, "key", 32), expanded(secret, "iv", 12)
        yield head + AESGCM(key).encrypt(nonce, update + HANDSHAKE, head)
        secret = expanded(secret, "traffic upd", 48)


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[tuple[FedTls, ssl.SSLSocket]]:
    """A relay's end of a connection after the handshake, and a client's, whose keys are in `keys`."""
    Identity.prepare(DataFolder(tmp_path), SystemEntropy(), START)
    far, near = socket.socketpair()
    for end in (near, far):
        end.settimeout(0)
    relay = FedTls(far, server_context(Pair.of(DataFolder(tmp_path)), [ALPN]))
    context = client_context(ALPN)
    context.keylog_filename = str(tmp_path / "keys")
    client = context.wrap_socket(near, do_handshake_on_connect=False)
    for step in (client.do_handshake, relay.do_handshake, client.do_handshake, relay.do_handshake):
        try:
            step()
        except ssl.SSLWantReadError:
            continue
    client.settimeout(5)
    yield relay, client
    client.close()
    relay.close()


def test_changes_of_keys_are_taken_a_few_at_a_time_and_then_no_more(
    tmp_path: Path, ends: tuple[FedTls, ssl.SSLSocket]
) -> None:
    """OpenSSL reads on while they come: 2.5 MB of them in a second cost a relay all of its time."""
    relay, client = ends
    updates = changes_of_keys(tmp_path / "keys", KEY_UPDATE)
    for _ in range(4):
        socket.socket.sendall(client, b"".join(next(updates) for _ in range(600)))
        # The second one does not ask a socket that the first one emptied.
        for _ in range(2):
            with pytest.raises(ssl.SSLWantReadError):
                relay.recv(RECORD)
    socket.socket.sendall(client, b"".join(next(updates) for _ in range(600)))
    with pytest.raises(ssl.SSLError, match="without content"):
        relay.recv(RECORD)


def test_one_call_leaves_the_rest_of_a_flood_in_the_socket(
    tmp_path: Path, ends: tuple[FedTls, ssl.SSLSocket]
) -> None:
    relay, client = ends
    updates = changes_of_keys(tmp_path / "keys", KEY_UPDATE)
    flood = b"".join(next(updates) for _ in range(1_000))
    socket.socket.sendall(client, flood)
    with pytest.raises(ssl.SSLWantReadError):
        relay.recv(RECORD)
    with socket.socket(fileno=relay.fileno()) as looking:
        left = len(looking.recv(len(flood), socket.MSG_PEEK))
        looking.detach()
    assert left == len(flood) - 16 * 1_024


def test_a_client_may_change_its_keys_and_have_ours_changed(
    tmp_path: Path, ends: tuple[FedTls, ssl.SSLSocket]
) -> None:
    relay, client = ends
    updates = changes_of_keys(tmp_path / "keys", ASKS_FOR_ANOTHER)
    socket.socket.sendall(client, next(updates) + next(updates))
    with pytest.raises(ssl.SSLWantReadError):
        relay.recv(RECORD)
    assert relay.send(b"under keys of its own") == 21
    assert client.recv(64) == b"under keys of its own"


def test_who_says_goodbye_and_waits_for_ours_is_at_an_end(ends: tuple[FedTls, ssl.SSLSocket]) -> None:
    """RL-4: also where the last words came with it, and TCP is open still."""
    relay, client = ends
    client.sendall(b"last words")
    client.settimeout(0)
    with pytest.raises(ssl.SSLWantReadError):
        client.unwrap()
    assert [relay.recv(RECORD) for _ in range(3)] == [b"last words", b"", b""]
