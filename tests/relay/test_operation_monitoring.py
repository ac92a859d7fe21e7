"""Metrics, health and readiness: what they tell, and that nothing happens by asking (Spec: RL-41, RL-42)."""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
import trio
from typing_extensions import override

from relay.config import LimitSettings, MetricsSettings
from relay.counters import Counters
from relay.metrics import NAMES
from relay.program import Relay
from relay.server import listen
from relay.storage.operations import Operation, Result, StoreFailedError
from relay.storage.sqlite.store import SqliteStore
from relay.transport.pair import Pair
from relay.vitals import _certificate_end
from securemsg.crypto.certificate import make_certificate
from securemsg.errors import LocalError
from securemsg.instant import DAY, SECOND, Instant
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed
from securemsg.mailbox.requests import Ping
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import START, Setting, running, until

PREFIX = "securemsg_relay_"
WATCHED = MetricsSettings(listen="127.0.0.1:0")


async def send(relay: Relay, request: bytes) -> bytes:
    """Everything that comes back."""
    assert relay.monitoring is not None
    async with await trio.open_tcp_stream(*relay.monitoring.place) as stream:
        with trio.fail_after(10):
            await stream.send_all(request)
            return b"".join([piece async for piece in stream])


async def get(relay: Relay, target: str) -> tuple[int, str]:
    """Status and body of a page."""
    said = await send(relay, f"GET {target} HTTP/1.1\r\nHost: relay\r\n\r\n".encode())
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


async def values(relay: Relay) -> dict[str, float]:
    """Every sample by its name and labels."""
    status, page = await get(relay, "/metrics")
    assert status == 200
    samples = [line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in samples}


@pytest.mark.anyio
async def test_the_numbers_are_those_of_what_happened(tmp_path: Path) -> None:
    """RL-41."""
    setting = Setting(LimitSettings(mailbox_messages=2), WATCHED)
    mailbox = Mailbox()
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as client:
        await client.ask(mailbox.creation)
        submits = [mailbox.submit() for _ in range(3)]
        assert await client.ask_all(submits) == [Accepted(), Accepted(), Failed(ErrorCode.FULL, 60)]
        assert await client.ask(Mailbox().submit()) == Failed(ErrorCode.REFUSED)
        # The relay asks its store by itself now and then.
        with trio.fail_after(30):
            while not (found := await values(relay))[f"{PREFIX}ready"] or found[f"{PREFIX}queue_operations"]:
                pass
    expected = {
        "accepted_total": 2,
        'refused_total{code="full"}': 1,
        'refused_total{code="refused"}': 1,
        'refused_total{code="conflict"}': 0,
        "connections_open": 1,
        "connections_total": 1,
        "ready": 1,
        "disk_pressure": 0,
        "queue_operations": 0,
    }
    assert {name: found[PREFIX + name] for name in expected} == expected
    assert found["securemsg_relay_commit_seconds_count"] == found["securemsg_relay_commits_total"]
    # How many are committed together is left to chance.
    commits = found['securemsg_relay_commit_operations_bucket{le="+Inf"}']
    assert 3 <= commits == found["securemsg_relay_commits_total"]
    assert found["securemsg_relay_commit_operations_sum"] >= 5
    assert found["securemsg_relay_store_bytes"] > 0
    assert found["securemsg_relay_certificate_expires_seconds"] > 0
    assert found["process_resident_memory_bytes"] > 0


@pytest.mark.anyio
async def test_every_name_that_is_promised_is_told_and_no_other(tmp_path: Path) -> None:
    async with running(tmp_path, Setting(metrics=WATCHED)) as relay:
        await until(lambda: b"_mailboxes " in relay.vitals.page())
        found = {name.partition("{")[0] for name in await values(relay)}
    assert {name for name in found if not name.startswith("process_")} == NAMES


def test_every_counter_is_told() -> None:
    counted = {name for name in Counters().numbers() if name != "connections_open"}
    assert {f"securemsg_relay_{name}_total" for name in counted} <= NAMES


@pytest.mark.anyio
async def test_the_page_holds_no_id_no_address_and_no_token(tmp_path: Path) -> None:
    """N22, RL-41: the only label is a code of ours or a bound."""
    mailbox = Mailbox()
    async with (
        running(tmp_path, Setting(metrics=WATCHED)) as relay,
        RelayClient.open(relay.address) as client,
    ):
        await client.ask_all([mailbox.creation, mailbox.submit()])
        _, page = await get(relay, "/metrics")
    assert set(re.findall(r"[{,](\w+)=", page)) == {"code", "le"}
    secrets = [bytes(mailbox.id), bytes(mailbox.token), bytes(mailbox.token.hash)]
    assert not [secret for secret in secrets if secret.hex() in page]
    assert "127.0.0.1" not in page


