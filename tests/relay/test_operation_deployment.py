"""What an administrator installs beside the program fits the program (Spec: RL-49)."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trio

from relay.config import Config
from relay.metrics import NAMES
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Done
from tests.relay.blobs import Blob, uploaded
from tests.relay.client import Mailbox, RelayClient
from tests.support.programs import ROOT, environment

DEPLOY = ROOT / "relay" / "deploy"
UNIT = DEPLOY / "securemsg-relay.service"
INSTALLED = "/opt/securemsg/bin/securemsg-relay"

WORST_EXPOSURE = 1.5
"""Of 10, as `systemd-analyze security` counts; what is left is the network."""

PROCESS = {
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
}
"""Names of the client library that we use."""


def names_in(expression: str) -> set[str]:
    """The metrics that an expression of PromQL reads."""
    return set(re.findall(r"\b(?:securemsg_relay|process)_\w+", expression))


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    return found


def test_every_name_in_the_dashboard_is_told_by_the_relay() -> None:
    used = {name for panel in panels() for target in panel["targets"] for name in names_in(target["expr"])}
    assert used <= NAMES | PROCESS
    assert used >= {f"securemsg_relay_{name}" for name in ("accepted_total", "ready", "refused_total")}


def test_the_dashboard_shows_every_family_of_numbers() -> None:
    shown = " ".join(target["expr"] for panel in panels() for target in panel["targets"])
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in NAMES}
    assert {family for family in families if family not in shown} == set()


def test_panels_have_ids_of_their_own_and_do_not_cover_each_other() -> None:
    assert len({panel["id"] for panel in panels()}) == len(panels())
    places = [
        (column, row)
        for panel in panels()
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for row in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(places)) == len(places)
    assert max(column for column, _ in places) < 24


def test_every_name_in_an_alert_is_told_by_the_relay() -> None:
    written = (DEPLOY / "alerts.yml").read_text()
    alerts = re.findall(r"- alert: (\w+)\n +expr: (.+)\n", written)
    assert len(alerts) == written.count("alert:") == len({name for name, _ in alerts})
    used = {name for _, expression in alerts for name in names_in(expression)}
    assert used <= NAMES | PROCESS


def test_the_example_has_every_setting_with_its_default() -> None:
    example = DEPLOY / "relay.toml"
    loaded = Config.load(example)
    assert tomllib.loads(example.read_text()) == loaded.shown()
    default = Config.default().shown()
    assert loaded.shown() == default | {"data": "/var/lib/securemsg-relay"}


def test_the_configuration_of_the_container_is_good() -> None:
    assert Config.load(DEPLOY / "container.toml").metrics.listen == "127.0.0.1:9464"


def test_the_container_runs_as_nobody_special_and_has_a_health_check() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert "USER 7443" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    copied = {
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert {name for name in copied if not (ROOT / name).exists()} == set()


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("this machine has no systemd-analyze")
    program = tmp_path / "securemsg-relay"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace(INSTALLED, str(program)))
    return copy


def analyze(*words: str) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_accepts_the_unit(unit: Path) -> None:
    status, said = analyze("verify", "--man=no", str(unit))
    assert (status, [line for line in said.splitlines() if "securemsg" in line]) == (0, [])


def test_the_sandbox_leaves_little_exposed(unit: Path) -> None:
    status, said = analyze(
        "security", "--offline=true", f"--threshold={int(WORST_EXPOSURE * 10)}", str(unit), "--no-pager"
    )
    assert status == 0, said


def test_the_unit_and_its_part_for_port_443_name_only_settings_that_systemd_knows(unit: Path) -> None:
    folder = unit.with_name(f"{unit.name}.d")
    folder.mkdir()
    shutil.copy(DEPLOY / "port-443.conf", folder)
    status, said = analyze("verify", "--man=no", str(unit))
    assert status == 0
    assert "Unknown" not in said


def allowed_calls() -> set[str]:
    """What the unit's filter lets through."""
    filters = [
        line.partition("=")[2] for line in UNIT.read_text().splitlines() if "SystemCallFilter=" in line
    ]
    allowed = calls_of("@default")
    for words in filters:
        named = {call for name in words.removeprefix("~").split() for call in calls_of(name)}
        allowed = allowed - named if words.startswith("~") else allowed | named
    return allowed


def calls_of(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    status, said = analyze("syscall-filter", "--no-pager", name)
    assert status == 0
    words = {
        line.strip() for line in said.splitlines()[1:] if line.strip() and not line.strip().startswith("#")
    }
    return {call for word in words for call in (calls_of(word) if word.startswith("@") else {word})}


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A relay whose system calls are written to a file."""
    for tool in ("strace", "systemd-analyze"):
        if shutil.which(tool) is None:
            pytest.skip(f"this machine has no {tool}")
    calls = tmp_path / "calls"
    config = tmp_path / "relay.toml"
    config.write_text('[metrics]\nlisten = "127.0.0.1:0"\n')
    words = ["--config", str(config), "--data", str(tmp_path / "data"), "serve", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        ["strace", "-f", "-qq", "-c", "-S", "name", "-o", calls, sys.executable, "-m", "relay", *words],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment() | {"NOTIFY_SOCKET": "/nonexistent"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, calls
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.anyio
async def test_the_relay_makes_no_system_call_that_the_unit_forbids(
    traced: tuple[subprocess.Popen[str], Path],
) -> None:
    """RL-44: from its start to its end, with a client in between."""
    process, calls = traced
    assert process.stdout is not None
    line = process.stdout.readline()
    async with RelayClient.open(RelayAddress.parse(line)) as client:
        mailbox = Mailbox()
        assert await client.ask_all([mailbox.creation, mailbox.submit()]) == [Done(), Accepted()]
        await uploaded(client, blob := Blob(mailbox))
        assert await client.ask(blob.deletion) == Done()
    children = await trio.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    os.kill(int(children.split()[0]), signal.SIGTERM)
    assert process.wait(30) == 0
    made = {line.split()[-1] for line in calls.read_text().splitlines()[2:-2]}
    assert "fsync" in made or "fdatasync" in made
    # SQLite gives new files to the owner of the database only where it runs as root.
    assert made - allowed_calls() - {"fchown"} == set()


def test_the_relay_runs_where_no_memory_may_be_written_and_executed(tmp_path: Path) -> None:
    """RL-44: the kernel refuses such memory, as MemoryDenyWriteExecute does."""
    deny = (
        "import ctypes, sys\n"
        "if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0): sys.exit(77)\n"
        "from relay.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{probe.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-c", deny, "--data", str(tmp_path / "data"), "serve", "--listen", where],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    process.terminate()
    _, said = process.communicate(timeout=30)
    if process.returncode == 77:
        pytest.skip("this kernel cannot refuse such memory to a process that asks for it")
    assert (process.returncode, where in line) == (0, True), said
