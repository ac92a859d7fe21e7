"""A certificate is replaced under a running relay, or refused (Spec: RL-32)."""

import json
import os
import signal
import ssl
import subprocess
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trio

from relay.folder import DataFolder, write_private
from relay.program import Relay
from relay.transport import certificates
from securemsg.crypto.certificate import make_certificate, spki_digest
from securemsg.instant import DAY, Instant
from securemsg.mailbox.answers import Done
from securemsg.mailbox.client import ClientConnection
from securemsg.mailbox.requests import Ping
from securemsg.mailbox.transport import ALPN
from tests.relay.client import ENTROPY, RelayClient
from tests.relay.running import START, Setting, running, until
from tests.relay.websockets import shaken, websocket
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

KEY, CERTIFICATE = make_certificate("relay.example", START, 90)
OTHER_KEY, OTHER_CERTIFICATE = make_certificate("relay.example", START, 90)
DIGEST = spki_digest(ssl.PEM_cert_to_DER_cert(CERTIFICATE.decode()))


def replace_pair(data: Path, key: bytes, certificate: bytes) -> None:
    """Put a pair in the place of the relay's."""
    folder = DataFolder(data)
    write_private(folder.tls_key, key)
    write_private(folder.tls_certificate, certificate)


async def shown(relay: Relay) -> bytes:
    """The digest of the key that a new connection is shown; its hello is checked against it."""
    async with RelayClient.open(relay.address) as client, shaken(relay.address, ALPN) as (_, digest):
        assert await client.ask(Ping()) == Done()
        return digest


async def test_new_connections_see_the_new_certificate_and_old_ones_stay(tmp_path: Path) -> None:
    """N10: on both transports, and the hello is signed over the certificate that each was shown."""
    async with running(tmp_path) as relay, AsyncExitStack() as stack:
        before = await shown(relay)
        old = await stack.enter_async_context(RelayClient.open(relay.address))
        late, late_digest = await stack.enter_async_context(shaken(relay.address, ALPN))
        await until(lambda: relay.service.counters.connections_open == 2)
        replace_pair(tmp_path, KEY, CERTIFICATE)
        relay.reload()
        assert await shown(relay) == DIGEST != before
        async with websocket(relay.address) as (new, _):
            assert await new.ask(Ping()) == Done()
        # One that shook hands before the change says its hello after it.
        assert late_digest == before
        client = RelayClient(late, ClientConnection(relay.address.pin, before, ENTROPY))
        await late.send(client.connection.start())
        await client._next()
        assert [await one.ask(Ping()) for one in (old, client)] == [Done(), Done()]


async def test_a_change_of_the_files_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "_LOOK_SECONDS", 0.05)
    async with running(tmp_path) as relay:
        before = await shown(relay)
        await trio.sleep(0.2)
        assert await shown(relay) == before
        replace_pair(tmp_path, KEY, CERTIFICATE)
        await trio.sleep(0.5)
        assert await shown(relay) == DIGEST


def _expired() -> tuple[bytes, bytes]:
    return make_certificate("relay.example", Instant(START - 100 * DAY), 99)


def _unborn() -> tuple[bytes, bytes]:
    return make_certificate("relay.example", Instant(START + 100 * DAY), 99)


def _with_password() -> tuple[bytes, bytes]:
    made = subprocess.run(
        ["openssl", "pkey", "-aes256", "-passout", "pass:secret"], input=KEY, capture_output=True, check=True
    )
    return made.stdout, CERTIFICATE


@pytest.mark.parametrize(
    ("pair", "event"),
    [
        (lambda: (OTHER_KEY, CERTIFICATE), "certificate and key do not fit"),
        (lambda: (b"no key", CERTIFICATE), "certificate and key do not fit"),
        (_with_password, "certificate and key do not fit"),
        (lambda: (KEY, b"no certificate"), "certificate damaged"),
        (lambda: (KEY, CERTIFICATE[:200]), "certificate damaged"),
        (lambda: (KEY, b"\xff" * 100), "certificate damaged"),
        (lambda: (KEY, CERTIFICATE.replace(b"M", b"N", 1)), "certificate and key do not fit"),
        (_expired, "certificate not valid now"),
        (_unborn, "certificate not valid now"),
    ],
)
async def test_a_pair_that_clients_would_refuse_is_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pair: Callable[[], tuple[bytes, bytes]], event: str
) -> None:
    """RL-32: it is logged, and the old one stays in use."""
    async with running(tmp_path) as relay:
        before = await shown(relay)
        replace_pair(tmp_path, *pair())
        relay.reload()
        assert await shown(relay) == before
        DataFolder(tmp_path).tls_key.unlink()
        relay.reload()
        DataFolder(tmp_path).tls_certificate.unlink()
        relay.reload()
        assert await shown(relay) == before
        replace_pair(tmp_path, KEY, CERTIFICATE)
        relay.reload()
        assert await shown(relay) == DIGEST
    events = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert events[1] == event
    assert events[3:5] == ["certificate unreadable", "certificate read"]


async def test_the_certificates_of_issuers_may_follow_ours(tmp_path: Path) -> None:
    """Files of public authorities hold a chain, sometimes with words between."""
    async with running(tmp_path) as relay:
        chain = b"subject=CN = relay.example\n" + CERTIFICATE + b"issuer\n" + OTHER_CERTIFICATE
        replace_pair(tmp_path, KEY, chain)
        relay.reload()
        assert await shown(relay) == DIGEST


async def test_a_certificate_of_another_is_never_replaced(tmp_path: Path) -> None:
    """RL-32: with a month left, as public ones have before they are renewed."""
    setting = Setting(now=Instant(START + 80 * DAY))
    async with running(tmp_path):
        pass
    replace_pair(tmp_path, KEY, CERTIFICATE)
    async with running(tmp_path, setting) as relay:
        assert await shown(relay) == DIGEST


def test_sighup_reads_the_certificate_again_and_ends_nothing(tmp_path: Path) -> None:
    relay = RelayProgram(tmp_path / "data").start()
    assert relay.process is not None
    os.kill(relay.process.pid, signal.SIGHUP)
    log = tmp_path / "data.log"
    trio.run(until, lambda: "certificate read" in log.read_text())
    assert relay.stop() == 0