@pytest.mark.anyio
async def test_a_relay_that_drains_is_alive_and_not_ready_before_it_stops_accepting(tmp_path: Path) -> None:
    """RL-42, RL-45: a load balancer has time to notice."""
    metrics = MetricsSettings("127.0.0.1:0", unready_seconds=1)
    async with running(tmp_path, Setting(metrics=metrics)) as relay:
        with trio.fail_after(5):
            while await get(relay, "/ready") != (200, "ready\n"):
                await trio.lowlevel.checkpoint()
        relay.drain()
        assert await get(relay, "/ready") == (503, "draining\n")
        assert await get(relay, "/health") == (200, "alive\n")
        async with RelayClient.open(relay.address) as client:
            assert await client.ask(Ping()) == Done()


class _Failing(SqliteStore):
    """A store whose commits fail, as those of a server that is away."""

    __slots__ = ()

    @override
    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        raise StoreFailedError


@pytest.mark.anyio
async def test_a_relay_whose_store_fails_is_not_ready(tmp_path: Path) -> None:
    """RL-42."""
    async with running(tmp_path, Setting(metrics=WATCHED)):
        pass
    config = Setting(metrics=WATCHED).config(tmp_path)
    with (
        closing(_Failing.open(tmp_path / "relay.db", config.policy)) as store,
        listen(config.listen) as listener,
    ):
        relay = Relay(config, store, listener, Setting().clock, Setting().entropy)
        async with trio.open_nursery() as nursery:
            await nursery.start(relay.run)
            await trio.sleep(0.2)
            assert await get(relay, "/ready") == (503, "the store does not answer\n")
            assert await get(relay, "/health") == (200, "alive\n")
            relay.drain()


ODD = {
    "nothing": b"",
    "another method": b"POST /metrics HTTP/1.1\r\n\r\n",
    "another page": b"GET /../etc/passwd HTTP/1.1\r\n\r\n",
    "no version": b"GET /metrics\r\n\r\n",
    "no end": b"GET /metrics HTTP/1.1\r\n" + b"A: b\r\n" * 5_000,
    "one long line": b"G" * 100_000,
    "bytes": bytes(range(256)) * 10,
}


@pytest.mark.anyio
async def test_odd_requests_get_a_short_answer_and_the_relay_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """RL-42, N21."""
    async with running(tmp_path, Setting(metrics=WATCHED)) as relay:
        assert relay.monitoring is not None
        for name, request in ODD.items():
            async with await trio.open_tcp_stream(*relay.monitoring.place) as stream:
                with trio.fail_after(10):
                    try:
                        await stream.send_all(request)
                        await stream.send_eof()
                        said = await stream.receive_some()
                    except trio.BrokenResourceError:
                        # It was answered before all of it was read, and the rest was refused.
                        said = b""
            assert said == b"" or re.match(rb"HTTP/1\.1 (400|404|405) ", said), name
        assert (await get(relay, "/health"))[0] == 200
    assert "metrics failed" not in capsys.readouterr().err


@pytest.mark.anyio
async def test_connections_that_say_nothing_are_closed_and_hold_up_nobody_for_long(tmp_path: Path) -> None:
    """RL-42: sixteen are answered at once, each for five seconds at most."""
    async with running(tmp_path, Setting(metrics=WATCHED)) as relay:
        assert relay.monitoring is not None
        async with AsyncExitStack() as stack:
            for _ in range(20):
                await stack.enter_async_context(await trio.open_tcp_stream(*relay.monitoring.place))
            assert (await get(relay, "/health"))[0] == 200


def test_the_end_of_a_certificate_is_told_also_where_its_issuers_follow(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "fullchain.pem", tmp_path / "key.pem")
    assert _certificate_end(pair) is None
    own, issuer = (make_certificate("relay.example", START, days)[1] for days in (90, 900))
    pair.certificate.write_bytes(own + b"\n" + issuer)
    assert _certificate_end(pair) == (START + 90 * DAY) // SECOND


def test_a_place_for_metrics_that_is_taken_is_an_error_of_the_start(tmp_path: Path) -> None:
    with listen("127.0.0.1:0") as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(LocalError, match=r"Cannot listen at .* for metrics; .* in \[metrics\]"):
            trio.run(_run_once, tmp_path, Setting(metrics=MetricsSettings(listen=where)))


async def _run_once(data: Path, setting: Setting) -> None:
    async with running(data, setting):
        pass
