"""Addresses and tokens as people copy them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.kdf import sha256
from securemsg.errors import LocalError
from securemsg.mailbox.address import RelayAddress, split_host_port
from securemsg.mailbox.tokens import Invitation, SendToken
from tests.support.entropy import SeededEntropy

PIN = sha256(b"a relay")
TEXT = base64.urlsafe_b64encode(PIN).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("relay.example.org:7443", "relay.example.org", 7443),
        ("relay.example.org", "relay.example.org", 7443),
        ("localhost:1", "localhost", 1),
        ("127.0.0.1:65535", "127.0.0.1", 65_535),
        ("[::1]:443", "::1", 443),
        ("[2001:db8::7]", "2001:db8::7", 7443),
        ("  xn--bcher-kva.example:9 ", "xn--bcher-kva.example", 9),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int) -> None:
    """MB-2."""
    address = RelayAddress.parse(f"{text.rstrip()}#{TEXT}" + " " * text.endswith(" "))
    assert address == RelayAddress(host, port, PIN)
    assert RelayAddress.parse(address.text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "relay.example.org:7443",
        f"#{TEXT}",
        f"host:1#{TEXT}=",
        f"host:1#{TEXT[:-1]}",
        f"host:1#{TEXT[:-1]}\xe9",
        f"host:1#{TEXT}#{TEXT}",
        f"host:1#{TEXT[:-1]}{chr(ord(TEXT[-1]) + 1)}",
    ],
)
def test_what_is_not_an_address_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(LocalError) as refusal:
        RelayAddress.parse(text)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "where",
    [
        ":7443",
        "host:0",
        "host:65536",
        "host:99999999",
        "host:\uff17",
        "host:-1",
        "::1:443",
        "[::1",
        "[host]:1",
        "1.2.3:1",
        "1.2.3.256:1",
        "ho st:1",
        "-host:1",
        "host/:1",
        f"{'a' * 64}:1",
        "user@host:1",
        "https://host:1",
        "host\x1b[2J:1",
        "h\u00f6st:1",
    ],
)
def test_a_host_or_port_that_cannot_be_is_refused(where: str) -> None:
    with pytest.raises(LocalError):
        RelayAddress.parse(f"{where}#{TEXT}")


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (RelayAddress.parse, split_host_port, Invitation.parse):
        try:
            read(text)
        except LocalError:
            continue


def test_where_to_listen_may_be_any_port() -> None:
    assert split_host_port("127.0.0.1:0") == ("127.0.0.1", 0)
    assert split_host_port("[::]:7443") == ("::", 7443)
    for text in ("127.0.0.1", "127.0.0.1:65536", ":1", "127.0.0.1:1#"):
        with pytest.raises(LocalError):
            split_host_port(text)


def test_an_invitation_survives_being_copied() -> None:
    invitation = Invitation.make(SeededEntropy())
    assert Invitation.parse(f" {invitation.text}\n") == invitation
    assert invitation.text not in repr(invitation)
    with pytest.raises(LocalError):
        Invitation.parse(invitation.text[:-1])


def test_a_relay_is_given_the_hash_of_a_token() -> None:
    """MB-3."""
    token = SendToken(bytes(32))
    assert token.hash == sha256(bytes(32))
