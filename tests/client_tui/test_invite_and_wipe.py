"""`securemsg link --invite` and `securemsg wipe`: the first and the last thing a person does."""

from pathlib import Path

import pytest

from client_tui.commands.status import REFUSED
from client_tui.main import with_command
from securemsg.client.invitations import read_invitation
from tests.support.programs import Person, RelayProgram, acquainted

TOKEN = "A" * 22


def test_an_invitation_is_printed_and_can_be_added_like_a_link(tmp_path: Path, relay: RelayProgram) -> None:
    """ID-13, CL-40: with a token of the relay, or without; the name is the inviter's."""
    ann, ben = acquainted(tmp_path, relay, "ann", "ben")
    (with_token,), (without,) = ann.do("link", "--invite", TOKEN), ann.do("link", "--invite")
    read = read_invitation(with_token["invitation"])
    assert (read.relay, read.token, read.name) == (relay.address, TOKEN, "ann")
    assert read_invitation(without["invitation"]).token == ""
    assert ben.do("add", with_token["invitation"])[0]["contact"] == "ann"
    assert ann.run("link", "--invite", "not a token").status == REFUSED
    new = Person.at(tmp_path, "new")
    new.do("init", "--name", "New", "--invitation", without["invitation"])
    assert [each["contact"] for each in new.do("contacts")] == ["ann"]


def test_wiping_takes_the_home_and_the_mailbox(tmp_path: Path, relay: RelayProgram) -> None:
    """ST-13: and who wrote to it learns that nobody is there."""
    ann, ben = acquainted(tmp_path, relay, "ann", "ben")
    refused = ben.run("wipe", stdin="wipe\n")
    assert (refused.status, ben.home.exists()) == (REFUSED, True)
    right = ben.passphrase_file.read_text()
    ben.passphrase_file.write_text("another one\n")
    assert ben.run("wipe", "--yes").status == REFUSED
    ben.passphrase_file.write_text(right)
    assert ben.do("wipe", "--yes") == [{"wiped": True, "relay_told": True}]
    assert not ben.home.exists()
    (sent,) = ann.run("send", "ben", "are you there?").lines
    assert sent["state"] == "failed"
    assert ben.run("wipe", "--yes").status == REFUSED


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["securemsg:abc", "def"], ["chat", "securemsg:abc", "def"]),
        (["--home", "x", "SECUREMSG:ABC"], ["--home", "x", "chat", "SECUREMSG:ABC"]),
        (["add", "securemsg:abc"], ["add", "securemsg:abc"]),
        (["contacts"], ["contacts"]),
        ([], []),
    ],
)
def test_an_invitation_alone_begins_the_first_run(words: list[str], read: list[str]) -> None:
    """CL-40: as it is pasted behind the name of the program, wrapped or not."""
    assert with_command(words) == read
