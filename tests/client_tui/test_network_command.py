"""`securemsg network` and SECUREMSG_PROXY, as people and scripts use them."""

import subprocess
from pathlib import Path

import pytest

from client_tui.commands.status import REFUSED
from securemsg.client.proxy import VARIABLE
from tests.client.live import profile_at
from tests.store.vaults import PASSPHRASE
from tests.support.programs import Person, environment, free_port

PIN = "A" * 43
LOGIN = "http://ann:hunter2@proxy.example:3128"
NOWHERE = {"proxy": None, "transport": "auto"}


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    """Somebody with a home whose relay is not there."""
    profile_at(tmp_path, "made", f"127.0.0.1:{free_port()}#{PIN}").close()
    person = Person.at(tmp_path, "made")
    person.passphrase_file.write_text(PASSPHRASE)
    return person


def test_what_is_set_is_shown_and_stays(ann: Person) -> None:
    """CL-22: without the login."""
    assert ann.do("network") == [NOWHERE]
    shown = {"proxy": "socks5://127.0.0.1:9050", "transport": "auto"}
    assert ann.do("network", "--proxy", "socks5h://127.0.0.1:9050") == [shown]
    shown["transport"] = "websocket"
    assert ann.do("network", "--transport", "websocket") == [shown]
    assert ann.do("network") == [shown]
    assert ann.do("network", "--proxy", "-", stdin=f"{LOGIN}\n") == [
        {"proxy": "http://proxy.example:3128", "transport": "websocket"}
    ]
    assert ann.do("network", "--proxy", "none", "--transport", "auto") == [NOWHERE]


def test_a_login_is_not_taken_from_the_command_line(ann: Person) -> None:
    """CL-12: other people of the machine read it there; nothing is changed."""
    answer = ann.run("network", "--proxy", LOGIN)
    assert answer.status == REFUSED
    assert "--proxy -" in answer.stderr
    assert "hunter2" not in answer.stderr
    assert ann.do("network") == [NOWHERE]


@pytest.mark.parametrize("text", ["", "ftp://ann:hunter2@host:1", "hunter2"])
def test_what_is_no_proxy_is_refused_in_one_sentence(ann: Person, text: str) -> None:
    answer = ann.run("network", "--proxy", "-", stdin=f"{text}\n")
    assert answer.status == REFUSED
    assert answer.stderr.count("\n") == 1
    assert "socks5://HOST:PORT" in answer.stderr
    assert "hunter2" not in answer.stderr


def run_with(ann: Person, proxy: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment that names a proxy."""
    return subprocess.run(
        ann.command(*arguments),
        env=environment() | {VARIABLE: proxy},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_environment_goes_before_the_home_and_says_so(ann: Person) -> None:
    """CL-22."""
    ran = run_with(ann, LOGIN, "network")
    assert ran.returncode == 0
    assert "http://proxy.example:3128" in ran.stdout
    assert VARIABLE in ran.stderr
    assert "hunter2" not in ran.stdout + ran.stderr
    assert ann.do("network") == [NOWHERE]


def test_an_environment_that_cannot_be_read_stops_every_command(ann: Person, tmp_path: Path) -> None:
    """CL-22: also the making of a home."""
    new = Person.at(tmp_path, "new")
    address = f"127.0.0.1:{free_port()}#{PIN}"
    for person, arguments in ((ann, ["receive"]), (new, ["init", "--name", "New", "--relay", address])):
        ran = run_with(person, "socks5://hunter2@host", *arguments)
        assert ran.returncode == REFUSED
        assert VARIABLE in ran.stderr
        assert "hunter2" not in ran.stderr


def test_doctor_names_the_proxy_that_is_not_there(ann: Person) -> None:
    """MB-20."""
    place = f"socks5://127.0.0.1:{free_port()}"
    ran = run_with(ann, place, "doctor")
    assert ran.returncode == REFUSED
    assert f"The proxy {place} cannot be reached" in ran.stdout
