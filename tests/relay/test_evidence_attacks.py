"""What somebody tries against the relay's files and settings, and by mistake as another user."""

import os
import stat
from pathlib import Path

import pytest

from relay.config import Config
from relay.folder import DataFolder
from securemsg.errors import LocalError
from tests.relay.test_relay_command import run
from tests.support.programs import RelayProgram

PLANTED = ("reserve", "reserve.part", "control.sock", "identity.key.part", "tls.key.part", "tls.crt.part")


@pytest.mark.parametrize("name", PLANTED)
def test_a_link_that_lies_in_the_data_folder_leads_nothing_out_of_it(tmp_path: Path, name: str) -> None:
    """RL-2: what a relay writes takes its place; what it pointed to stays as it was."""
    victim, data = tmp_path / "victim", tmp_path / "data"
    victim.write_bytes(b"of somebody else")
    victim.chmod(0o644)
    data.mkdir(mode=0o700)
    (data / name).symlink_to(victim)
    relay = RelayProgram(data).start()
    try:
        assert run(data, "stats")[0] == 0
    finally:
        assert relay.stop() == 0
    assert (victim.read_bytes(), stat.S_IMODE(victim.stat().st_mode)) == (b"of somebody else", 0o644)


def test_what_a_relay_writes_is_private_whatever_the_umask_is(tmp_path: Path) -> None:
    """RL-2: a backup and a restored folder, too."""
    before = os.umask(0)
    try:
        relay = RelayProgram(tmp_path / "data").start()
        assert run(relay.data, "backup", str(tmp_path / "copy"))[0] == 0
        modes = [path.lstat().st_mode for path in relay.data.iterdir()]
        assert relay.stop() == 0
        assert run(tmp_path / "new", "restore", str(tmp_path / "copy"))[0] == 0
    finally:
        os.umask(before)
        relay.kill()
    for folder in ("data", "copy", "new"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
        modes += [path.lstat().st_mode for path in (tmp_path / folder).iterdir()]
    assert {stat.S_IMODE(mode) for mode in modes if not stat.S_ISDIR(mode)} == {0o600}
    assert {stat.S_IMODE(mode) for mode in modes if stat.S_ISDIR(mode)} == {0o700}


def test_a_backup_into_the_data_folder_is_refused(tmp_path: Path) -> None:
    """RL-2: also by another name of it."""
    relay = RelayProgram(tmp_path / "data").start()
    try:
        (tmp_path / "other").symlink_to(relay.data)
        for place in (relay.data / "copy", tmp_path / "other" / "copy", relay.data / "deeper" / "copy"):
            status, printed, said = run(relay.data, "backup", str(place))
            assert (status, printed, said.count("\n")) == (1, "", 1)
        assert not [path for path in relay.data.iterdir() if path.name.startswith(("copy", "deeper"))]
    finally:
        relay.kill()


@pytest.mark.parametrize(
    "command", [("stats",), ("serve",), ("restore", "/" + "x" * 300), ("backup", "/" + "x" * 300)]
)
def test_what_the_system_refuses_is_told_in_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A name that is too long stands for all of them; the usual one is the folder of another user."""
    data = tmp_path / ("x" * 300) if len(command) == 1 else tmp_path / "data"
    status, printed, said = run(data, *command)
    assert (status, printed, said.count("\n")) == (1, "", 1)
    assert "Traceback" not in said


def test_a_folder_of_another_user_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = DataFolder(tmp_path)
    mine.prepare()
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(LocalError, match="belongs to somebody else"):
        mine.prepare()


def config_of(folder: Path, written: str) -> Config:
    file = folder / "relay.toml"
    file.write_text(written)
    return Config.load(file)


@pytest.mark.parametrize(
    "host",
    [
        "evil host",
        "relay.example.org:7443",
        "relay.example.org/",
        "[::1]",
        "a#b",
        "fe80::1%eth0",
        "-a",
        "1.2.3",
    ],
)
def test_a_public_host_that_no_client_could_dial_is_refused(tmp_path: Path, host: str) -> None:
    """RL-40: else it is noticed when people paste the address."""
    with pytest.raises(LocalError, match="public_host must be"):
        config_of(tmp_path, f'public_host = "{host}"\n')


@pytest.mark.parametrize("host", ["", "relay.example.org", "relay", "192.0.2.7", "2001:db8::7"])
def test_names_and_addresses_are_taken_as_public_hosts(tmp_path: Path, host: str) -> None:
    assert config_of(tmp_path, f'public_host = "{host}"\n').public_host == host


@pytest.mark.parametrize(
    "place", ["[::ffff:0.0.0.0]:1", "[::ffff:8.8.8.8]:1", "[::]:1", "0.0.0.0:1", "8.8.8.8:1"]
)
def test_metrics_do_not_become_public_by_another_spelling(tmp_path: Path, place: str) -> None:
    """RL-41: an IPv4 address in the clothes of an IPv6 one is what it is."""
    with pytest.raises(LocalError, match="public = true"):
        config_of(tmp_path, f'[metrics]\nlisten = "{place}"\n')


@pytest.mark.parametrize(
    "place", ["[::ffff:127.0.0.1]:1", "[::1]:1", "10.1.2.3:1", "localhost:1", "[fd00::1]:1"]
)
def test_metrics_are_told_to_this_machine_and_private_networks(tmp_path: Path, place: str) -> None:
    assert config_of(tmp_path, f'[metrics]\nlisten = "{place}"\n').metrics.listen == place
