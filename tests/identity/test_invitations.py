"""Invitations: everything a newcomer needs in one text (Spec: ID-13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import LocalError
from securemsg.identity.access import LinkSecret
from securemsg.identity.invitation import InvitationLink, parse_invitation
from securemsg.identity.link import ContactLink
from securemsg.ids import AccountId, MailboxId

LINK = ContactLink(
    AccountId(b"a" * 32), "relay.example.org", 7443, b"p" * 32, MailboxId(b"m" * 16), LinkSecret(b"s" * 32)
)
NAMES = (
    st.text(max_size=16)
    .filter(lambda name: len(name.encode(errors="replace")) <= 64)
    .filter(lambda name: not any(0xD800 <= ord(letter) < 0xE000 for letter in name))
)


@given(st.sampled_from([b"", b"t" * 16]), NAMES)
def test_an_invitation_says_what_was_put_in(token: bytes, name: str) -> None:
    """ID-13: however it was wrapped, and in the case of a QR code too."""
    invitation = InvitationLink(LINK, token, name)
    for text in (invitation.text, invitation.qr_text):
        wrapped = "\n ".join(text[start : start + 40] for start in range(0, len(text), 40))
        assert parse_invitation(wrapped) == invitation


def test_a_contact_link_is_an_invitation_without_token_and_name() -> None:
    assert parse_invitation(LINK.text) == InvitationLink(LINK)


@given(st.integers(0, 10_000), st.characters(min_codepoint=0x21, max_codepoint=0x17F))
def test_no_changed_character_goes_unnoticed(place: int, letter: str) -> None:
    """ID-13, ID-6: the link and what follows it are checked."""
    text = InvitationLink(LINK, b"t" * 16, "Claire").text
    at = place % len(text)
    if letter.casefold() != text[at]:
        with pytest.raises(LocalError):
            parse_invitation(text[:at] + letter + text[at + 1 :])


@given(st.text(max_size=200) | st.text("abcdefghijklmnopqrstuvwxyz234567=.", max_size=200))
def test_anything_may_follow_the_link(tail: str) -> None:
    """ID-13: hostile texts are refused with a sentence."""
    with pytest.raises(LocalError):
        parse_invitation(f"{LINK.text}.{tail}")


def test_the_tail_of_another_invitation_is_refused() -> None:
    """ID-13: a token is not moved to another relay unnoticed."""
    other = ContactLink(LINK.account_id, "evil.example.org", 7443, LINK.pin, LINK.mailbox, LINK.secret)
    coded = InvitationLink(LINK, b"t" * 16, "Claire").text.rpartition(".")[2]
    with pytest.raises(LocalError):
        parse_invitation(f"{other.text}.{coded}")
