"""`timer`, `requests`, `block`, `unblock`, `rename`, `delete` and filters of `search`, as programs."""

import argparse
from collections.abc import Iterator

import pytest

from client_tui.commands.lifetime import lifetime
from tests.support.programs import Person, acquainted, running_relay


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Person]]:
    folder = tmp_path_factory.mktemp("people")
    with running_relay(folder) as relay:
        yield acquainted(folder, relay, "ann", "ben", "cyd")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("off", 0),
        ("OFF", 0),
        ("5s", 5),
        ("30m", 1_800),
        ("8h", 28_800),
        ("1d", 86_400),
        ("4w", 2_419_200),
        ("45min", 2_700),
        ("3j", 259_200),
        ("2 sem", 1_209_600),
    ],
)
def test_times_are_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert lifetime(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "s", "-5s", "1.5h", "2s", "400d", "1y", "\u0665s", "9" * 9 + "s"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        lifetime(text)


def test_a_timer_is_set_and_messages_are_found_by_filters(people: list[Person]) -> None:
    """CL-26, CL-38."""
    ann, ben, _ = people
    assert ann.do("timer", "ben", "4w")[0] == {"contact": "ben", "lifetime": 2_419_200}
    ann.do("send", "ben", "the budget meeting")
    ben.do("receive", "--wait", "1")
    assert ben.do("timer", "ann")[0]["lifetime"] == 2_419_200
    assert ann.run("timer", "ben", "soon").status == 2
    (found,) = ann.do("search", "from:me in:ben meeting")
    assert (found["text"], found["lifetime"]) == ("the budget meeting", 2_419_200)


def test_a_blocked_contact_is_refused_by_the_relay_until_it_is_heard_again(people: list[Person]) -> None:
    """CL-31: when the command is done."""
    ann, ben, _ = people
    assert ann.do("block", "ben")[0] == {"contact": "ben", "blocked": True}
    assert ben.run("send", "ann", "do you hear me?").lines[-1]["state"] == "failed"
    assert ann.do("unblock", "ben")[0] == {"contact": "ben", "blocked": False}
    ben.do("receive", "--wait", "1")
    ben.do("send", "ann", "and now?")
    assert [line["text"] for line in ann.do("receive", "--wait", "5")] == ["and now?"]


def test_strangers_wait_for_an_answer(people: list[Person]) -> None:
    """CL-30, CL-37: forgotten, they come as somebody new; listed, then accepted."""
    ann, _, cyd = people
    assert ann.run("delete", "cyd").status == 1
    assert ann.do("delete", "cyd", "--yes")[0]["conversation_only"] is False
    cyd.do("send", "ann", "it is me")
    ann.do("receive", "--wait", "5")
    (request,) = ann.do("requests")
    assert (request["contact"], request["text"], request["unread"]) == ("cyd", "it is me", 1)
    assert ann.do("requests", "--accept", "cyd")[0]["accepted"] is True
    assert ann.do("rename", "cyd", "Cyd C.")[0]["contact"] == "Cyd C."
