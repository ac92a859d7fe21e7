"""The configuration: what it takes, what it refuses and how it says so (Spec: RL-40)."""

import json
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from relay.config import Config, LimitSettings, LogFormat, StoreKind, StoreSettings
from relay.connections import connections
from relay.main import main
from securemsg.errors import LocalError
from securemsg.mailbox.limits import Registration

PASSWORD = "a canary of a password"  # noqa: S105  # that is what it is for

REFUSED = {
    "listen = 7443": "listen must be a text in quotes",
    'listen = "nowhere"': "listen must be HOST:PORT",
    'data = "here"': "data must be the name of a folder in quotes, from / on",
    'registration = "sometimes"': 'registration must be "closed" or "invitation" or "open"',
    'registraton = "open"': "'registraton' is not known; did you mean registration?",
    'speed = "fast"': "'speed' is not known; known are listen, ",
    "limits = 3": "limits must be a table; write [limits] on a line by itself",
    "[[limits]]\nwindow = 3": "limits must be a table",
    "[limits]\nconections = 3": "in [limits], 'conections' is not known; did you mean connections?",
    "[limits]\nconnections = 0": "in [limits], connections must be a whole number from 1 to 1000000",
    "[limits]\nconnections = true": "in [limits], connections must be a whole number",
    "[limits]\nconnections = 1e3": "in [limits], connections must be a whole number",
    "[limits]\nwindow = 2000": "in [limits], window must be a whole number from 1 to 1024",
    "[limits]\nheartbeat_seconds = 1": "in [limits], heartbeat_seconds must be a whole number from 5 to 3600",
    "[retention]\nhours = 0": "in [retention], hours must be a whole number from 1 to 8784",
    "[log]\nlevel = 3": 'in [log], level must be "error" or "warning" or "info"',
    '[metrics]\nlisten = "0.0.0.0:9000"': "in [metrics], listen must be a loopback or private address",
    '[metrics]\nlisten = "[::]:9000"': "in [metrics], listen must be a loopback or private address",
    '[metrics]\nlisten = "192.0.3.4:9000"': "in [metrics], listen must be a loopback or private address",
    '[metrics]\nlisten = "relay.example:9000"': "in [metrics], listen must be a loopback or private address",
    '[metrics]\nlisten = "9000"': "in [metrics], listen must be HOST:PORT",
    "[metrics]\npublic = 1": "in [metrics], public must be true or false",
    '[tls]\nkey = "/etc/key.pem"': "in [tls], certificate and key belong together",
    '[tls]\nkey = "key.pem"': "in [tls], key must be the name of a file in quotes, from / on",
    '[store]\nkind = "postgres"': "needs either connections_file or connections_environment",
    '[store]\nconnections_environment = "DSN"': "needs either connections_file or connections_environment",
    "[cluster]\npeers = 3": "in [cluster], peers must be up to 64 texts in brackets",
    "[cluster]\npeers = [3]": "in [cluster], peers must be up to 64 texts in brackets",
    '[store]\nepochs = ["1"]': 'in [store], epochs need kind = "postgres"',
    '[cluster]\nlisten = "127.0.0.1:1"': 'in [cluster], listen and peers need kind = "postgres"',
    'public_host = "a\\u0000b"': "public_host must be a text in quotes",
    "[limits": "is not TOML",
    "\x00": "is not TOML",
    f"[store]\npassword = '{PASSWORD}'": "in [store], 'password' is not known",
    f"[store]\nkind = '{PASSWORD}'": "in [store], kind must be",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_names_the_file_the_place_and_what_is_allowed_and_no_value(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "relay.toml"
    path.write_text(text)
    with pytest.raises(LocalError) as refusal:
        Config.load(path)
    said = str(refusal.value)
    assert str(path) in said
    assert REFUSED[text] in said
    assert PASSWORD not in said
    assert "\n" not in said


def test_a_configuration_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "relay.toml"
    path.write_text(
        'listen = "[::1]:99"\ndata = "/srv/relay"\nregistration = "closed"\npublic_host = "relay.example"\n'
        '[limits]\nwindow = 9\n[retention]\nhours = 24\n[log]\nformat = "text"\n'
    )
    config = Config.load(path)
    assert (config.listen, config.data, config.public_host) == (
        "[::1]:99",
        Path("/srv/relay"),
        "relay.example",
    )
    assert config.hello_limits.values()[:5] == [33_928, 9, 30, 24, int(Registration.CLOSED)]
    assert (config.policy.retention_hours, config.log.format) == (24, LogFormat.TEXT)
    assert config.limits == LimitSettings(window=9)
    assert config.store.kind is StoreKind.SQLITE


def test_what_is_printed_is_a_file_with_the_same_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "relay.toml"
    path.write_text(
        'data = "/srv/\\"relay\\" é"\n[store]\nkind = "postgres"\nconnections_environment = "SHARDS"\n'
        '[cluster]\nlisten = "10.0.0.1:7444"\npeers = ["10.0.0.2:7444"]\n'
        '[tls]\ncertificate = "/etc/crt"\nkey = "/etc/key"\n'
    )
    assert main(["--config", str(path), "config"]) == 0
    printed = capsys.readouterr().out
    again = tmp_path / "again.toml"
    again.write_text(printed)
    assert Config.load(again) == Config.load(path)
    assert main(["--config", str(path), "config", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == tomllib.loads(printed)


def test_without_a_file_everything_has_a_value_that_may_stand_in_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "config"]) == 0
    path = tmp_path / "relay.toml"
    path.write_text(capsys.readouterr().out)
    assert Config.load(path) == replace(Config.default(), data=tmp_path).checked()


def test_settings_that_were_not_read_are_held_against_the_same_bounds() -> None:
    config = replace(Config.default(), limits=LimitSettings(window=0))
    with pytest.raises(LocalError, match=r"in \[limits\], window must be a whole number from 1 to 1024"):
        config.checked()


def test_connection_strings_come_from_a_private_file_or_the_environment(tmp_path: Path) -> None:
    """RL-40: and no error, no print repeats them."""
    path = tmp_path / "shards"
    path.write_text(f"# the first\n\n host=a password={PASSWORD}\nhost=b\n")
    path.chmod(0o640)
    settings = StoreSettings(StoreKind.POSTGRES, path)
    found = connections(settings)
    assert [one.text for one in found] == [f"host=a password={PASSWORD}", "host=b"]
    assert PASSWORD not in repr(found)
    named = StoreSettings(StoreKind.POSTGRES, None, "SHARDS")
    assert connections(named, {"SHARDS": "host=c"})[0].text == "host=c"
    with pytest.raises(LocalError, match="no connection string in the environment's SHARDS"):
        connections(named, {})


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (PASSWORD.encode(), 0o644, "open to everybody"),
        (b"\xff" + PASSWORD.encode(), 0o600, "not text"),
        (PASSWORD.encode() * 10_000, 0o600, "too long"),
        (b"# nothing\n", 0o600, "no connection string"),
    ],
)
def test_a_file_of_connection_strings_that_will_not_do_is_refused(
    tmp_path: Path, content: bytes, mode: int, said: str
) -> None:
    path = tmp_path / "shards"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(LocalError, match=said) as refusal:
        connections(StoreSettings(StoreKind.POSTGRES, path))
    assert PASSWORD not in str(refusal.value)


def test_a_check_finds_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "relay.toml"
    path.write_text(f'[tls]\ncertificate = "{tmp_path}/crt"\nkey = "{tmp_path}/key"\n')
    old = os.umask(0o077)
    try:
        assert main(["--config", str(path), "config", "--check"]) == 1
        assert f"The file {tmp_path}/crt" in capsys.readouterr().err
        (tmp_path / "crt").touch()
        (tmp_path / "key").touch()
        assert main(["--config", str(path), "config", "--check"]) == 0
        assert capsys.readouterr().out == "The configuration is good.\n"
    finally:
        os.umask(old)
