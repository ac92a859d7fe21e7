"""Adding a contact from a link: first what the link says, then the contact, if the person wants it (T23)."""

from pathlib import Path

import pytest

from client_tui.demo.stage import PASSPHRASE, staged
from client_tui.text.introduction import introduction
from securemsg.errors import LocalError
from securemsg.identity.access import LinkSecret
from securemsg.identity.invitation import InvitationLink
from securemsg.identity.link import ContactLink
from securemsg.ids import AccountId, MailboxId
from tests.client_tui.hostile_text import ATTACKS, OBEYED
from tests.client_tui.ptys import client_on_pty
from tests.client_tui.test_plain import talked
from tests.support.programs import Person

LINK = ContactLink(
    AccountId(b"\x5a" * 32),
    "relay.invalid",
    7443,
    bytes(32),
    MailboxId(b"\x01" * 16),
    LinkSecret(b"\x02" * 32),
)
ACCOUNT = "5a" * 8


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_link_tells_account_relay_and_a_name_that_nobody_checked(attack: str) -> None:
    """T23, T05: whoever made it chose the name."""
    assert introduction(LINK.text) == [
        f"The link is of the account {ACCOUNT} at the relay relay.invalid:7443."
    ]
    name = attack.encode()[:64].decode(errors="ignore")
    first, second = introduction(InvitationLink(LINK, name=name).text)
    assert ACCOUNT in first
    assert second.endswith("; nobody has checked that.")
    assert not OBEYED.search(second)
    assert "\n" not in second


@pytest.mark.parametrize("text", ["", "hello", "securemsg:aaaa", LINK.text[:-1]])
def test_what_is_no_link_says_nothing(text: str) -> None:
    with pytest.raises(LocalError):
        introduction(text)


def test_line_by_line_a_contact_is_added_when_one_says_yes() -> None:
    """T23."""
    said = talked("/add yes", f"/add {LINK.text}", f"/to {ACCOUNT}", "/add yes", f"/to {ACCOUNT}", "/add yes")
    wanted = (
        "Give the link first",
        f"The link is of the account {ACCOUNT} at the relay relay.invalid:7443.",
        "/add yes",
        "There is no such contact",
        f"Added: {ACCOUNT[:8]}",
        f"To {ACCOUNT[:8]}",
        "Give the link first",
    )
    place = 0
    for words in wanted:
        assert words in said[place:], f"{words!r} is not in {said[place:]}"
        place = said.index(words, place) + len(words)


def test_on_a_terminal_the_command_asks_and_elsewhere_it_does_not(tmp_path: Path) -> None:
    """T23: a script gets what it asked for."""
    staged(tmp_path / "home").close()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    person = Person("camille", tmp_path / "home", secret)
    for answer, status in (("n", 1), ("y", 0)):
        arguments = person.command("add", LINK.text, "--name", "Mallory")[3:]
        with client_on_pty(*arguments, SECUREMSG_LANGUAGE="en") as terminal:
            terminal.until(ACCOUNT)
            terminal.until("Type y")
            terminal.write(f"{answer}\n".encode())
            assert terminal.end() == status
    assert person.run("add", LINK.text, "--name", "Mal").lines[0]["contact"] == "Mal"
