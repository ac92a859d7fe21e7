"""Contact links: text that people type, paste and scan."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.kdf import digest
from securemsg.errors import LocalError
from securemsg.identity.access import LinkSecret, SendToken, ShelfKey
from securemsg.identity.link import ContactLink, LinkVersionError, parse_link
from securemsg.ids import AccountId, MailboxId
from tests.reference import identity as reference
from tests.support.entropy import SeededEntropy

HOSTS = ("relay.example", "192.0.2.7", "2001:db8::7", "x" * 253, "my_host-1")

links = st.builds(
    ContactLink,
    account_id=st.binary(min_size=32, max_size=32).map(AccountId),
    host=st.sampled_from(HOSTS),
    port=st.integers(1, 65535),
    pin=st.binary(min_size=32, max_size=32),
    mailbox=st.binary(min_size=16, max_size=16).map(MailboxId),
    secret=st.binary(min_size=32, max_size=32).map(LinkSecret),
)

LINK = ContactLink(
    AccountId(bytes(range(32))),
    "relay.example",
    7443,
    bytes(range(32, 64)),
    MailboxId(bytes(range(16))),
    LinkSecret.generate(SeededEntropy()),
)
HEAD = b"\x01" + LINK.account_id + LINK.pin + LINK.mailbox + LINK.secret.expose()


def written(raw: bytes) -> str:
    """Return the link text of `raw` with a proper check."""
    checked = raw + digest(b"link", raw)[:4]
    return "securemsg:" + base64.b32encode(checked).decode().rstrip("=").lower()


@given(links)
def test_a_link_comes_back_as_it_was(link: ContactLink) -> None:
    assert parse_link(link.text) == link
    assert parse_link(link.qr_text) == link


@given(links)
def test_a_link_reads_as_in_the_second_implementation(link: ContactLink) -> None:
    """ID-6, ID-7."""
    other = reference.Link(
        link.account_id, link.pin, link.mailbox, link.secret.expose(), link.port, link.host
    )
    assert reference.link_text(other) == link.text
    assert link.token == SendToken(reference.link_token(link.secret.expose()))
    assert link.shelf == ShelfKey(reference.link_shelf(link.secret.expose()))


def test_a_qr_code_may_carry_the_link_in_its_compact_mode() -> None:
    """ID-6: upper-case letters, digits and the colon."""
    alphanumeric = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert set(LINK.qr_text) <= alphanumeric
    assert LINK.text == LINK.qr_text.lower()


def test_case_and_white_space_do_not_matter() -> None:
    """ID-6: a pasted link may be wrapped."""
    wrapped = "\n  ".join(LINK.text[at : at + 60] for at in range(0, len(LINK.text), 60))
    for text in (f"  {wrapped}\r\n", LINK.text.title(), LINK.text.replace(":", " :\t\u00a0")):
        assert parse_link(text) == LINK


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_told_before_anything_else_is_read(version: int) -> None:
    """E17."""
    for raw in (
        bytes((version,)),
        bytes((version,)) + HEAD[1:],
        bytes((version,)) + b"of any length and check",
    ):
        with pytest.raises(LinkVersionError, match="newer version"):
            parse_link("securemsg:" + base64.b32encode(raw).decode().rstrip("="))


@pytest.mark.parametrize(
    "text",
    ["", "securemsg", "https://relay.example/", "hello", LINK.text[10:], "\u017fecuremsg:" + LINK.text[10:]],
)
def test_what_is_no_link_is_said_to_be_none(text: str) -> None:
    with pytest.raises(LocalError, match="not a contact link"):
        parse_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "securemsg:",
        "securemsg:a",
        "securemsg:ae",
        LINK.text + "=",
        LINK.text + "======",
        LINK.text + "a",
        LINK.text * 2,
        LINK.text.replace(":", "::"),
        LINK.text[:-1],
        LINK.text + " " * 4096,
    ],
)
def test_a_damaged_link_is_said_to_be_damaged(text: str) -> None:
    with pytest.raises(LocalError, match="damaged") as caught:
        parse_link(text)
    assert type(caught.value) is LocalError


def test_every_truncation_is_refused() -> None:
    """E01, E02."""
    for length in range(len(LINK.text)):
        with pytest.raises(LocalError):
            parse_link(LINK.text[:length])


def test_a_changed_character_is_noticed() -> None:
    text = LINK.text
    for place in range(len(text)):
        for character in "aAzZ27018=:; \u00e9\u0131\0":
            changed = text[:place] + character + text[place + 1 :]
            if changed.lower() == text:
                assert parse_link(changed) == LINK
            else:
                with pytest.raises(LocalError):
                    parse_link(changed)


def test_two_exchanged_characters_are_noticed() -> None:
    text = LINK.text
    for place in range(10, len(text) - 1):
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        if swapped != text:
            with pytest.raises(LocalError):
                parse_link(swapped)


def test_unused_bits_at_the_end_have_one_spelling() -> None:
    """E25."""
    last = LINK.text[-1]
    assert len(LINK.text[10:]) % 8 != 0, "this link ends in a character with unused bits"
    spellings = [c for c in "abcdefghijklmnopqrstuvwxyz234567" if c != last]
    for character in spellings:
        with pytest.raises(LocalError):
            parse_link(LINK.text[:-1] + character)


@pytest.mark.parametrize(
    "host", [b"", b"x" * 254, b"\xc3\xa9.example", b"a b", b"a\x1b[2J", b"a\n", b"a/b", b"[::1]"]
)
def test_a_host_that_is_none_is_refused(host: bytes) -> None:
    """N21: no control character gets into a log through a host."""
    with pytest.raises(LocalError, match="damaged"):
        parse_link(written(HEAD + b"\x1d\x13" + host))


def test_port_zero_is_refused() -> None:
    assert parse_link(written(HEAD + b"\x00\x01" + b"h")).port == 1
    with pytest.raises(LocalError, match="damaged"):
        parse_link(written(HEAD + b"\x00\x00" + b"h"))


@pytest.mark.parametrize(
    ("host", "port", "pin"),
    [("", 1, bytes(32)), ("a b", 1, bytes(32)), ("h", 0, bytes(32)), ("h", 1, bytes(31))],
)
def test_a_link_to_no_relay_cannot_be_made(host: str, port: int, pin: bytes) -> None:
    with pytest.raises(LocalError):
        ContactLink(LINK.account_id, host, port, pin, LINK.mailbox, LINK.secret)


@given(st.text(max_size=100))
def test_noise_is_refused(noise: str) -> None:
    for text in (noise, "securemsg:" + noise):
        with pytest.raises(LocalError):
            parse_link(text)


def test_token_and_shelf_key_are_independent_of_each_other_and_of_the_secret() -> None:
    """ID-7, K29: the relay learns the token, and from it neither shelf key nor secret."""
    assert len({LINK.secret.expose(), LINK.token.expose(), LINK.shelf.expose()}) == 3


def test_a_link_does_not_print_what_it_grants() -> None:
    """N22."""
    shown = repr(LINK)
    assert "relay.example" not in shown
    assert repr(LINK.secret.expose())[2:12] not in shown
