"""Transfers that are cut, and programs that are killed in the middle (FI-9, FI-10)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.views import FileState
from tests.client.live import friends, reached
from tests.client.transfer import killed
from tests.client.transfer.carrying import (
    bytes_at,
    contents,
    fetched,
    file_of,
    offered,
    send,
    spooled,
    talking,
    written,
)
from tests.client.transfer.cutting import cutting
from tests.client.transfer.large import carry
from tests.support.programs import ROOT, RelayProgram, environment

SIZE = 6_000_000
SPAN = 400_000
CUTS = 10
MANY_SECONDS = 60.0


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_a_transfer_that_is_cut_again_and_again_arrives(relay: RelayProgram, tmp_path: Path) -> None:
    """N24: ten cuts on the way up, ten on the way down; each goes on where it stopped."""
    with cutting(relay.port, SPAN) as path:
        address = relay.address.replace(f":{relay.port}#", f":{path.port}#")
        with friends(tmp_path, address, "ann", "ben") as (ann, ben):
            async with talking(ann, ben) as (of_ann, of_ben):
                path.cuts = CUTS
                row = await send(of_ann, "ben", written(tmp_path, SIZE))
                await reached(lambda: file_of(ann, row).state is FileState.SENT, MANY_SECONDS)
                offer = (await offered(ben)).row
                path.cuts += CUTS
                assert (await fetched(of_ben, ben, offer, MANY_SECONDS)).state is FileState.SAVED
                saved = await of_ben.save_file(offer, str(tmp_path))
        assert path.done >= CUTS
    assert bytes_at(saved) == contents(SIZE)


@pytest.mark.slow
def test_a_client_that_is_killed_goes_on(relay: RelayProgram, tmp_path: Path) -> None:
    """N24: `kill -9` while it encrypts, uploads and fetches; no byte is wrong, and none is left over."""
    size = 30_000_000
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        source = written(tmp_path, size)
        row = ann.queue_file(ann.find_contact("ben").contact, str(source)).row
    killed.until(tmp_path / "ben", lambda _: True)
    for seconds in (0.0, 0.3):
        killed_after(tmp_path / "ann", row, seconds)
    run_to_the_end(tmp_path / "ann", row)
    killed.until(tmp_path / "ben", lambda profile: bool(profile.files()))
    with killed.opened(tmp_path / "ben") as ben:
        offer = ben.files()[0].row
        ben.fetch_file(offer)
    for seconds in (0.05, 0.3):
        killed_after(tmp_path / "ben", offer, seconds)
    run_to_the_end(tmp_path / "ben", offer)
    with killed.opened(tmp_path / "ben") as ben, killed.opened(tmp_path / "ann") as ann:
        assert file_of(ann, row).state is FileState.SENT
        assert bytes_at(ben.save_file(offer, str(tmp_path))) == contents(size)
        assert_nothing_left(ann, ben)


def assert_nothing_left(ann: Profile, ben: Profile) -> None:
    assert [path.stat().st_size for path in spooled(ann)] in ([], [0])
    assert len(spooled(ben)) == 1


def started(home: Path, row: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.client.transfer.killed", str(home), str(row)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    return process


def killed_after(home: Path, row: int, seconds: float) -> None:
    process = started(home, row)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def run_to_the_end(home: Path, row: int) -> None:
    process = started(home, row)
    assert process.wait(MANY_SECONDS) == 0
    process.communicate()


def test_memory_stays_flat_whatever_the_size(relay: RelayProgram, tmp_path: Path) -> None:
    """FI-7, FI-10: 64 MiB here; `python -m tests.soak.large_file` takes a gibibyte."""
    peaks = carry(tmp_path, relay, 64 * 2**20, MANY_SECONDS)
    assert max(peaks.sending, peaks.fetching) < 100 * 1_024
