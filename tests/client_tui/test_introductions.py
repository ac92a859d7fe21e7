"""Adding a contact from a link: first what the link says, then the contact, if the person wants it (T23)."""

from contextlib import closing
from pathlib import Path

import pytest
import segno

from client_tui.demo.stage import PASSPHRASE, staged
from client_tui.text.introduction import introduction
from securemsg.client.views import Trust
from securemsg.errors import LocalError
from securemsg.identity.access import LinkSecret
from securemsg.identity.invitation import InvitationLink
from securemsg.identity.link import ContactLink
from securemsg.identity.safety import verification_text
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


def test_line_by_line_a_picture_of_a_code_is_as_good_as_what_it_says(tmp_path: Path) -> None:
    """T23, ID-14."""
    for name, text in (("link", LINK.qr_text), ("other", "https://evil.example/")):
        segno.make(text, error="l", micro=False).save(str(tmp_path / f"{name}.png"), scale=3)
    said = talked(
        f"/add {tmp_path}/link.png",
        f"/add {tmp_path}/other.png",
        "/add yes",
        f"/add {tmp_path}/link.png",
        "/add yes",
        f"/to {ACCOUNT}",
        f"/verify {tmp_path}/link.png",
        f"/verify {tmp_path}/nothing.png",
    )
    wanted = (
        "none of this program",
        ACCOUNT,
        "Give the link first",
        f"Added: {ACCOUNT[:8]}",
        "is a contact link",
        "no such file",
    )
    assert [words for words in wanted if words not in said] == []
    assert "evil" not in said.replace("other.png", "")


def camille(folder: Path) -> Person:
    """Return the one whose home is staged in a folder."""
    secret = folder / "secret"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    return Person("camille", folder / "home", secret)


def test_on_a_terminal_the_command_asks_and_elsewhere_it_does_not(tmp_path: Path) -> None:
    """T23: a script gets what it asked for."""
    staged(tmp_path / "home").close()
    person = camille(tmp_path)
    for answer, status in (("n", 1), ("y", 0)):
        arguments = person.command("add", LINK.text, "--name", "Mallory")[3:]
        with client_on_pty(*arguments, SECUREMSG_LANGUAGE="en") as terminal:
            terminal.until(ACCOUNT)
            terminal.until("Type y")
            terminal.write(f"{answer}\n".encode())
            assert terminal.end() == status
    assert person.run("add", LINK.text, "--name", "Mal").lines[0]["contact"] == "Mal"


def test_commands_take_pictures_of_codes(tmp_path: Path) -> None:
    """T23, ID-14: a link to add, a number to compare; neither decides anything."""
    with closing(staged(tmp_path / "home")) as profile:
        own = AccountId(bytes.fromhex(profile.own().account))
    person = camille(tmp_path)
    pictures = [tmp_path / name for name in ("link.png", "same.png", "other.png", "ours.png")]
    texts = (
        LINK.qr_text,
        verification_text(LINK.account_id, own),
        verification_text(AccountId(bytes(32)), own),
        verification_text(own, LINK.account_id),
    )
    for picture, text in zip(pictures, texts, strict=True):
        segno.make(text, error="l", micro=False).save(str(picture), scale=3)
    link, same, other, ours = map(str, pictures)
    assert person.run("add", link, "--name", "Mal").lines[0]["account"] == "5a" * 32
    for taken, words in ((other, "of another safety number"), (ours, "your own screen")):
        refused = person.run("verify", "Mal", "--picture", taken, "--mark")
        assert (refused.status, words in refused.stderr) == (1, True)
    nothing = person.run("verify", "Mal", "--picture", "", "--mark")
    assert (nothing.status, "no such file" in nothing.stderr) == (1, True)
    compared = person.run("verify", "Mal", "--picture", same)
    assert (compared.lines[0]["trust"], "is the same" in compared.stderr) == (Trust.FIRST_SEEN.value, True)
