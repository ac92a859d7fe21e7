"""03-identity.json against securemsg.identity (ID-1..10)."""

from __future__ import annotations

import pytest

from securemsg.crypto import x25519
from securemsg.crypto.signature import HybridPublicKey, HybridSigningKey
from securemsg.identity.account import Account
from securemsg.identity.card import Card
from securemsg.identity.certificate import DeviceStatement, account_id_of, verify_certificate
from securemsg.identity.invitation import parse_invitation
from securemsg.identity.link import LinkVersionError, parse_link
from securemsg.identity.safety import (
    CodeVersionError,
    parse_verification,
    safety_number,
    verification_text,
)
from securemsg.ids import AccountId, DeviceId
from securemsg.instant import Instant
from securemsg.wire.codec import decode
from tests.vectors.reading import Vector, vectors

IDENTITY = "03-identity"


@vectors(IDENTITY, "account")
def test_an_account_is_known_by_this_id(vector: Vector) -> None:
    key = HybridSigningKey(vector.octets("seeds"))
    assert key.public().encoded == vector.octets("public")
    assert account_id_of(key.public()) == vector.octets("account_id")


@vectors(IDENTITY, "certificate", valid=True)
def test_a_certificate_is_accepted_for_what_it_says(vector: Vector) -> None:
    certificate = verify_certificate(vector.octets("certificate"))
    fields = vector["fields"]
    assert certificate.account_id == vector.octets("account_id")
    assert certificate.encoded == vector.octets("certificate")
    assert statement(certificate) == expected_statement(vector)
    assert certificate.account_public.encoded.hex() == fields["account_public"]


@vectors(IDENTITY, "certificate", valid=True)
def test_a_certificate_of_ours_signs_the_same_body(vector: Vector) -> None:
    account = Account(HybridSigningKey(vector.octets("account_seeds")))
    ours = account.certify(expected_statement(vector))
    body, _ = decode(ours.encoded, len(ours.encoded))
    assert body == bytes.fromhex(vector["fields"]["body"])


def expected_statement(vector: Vector) -> DeviceStatement:
    fields = vector["fields"]
    return DeviceStatement(
        device_id=DeviceId(bytes.fromhex(fields["device"])),
        device_public=HybridPublicKey.parse(bytes.fromhex(fields["device_public"])),
        identity_key=x25519.PublicKey.parse(bytes.fromhex(fields["identity_key"])),
        name=fields["name"],
        created_at=Instant(fields["created_ms"]),
        list_version=fields["list_version"],
    )


def statement(certificate: DeviceStatement) -> DeviceStatement:
    names = ("device_id", "device_public", "identity_key", "name", "created_at", "list_version")
    return DeviceStatement(**{name: getattr(certificate, name) for name in names})


@vectors(IDENTITY, "certificate", valid=False)
def test_a_certificate_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        verify_certificate(vector.octets("certificate"))


@vectors(IDENTITY, "link", valid=True)
def test_a_link_carries_this(vector: Vector) -> None:
    link, fields = parse_link(vector["text"]), vector["fields"]
    found = (link.account_id, link.pin, link.mailbox, link.secret.expose())
    assert found == tuple(bytes.fromhex(fields[name]) for name in ("account", "pin", "mailbox", "secret"))
    assert (link.port, link.host) == (fields["port"], fields["host"])
    if vector["canonical"]:
        assert link.text == vector["text"]
        assert link.qr_text == vector["text"].upper()
    if "token" in vector.fields:
        assert link.token.expose() == vector.octets("token")
        assert link.shelf.expose() == vector.octets("shelf")


@vectors(IDENTITY, "link", valid=False)
def test_a_link_with_one_fault_is_refused_for_the_right_reason(vector: Vector) -> None:
    with pytest.raises(vector.error) as refused:
        parse_link(vector["text"])
    assert isinstance(refused.value, LinkVersionError) is (vector["reason"] == "version")


@vectors(IDENTITY, "invitation", valid=True)
def test_an_invitation_carries_this(vector: Vector) -> None:
    invitation = parse_invitation(vector["text"])
    assert invitation.link == parse_link(vector["link"])
    assert (invitation.token, invitation.name) == (vector.octets("token"), vector["name"])
    if vector["canonical"]:
        assert invitation.text == vector["text"]
        assert invitation.qr_text == vector["text"].upper()


@vectors(IDENTITY, "invitation", valid=False)
def test_an_invitation_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        parse_invitation(vector["text"])


@vectors(IDENTITY, "card", valid=True)
def test_a_card_has_this_encoding(vector: Vector) -> None:
    card, fields = Card.decode(vector.octets("bytes")), vector["fields"]
    assert card.encode() == vector.octets("bytes")
    assert (card.name, card.host, card.port) == (fields["name"], fields["host"], fields["port"])
    found = (card.pin, card.mailbox, card.token.expose(), card.shelf.expose())
    assert found == tuple(bytes.fromhex(fields[name]) for name in ("pin", "mailbox", "token", "shelf"))


@vectors(IDENTITY, "card", valid=False)
def test_a_card_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        Card.decode(vector.octets("bytes"))


@vectors(IDENTITY, "safety")
def test_two_accounts_have_this_safety_number(vector: Vector) -> None:
    mine, theirs = AccountId(vector.octets("mine")), AccountId(vector.octets("theirs"))
    assert safety_number(mine, theirs) == vector["number"]
    assert vector["mine_digits"] in {vector["number"][:30], vector["number"][30:]}
    assert verification_text(mine, theirs) == vector["qr"]
    assert parse_verification(vector["qr"]) == (mine, theirs)


@vectors(IDENTITY, "scanned")
def test_a_scanned_text_that_is_no_code_is_refused_for_the_right_reason(vector: Vector) -> None:
    with pytest.raises(vector.error) as refused:
        parse_verification(vector["text"])
    assert isinstance(refused.value, CodeVersionError) is (vector["reason"] == "version")
