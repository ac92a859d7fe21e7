"""Alarms without the terminal client: every command that connects tells of them, `doctor` ends them."""

from pathlib import Path

import pytest

from client_tui.commands.status import REFUSED, TIMED_OUT
from securemsg.client import Profile
from securemsg.client.alarms import BEHIND, RELAY_BEHIND, raise_alarm
from securemsg.store.vault import Vault
from tests.client.live import profile_at
from tests.store.vaults import PASSPHRASE
from tests.support.programs import Answer, Person, free_port

OLDER = "This copy of your home is older than what your relay has seen of you"


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    """Somebody with a contact, two alarms, and a relay that is not there."""
    nowhere = f"127.0.0.1:{free_port()}#{'A' * 43}"
    ben, profile = profile_at(tmp_path, "ben", nowhere), profile_at(tmp_path, "ann", nowhere)
    profile.add_contact(ben.own().link, "ben")
    profile.decide(lambda step: raise_alarm(step, BEHIND))
    profile.decide(lambda step: raise_alarm(step, RELAY_BEHIND))
    ben.close()
    profile.close()
    person = Person.at(tmp_path, "ann")
    person.passphrase_file.write_text(PASSPHRASE)
    return person


def alarms(answer: Answer) -> list[tuple[bool, str]]:
    """Return what `doctor` says of alarms: whether all is well, and the beginning of the sentence."""
    found = [line for line in answer.lines if line["check"] == "alarm"]
    return [(line["ok"], line["advice"][: len(OLDER)]) for line in found]


def test_doctor_lists_alarms_until_they_are_seen(ann: Person) -> None:
    """CL-17: what was shown and no more ends; the relay that is not there stays a failure."""
    first = ann.run("doctor")
    assert first.status == REFUSED
    assert [ok for ok, _ in alarms(first)] == [False, False]
    assert OLDER in [sentence for _, sentence in alarms(first)]
    assert alarms(ann.run("doctor", "--seen")) == alarms(first)
    assert alarms(ann.run("doctor", "--seen")) == [(True, "")]


def test_an_alarm_that_is_raised_again_is_shown_again(ann: Person) -> None:
    """CL-17: dismissed is what has happened, not what will."""
    ann.run("doctor", "--seen")
    raise_again(ann.home)
    assert alarms(ann.run("doctor")) == [(False, OLDER)]


def raise_again(home: Path) -> None:
    """Let it turn out once more that the home is an older copy."""
    profile = Profile(Vault.open(home, PASSPHRASE))
    profile.decide(lambda step: raise_alarm(step, BEHIND))
    profile.close()


@pytest.mark.parametrize("command", [("send", "ben", "hello", "--wait", "0"), ("receive", "--wait", "1")])
def test_commands_that_connect_tell_of_alarms_in_one_line(ann: Person, command: tuple[str, ...]) -> None:
    """CL-17: on standard error, so that scripts read what they always read."""
    answer = ann.run(*command)
    assert answer.status == TIMED_OUT
    (told,) = [line for line in answer.stderr.splitlines() if "alarm" in line]
    assert told == (
        "securemsg: 2 alarms stand: see `securemsg doctor`, and `securemsg doctor --seen` once read."
    )
    ann.run("doctor", "--seen")
    assert "alarm" not in ann.run(*command).stderr
