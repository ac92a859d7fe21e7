"""No relay can have a client sign or encrypt for it what means something to another client."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.client.creation import NewProfile, _new_owner
from securemsg.client.upkeep import token_hash
from securemsg.crypto.ed25519 import PublicKey, SigningKey, signed_bytes
from securemsg.crypto.kdf import sha256
from securemsg.crypto.signature import HybridSigningKey
from securemsg.errors import AuthenticationError
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.client import ClientConnection, Greeted
from securemsg.mailbox.hello import sign_proof
from securemsg.mailbox.limits import Limits
from securemsg.mailbox.relay import RelayConnection
from securemsg.mailbox.requests import Create, values
from securemsg.store.owner import Owner
from securemsg.wire.codec import encode
from tests.identity.people import NOW
from tests.support.entropy import SeededEntropy

RELAY = SigningKey(bytes(range(32)))
DIGEST = bytes(range(32, 64))


def owner() -> Owner:
    """Return all that a new profile makes."""
    address = RelayAddress("127.0.0.1", 7443, sha256(RELAY.public()))
    return _new_owner(NewProfile("Ann", address.text), NOW, SeededEntropy(29))


def secrets(owner: Owner) -> dict[str, bytes]:
    account, device = owner.account.signing.expose(), owner.device.signing.expose()
    return {
        "account, Ed25519": account[:32],
        "account, ML-DSA": account[32:],
        "device, Ed25519": device[:32],
        "device, ML-DSA": device[32:],
        "device, agreement": owner.device.identity_key.expose(),
        "mailbox": owner.mailbox_key.expose(),
        "link": owner.link.secret.expose(),
        "link, token": owner.link.token.expose(),
        "link, shelf": owner.link.shelf.expose(),
    }


def test_no_key_of_a_new_profile_has_two_uses() -> None:
    """K29: account, device, mailbox and link share no secret and no part of one."""
    for (first, one), (second, other) in itertools.combinations(secrets(owner()).items(), 2):
        assert not any(one[at : at + 8] in other for at in range(25)), (first, second)


def test_no_key_that_a_relay_sees_means_anything_to_a_contact_and_none_the_other_way() -> None:
    """K29, MB-3: the mailbox key stands in no certificate or link, the others in no registration."""
    new = owner()
    registration = Create(new.link.mailbox, new.mailbox_key.public(), (token_hash(new.link.token),), None)
    to_relay = encode(values(1, registration))
    assert registration.owner_key in to_relay
    to_contacts = new.device.certificate.encoded + new.link.secret.expose() + new.link.shelf.expose()
    for name, secret in secrets(new).items():
        assert secret not in to_relay, name
    assert registration.owner_key not in to_contacts
    for public in (new.account.signing.public(), new.device.signing.public()):
        assert public.encoded[:32] not in to_relay


@pytest.mark.parametrize("text", [b"prove/manifest", b"device\0manifest", b"prove\0\0prove"])
def test_no_byte_moves_between_label_and_body(text: bytes) -> None:
    """K29, PR-9, PR-11: wherever a text is divided, other bytes are signed."""
    labels = [text[:at] for at in range(len(text) + 1) if b"\0" not in text[:at]]
    assert len({signed_bytes(label, text[len(label) :]) for label in labels}) == len(labels) > 5


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_no_body_makes_two_labels_meet(first: bytes, second: bytes) -> None:
    """K29, PR-9, PR-11: whatever a relay chooses."""
    labels = (b"device", b"manifest", b"relay-hello", b"prove")
    signed = {signed_bytes(label, body) for label in labels for body in (first, second)}
    assert len(signed) == len(labels) * len({first, second})


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_proof_is_no_signature_of_anything_else(identity: bytes, challenge: bytes) -> None:
    """K29, MB-5: though the relay chose identity and challenge, and even if one seed had both uses."""
    seed, mailbox = bytes(range(32)), bytes(16)
    proof = sign_proof(SigningKey(seed), identity, challenge, mailbox)
    careless = HybridSigningKey(seed + bytes(32))
    key = PublicKey.parse(careless.public().encoded[:32])
    key.verify(b"prove", identity + challenge + mailbox, proof)
    for label in (b"device", b"manifest", b"relay-hello"):
        genuine = careless.sign(label, identity + challenge + mailbox)
        with pytest.raises(AuthenticationError):
            key.verify(label, identity + challenge + mailbox, proof)
        with pytest.raises(AuthenticationError):
            careless.public().verify(label, identity + challenge + mailbox, proof + genuine[64:])


def greeted(relay_key: SigningKey, challenge: bytes) -> ClientConnection:
    """Return a client that was greeted by a relay which chose its challenge."""
    entropy = SeededEntropy(5)
    relay = RelayConnection(relay_key, DIGEST, Limits(), lambda _count: challenge)
    client = ClientConnection(sha256(relay_key.public()), DIGEST, entropy)
    relay.receive_data(client.start())
    relay.next_event()
    client.receive_data(relay.greet(Instant(0)))
    assert isinstance(client.next_event(), Greeted)
    return client


@given(st.binary(min_size=32, max_size=32))
def test_a_proof_for_one_relay_is_none_for_another(challenge: bytes) -> None:
    """K29, MB-5: a relay that passes on another's challenge gets a proof with its own identity inside."""
    new, other = owner(), SigningKey(bytes(32))
    mailbox = new.link.mailbox
    proof = greeted(other, challenge).proof(mailbox, new.mailbox_key).signature
    public = new.mailbox_key.public()
    public.verify(b"prove", other.public() + challenge + mailbox, proof)
    with pytest.raises(AuthenticationError):
        public.verify(b"prove", RELAY.public() + challenge + mailbox, proof)
    with pytest.raises(AuthenticationError):
        public.verify(b"prove", other.public() + challenge + MailboxId(bytes(16)), proof)
