"""What the administrator asks harms nobody: odd words, full disks, long reads (Spec: RL-8, RL-11)."""

import json
import threading
from pathlib import Path

import pytest
import trio

from relay import control
from relay.administration import Administration
from relay.control import ask
from relay.folder import DataFolder
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError
from securemsg.mailbox.answers import Accepted, Done
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import START, Setting, running
from tests.relay.stored import NOW, created
from tests.relay.test_relay_command import run
from tests.relay.test_relay_disk import relay_on
from tests.relay.unreliable import Disk
from tests.support.programs import RelayProgram

ODD_LINES = {
    "array": b"[]\n",
    "deep": b"[" * 60_000 + b"\n",
    "text": b'"stats"\n',
    "no JSON": b"stats\n",
    "nothing": b"\n",
    "too long": b'{"command":"'.ljust(65_536, b"x"),
    "no command": b"{}\n",
    "command of no kind": b'{"command":["stats"]}\n',
    "unknown command": b'{"command":"dance"}\n',
    "uses of no kind": b'{"command":"invite","uses":true,"days":1}\n',
    "too many uses": b'{"command":"invite","uses":1e400,"days":1}\n',
    "no destination": b'{"command":"backup"}\n',
    "relative destination": b'{"command":"backup","destination":"copy"}\n',
    "impossible destination": b'{"command":"backup","destination":"/\\u0000"}\n',
    "unwritable text": b'{"command":"backup","destination":"/\\ud800"}\n',
}


@pytest.mark.anyio
async def test_odd_lines_on_the_control_socket_are_refused_and_the_relay_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path) as relay:
        for name, line in ODD_LINES.items():
            async with await trio.open_unix_socket(tmp_path / "control.sock") as stream:
                with trio.fail_after(5):
                    await stream.send_all(line)
                    said = b"".join([piece async for piece in stream])
            assert set(json.loads(said)) == {"error"}, name
        async with await trio.open_unix_socket(tmp_path / "control.sock"):
            pass
        async with RelayClient.open(relay.address) as client:
            assert await client.ask(Mailbox().creation) == Done()


@pytest.mark.anyio
async def test_an_invitation_that_cannot_be_stored_is_an_error_of_the_command_only(tmp_path: Path) -> None:
    """RL-5: here because the disk is full."""
    disk, mailbox = Disk(), Mailbox()
    words = {"command": "invite", "uses": 1, "days": 1}
    async with relay_on(disk, tmp_path) as relay, RelayClient.open(relay.address) as client:
        await client.ask(mailbox.creation)
        disk.room = 0
        with pytest.raises(LocalError, match="could not be stored"):
            await trio.to_thread.run_sync(ask, DataFolder(tmp_path), words)
        disk.room = 10**12
        assert await client.ask(mailbox.submit()) == Accepted()
        assert "token" in (await trio.to_thread.run_sync(ask, DataFolder(tmp_path), words) or {})


@pytest.mark.anyio
async def test_a_backup_takes_the_time_that_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_IDLE_SECONDS", 0.2)
    released = threading.Event()
    words = {"command": "backup", "destination": str(tmp_path / "copy")}
    async with running(tmp_path / "data") as relay, trio.open_nursery() as nursery:
        nursery.start_soon(relay.service.committer.alone, lambda: released.wait(10))

        async def release() -> None:
            await trio.sleep(0.6)
            released.set()

        nursery.start_soon(release)
        assert await trio.to_thread.run_sync(ask, DataFolder(tmp_path / "data"), words) == {"ok": True}
    assert {path.name for path in await trio.Path(tmp_path).iterdir()} == {"copy", "data"}


def administration_of(data: Path) -> tuple[SqliteStore, Administration]:
    folder = DataFolder(data)
    store = SqliteStore.open(folder.database, StorePolicy())
    return store, Administration(store, folder, lambda: START, SystemEntropy())


async def settled_folder(data: Path) -> None:
    async with running(data, Setting()):
        pass


def test_a_backup_that_is_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its keys least of all, and the next one is not in its way."""

    class EndedError(Exception):
        pass

    def end() -> None:
        raise EndedError

    trio.run(settled_folder, tmp_path / "data")
    store, administration = administration_of(tmp_path / "data")
    store.settle()
    with pytest.raises(EndedError):
        administration.backup(tmp_path / "copy", end)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    administration.folder.tls_key.rename(tmp_path / "tls.key")
    with pytest.raises(LocalError):
        administration.backup(tmp_path / "copy", lambda: None)
    assert not (tmp_path / "copy.part").exists()
    (tmp_path / "tls.key").rename(administration.folder.tls_key)
    assert administration.backup(tmp_path / "copy", lambda: None) == {"ok": True}
    store.close()


def test_what_is_committed_during_a_backup_waits_for_its_end(tmp_path: Path) -> None:
    """RL-11: the file stays as it is, however much is stored, and is brought up to date afterwards."""
    trio.run(settled_folder, tmp_path / "data")
    store, administration = administration_of(tmp_path / "data")
    box = created(store)
    store.settle()
    before = administration.folder.database.read_bytes()

    def go_on() -> None:
        if not box.content(store):
            for _ in range(20):
                store.commit([box.append(bytes(30_000)) for _ in range(32)], NOW)
            store.tidy()

    administration.backup(tmp_path / "copy", go_on)
    assert administration.check(lambda: None) == {"ok": True}
    assert administration.folder.database.read_bytes() == before
    store.resume()
    store.tidy()
    assert administration.folder.database.read_bytes() != before
    store.close()
    copied, _ = administration_of(tmp_path / "copy")
    assert box.content(copied) == []
    copied.close()


def test_a_check_of_a_relay_that_runs_reads_what_is_on_the_disk(tmp_path: Path) -> None:
    """RL-11: not what the relay remembers of it, which may be whole."""
    relay = RelayProgram(tmp_path / "data").start()
    try:
        assert run(relay.data, "check")[0] == 0
        with (relay.data / "relay.db").open("r+b") as file:
            file.seek(4_096)
            file.write(b"\xee" * 4_096)
        status, printed, said = run(relay.data, "check")
        assert (status, printed, said.count("\n")) == (1, "", 1)
        assert "damaged" in said
    finally:
        relay.kill()
