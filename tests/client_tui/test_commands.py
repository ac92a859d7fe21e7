"""The command line as a contract with scripts, run as real programs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.client_tui.hostile_text import ATTACKS, OBEYED
from tests.support.programs import PATIENCE, Person, RelayProgram, acquainted, environment


@pytest.fixture(scope="module")
def acquaintances(tmp_path_factory: pytest.TempPathFactory, relay: RelayProgram) -> list[Person]:
    """Ann and Ben, who know each other."""
    return acquainted(tmp_path_factory.mktemp("pair"), relay, "ann", "ben")


@pytest.fixture
def pair(acquaintances: list[Person]) -> list[Person]:
    """Ann and Ben, with nothing under way."""
    for person in acquaintances:
        person.do("receive")
    return acquaintances


def test_a_message_goes_from_command_to_command_once(pair: list[Person]) -> None:
    ann, ben = pair
    sent = ann.do("send", "ben", "hello")[0]
    assert (sent["contact"], sent["state"]) == ("ben", "accepted")
    (got,) = ben.do("receive")
    assert got["type"] == "message"
    assert (got["id"], got["contact"], got["text"]) == (sent["id"], "ann", "hello")
    assert got["sent_at"] <= got["received_at"]
    assert ben.do("receive") == []
    (kept,) = ben.do("history", "ann", "--limit", "1")
    assert (kept["direction"], kept["text"]) == ("in", "hello")
    assert [line["text"] for line in ben.do("search", "hello")] == ["hello"]
    ann.do("receive")
    assert ann.do("history", "ben", "--limit", "1")[0]["state"] == "delivered"


def test_texts_from_standard_input_and_selectors_by_account(pair: list[Person]) -> None:
    ann, ben = pair
    account = ann.do("contacts")[0]["account"]
    ann.do("send", account[:12], "-", stdin="line one\nline two\n")
    assert [line["text"] for line in ben.do("receive")] == ["line one\nline two"]


def test_receive_waits_for_a_message(pair: list[Person]) -> None:
    ann, ben = pair
    waiting = subprocess.Popen(
        ben.command("receive", "--wait", "30", "--json"), stdout=subprocess.PIPE, text=True, env=environment()
    )
    time.sleep(1.0)
    ann.do("send", "ben", "at last")
    out, _ = waiting.communicate(timeout=PATIENCE)
    assert [json.loads(line)["text"] for line in out.splitlines()] == ["at last"]
    assert waiting.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_follow_prints_as_messages_come_until_it_is_stopped(
    pair: list[Person], number: signal.Signals
) -> None:
    ann, ben = pair
    following = subprocess.Popen(
        ben.command("receive", "--follow", "--json"), stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert following.stdout is not None
    for text in ("one", "two", "three"):
        ann.do("send", "ben", text)
        assert json.loads(following.stdout.readline())["text"] == text
    following.send_signal(number)
    assert following.wait(PATIENCE) == 0
    following.stdout.close()


def test_without_a_relay_nothing_is_lost_and_the_status_says_timed_out(
    pair: list[Person], relay: RelayProgram
) -> None:
    ann, ben = pair
    relay.stop()
    try:
        answer = ann.run("send", "ben", "later", "--wait", "0.5")
        assert answer.status == 3
        assert answer.lines[0]["state"] == "queued"
        assert "outbox" in answer.stderr
        assert ben.run("receive", "--wait", "0.5").status == 3
        checks = ann.run("doctor")
        assert checks.status == 1
        assert [line["ok"] for line in checks.lines if line["check"] == "relay"] == [False]
        assert all(line["advice"] for line in checks.lines if not line["ok"])
    finally:
        relay.start()
    assert ann.do("receive") == []
    assert [line["text"] for line in ben.do("receive")] == ["later"]
    assert ann.run("doctor").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["send", "ben"],
        ["send", "ben", "x", "--wait", "soon"],
        ["send", "ben", "x", "--wait", "-1"],
        ["send", "ben", "x", "--wait", "nan"],
        ["history", "ben", "--limit", "0"],
        ["chat", "--json"],
    ],
)
def test_wrong_usage_ends_with_2_and_prints_nothing(arguments: list[str], tmp_path: Path) -> None:
    answer = subprocess.run(
        Person.at(tmp_path, "ann").command(*arguments),
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr


@pytest.mark.parametrize(
    "arguments", [["contacts"], ["link"], ["history", "x"], ["receive"], ["send", "x", "y"], ["verify", "x"]]
)
def test_without_an_account_one_line_says_what_to_do(arguments: list[str], tmp_path: Path) -> None:
    answer = Person.at(tmp_path, "ann").run(*arguments)
    assert answer.status == 1
    assert answer.lines == []
    assert answer.stderr.count("\n") == 1
    assert "securemsg init" in answer.stderr


def test_refusals_are_one_line_and_change_nothing(pair: list[Person], tmp_path: Path) -> None:
    ann, _ = pair
    wrong = Person(ann.name, ann.home, tmp_path / "wrong")
    wrong.passphrase_file.write_text("not the passphrase\n")
    wrong.passphrase_file.chmod(0o600)
    for answer in (
        wrong.run("contacts"),
        ann.run("send", "nobody", "x"),
        ann.run("add", "securemsg:aaaa"),
        ann.run("init", "--name", "Ann", "--relay", "x"),
        Person.at(tmp_path, "new").run("init", "--name", "New", "--relay", "nowhere"),
    ):
        assert answer.status == 1
        assert answer.lines == []
        assert answer.stderr.count("\n") == 1, answer.stderr
    assert not (tmp_path / "new").exists()


def test_an_open_home_is_not_opened_twice(pair: list[Person]) -> None:
    ann, ben = pair
    following = subprocess.Popen(
        ann.command("receive", "--follow", "--json"), stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert following.stdout is not None
    ben.do("send", "ann", "are you there")
    assert json.loads(following.stdout.readline())["text"] == "are you there"
    answer = ann.run("contacts")
    assert answer.status == 1
    assert "use" in answer.stderr or "open" in answer.stderr
    following.terminate()
    assert following.wait(PATIENCE) == 0
    following.stdout.close()


def test_people_get_filtered_lines_and_programs_get_ascii(pair: list[Person]) -> None:
    """T05: printed lines, on a terminal or in a pipe."""
    ann, ben = pair
    text = "\n".join(ATTACKS)
    ann.do("send", "ben", "-", stdin=text)
    assert [line["text"] for line in ben.do("receive", "--wait", "10")] == [text]
    for command in (["history", "ann"], ["search", "owned"], ["contacts"], ["verify", "ann"]):
        human = subprocess.run(
            ben.command(*command), capture_output=True, env=environment(), check=True
        ).stdout
        assert not OBEYED.search(human.decode())
        machine = subprocess.run(
            ben.command(*command, "--json"), capture_output=True, env=environment(), check=True
        ).stdout
        assert machine.isascii()
        assert b"\x1b" not in machine


def test_verifying_from_the_command_line(pair: list[Person]) -> None:
    ann, ben = pair
    mine, theirs = ann.do("verify", "ben")[0], ben.do("verify", "ann")[0]
    assert mine["safety_number"] == theirs["safety_number"]
    assert len(mine["safety_number"]) == 60
    assert mine["trust"] == "first_seen"
    assert ann.do("verify", "ben", "--mark")[0]["trust"] == "verified"
    assert ann.do("contacts")[0]["trust"] == "verified"


def test_wrong_usage_is_said_in_one_filtered_line(tmp_path: Path) -> None:
    """T05: a script may pass on words of others; and so does the message of the parser."""
    title = "\x1b]0;owned\x07"
    for attack in (["\x1b[2Jowned"], ["history", "x", "--limit", title], ["send", "a", "b", "\x9b2J"]):
        answer = Person.at(tmp_path, "ann").run(*attack)
        assert answer.status == 2
        assert answer.stderr.count("\n") == 1
        assert answer.stderr.startswith("securemsg: ")
        assert not OBEYED.search(answer.stderr)


def test_variables_of_the_toolkit_have_no_say() -> None:
    """They would write a log of all keys, open a port, or take other drivers and key presses."""
    script = (
        "import client_tui.app, textual.constants as c, os;"
        "print(c.LOG_FILE, c.DRIVER, c.PRESS or None, [n for n in os.environ if n.startswith('TEXTUAL')])"
    )
    hostile = {"TEXTUAL_LOG": "keys", "TEXTUAL_DRIVER": "x:y", "TEXTUAL_PRESS": "a", "TEXTUAL": "debug"}
    answer = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment() | hostile,
        check=True,
    )
    assert answer.stdout == "None None None []\n"


def test_the_list_of_contacts_says_what_is_known_before_the_name(pair: list[Person]) -> None:
    """T05: no name reaches the columns of account and trust."""
    ann, _ = pair
    answer = subprocess.run(
        ann.command("contacts"), capture_output=True, text=True, env=environment(), check=True
    )
    (line,) = answer.stdout.splitlines()
    account = ann.do("contacts")[0]["account"]
    assert line.startswith(f"{account[:16]}  ")
    assert line[18:34].strip() in {"verified", "not verified"}
    assert line[58:] == "ben"


def test_a_reader_who_leaves_ends_the_command_quietly(pair: list[Person]) -> None:
    ann, _ = pair
    for _ in range(3):
        ann.run("send", "ben", "x" * 8_000, "--wait", "5")
    shell = "{} | head -c 1 >/dev/null".format(" ".join(ann.command("history", "ben", "--json")))
    answer = subprocess.run(
        ["bash", "-c", shell], capture_output=True, text=True, env=environment(), check=True
    )
    assert answer.stderr == ""


def test_a_passphrase_file_that_others_can_read_is_pointed_out(pair: list[Person]) -> None:
    ann, _ = pair
    ann.passphrase_file.chmod(0o644)
    answer = ann.run("contacts")
    ann.passphrase_file.chmod(0o600)
    assert answer.status == 0
    assert "chmod 600" in answer.stderr


def test_without_terminal_and_file_nobody_is_asked(pair: list[Person]) -> None:
    ann, _ = pair
    answer = subprocess.run(
        [sys.executable, "-m", "client_tui", "--home", str(ann.home), "contacts"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        start_new_session=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "--passphrase-file" in answer.stderr


def test_commands_do_not_load_the_screen() -> None:
    """Start-up time: Textual costs more than most commands."""
    script = "import sys, client_tui.main; sys.exit('textual' in sys.modules or 'rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], env=environment(), check=False).returncode == 0
    assert os.environ.get("SECUREMSG_HOME", "").endswith("nobody")
