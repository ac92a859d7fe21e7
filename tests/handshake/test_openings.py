"""Openings as they arrive: unsealed, answered, refused, repeated."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.x25519 import PrivateKey
from securemsg.errors import AuthenticationError, FrameError
from securemsg.handshake.errors import OwnDevice, UnknownPrekey
from securemsg.handshake.initiator import initiate
from securemsg.handshake.responder import (
    MAX_SEEN,
    LastResortUsed,
    OneTimeUsed,
    fingerprint,
    respond,
    unseal_opening,
)
from securemsg.identity.access import SendToken, ShelfKey
from securemsg.identity.card import Card
from securemsg.identity.certificate import DeviceStatement
from securemsg.identity.device import Device
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.wire import envelope
from securemsg.wire.envelope import MAX_ENVELOPE, Opening
from securemsg.wire.messages.opening import KemKind, KeyChoice, OpeningContent
from securemsg.wire.padding import BLOCKS
from tests.handshake.parties import (
    ALICE,
    BOB,
    MALLORY,
    answered,
    opened_session,
    opening,
    prekeys,
    privates,
    publication,
    resealed,
    unsealed,
)
from tests.identity.people import NOW, account
from tests.support.entropy import SeededEntropy

INITIATION = opened_session()
INNER = unsealed(opening(INITIATION)).inner
CARD = Card(
    "Alice", "h" * 253, 7443, bytes(32), MailboxId(bytes(16)), SendToken(bytes(32)), ShelfKey(bytes(32))
)


def test_an_opening_tells_who_how_to_answer_and_what() -> None:
    """HS-11."""
    opened = unsealed(opening(opened_session(card=CARD), b"a message"))
    assert opened.certificate == ALICE.certificate
    assert opened.claimed_card == CARD
    assert opened.message == b"a message"
    assert unsealed(opening(INITIATION)).claimed_card is None


@pytest.mark.parametrize("block", BLOCKS)
def test_every_message_fits_an_opening_with_the_largest_card(block: int) -> None:
    """WI-8, WI-10: whatever its size."""
    message = envelope.encode(envelope.Message(bytes(80), bytes(16), bytes(32), bytes(block + 16)))
    initiation = opened_session(card=dataclasses.replace(CARD, name="x" * 64))
    whole = envelope.encode(opening(initiation, message))
    assert len(whole) <= MAX_ENVELOPE
    arrived = envelope.decode(whole)
    assert isinstance(arrived, Opening)
    assert unsealed(arrived).message == message


def test_an_opening_to_no_key_of_ours_is_refused() -> None:
    """HS-12: also one sealed to a key that is dead; nobody can tell whose it is."""
    with pytest.raises(AuthenticationError):
        unseal_opening(opening(INITIATION), privates("alice").sealing.get)


def test_an_opening_under_a_wrong_hint_is_refused() -> None:
    other = privates("alice").sealing
    arrived = Opening(next(iter(other)), opening(INITIATION).sealed)
    with pytest.raises(AuthenticationError):
        unseal_opening(arrived, other.get)


@given(st.integers(0, 17_519), st.integers(1, 255))
def test_damage_to_what_is_sealed_is_refused(place: int, change: int) -> None:
    sealed = bytearray(opening(INITIATION).sealed)
    sealed[place] ^= change
    with pytest.raises(AuthenticationError):
        unsealed(Opening(opening(INITIATION).hint, bytes(sealed)))


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(AuthenticationError):
        unsealed(Opening(opening(INITIATION).hint, noise))


@pytest.mark.parametrize("plaintext", [b"", b"x", bytes(16_384), b"\xff" * 16_384, bytes(32_768)])
def test_a_sealed_block_that_is_none_is_refused(plaintext: bytes) -> None:
    """E23, WI-8: after authentication."""
    sealing = publication().weekly.sealing
    sealed = sealing.key.public().seal(b"securemsg/1/opening", plaintext)
    with pytest.raises(FrameError):
        unsealed(Opening(sealing.hint, sealed))


def test_what_was_sealed_for_another_purpose_is_no_opening() -> None:
    """K29."""
    sealing = publication().weekly.sealing
    sealed = sealing.key.public().seal(b"securemsg/1/something else", bytes(16_384))
    with pytest.raises(AuthenticationError):
        unsealed(Opening(sealing.hint, sealed))


@pytest.mark.parametrize("card", [b"x", bytes(600), CARD.encode() + b"\0", CARD.encode()[:-1]])
def test_a_malformed_card_is_refused(card: bytes) -> None:
    with pytest.raises(FrameError):
        unsealed(resealed(dataclasses.replace(INNER, card=card)))


@pytest.mark.parametrize("certificate", [b"", b"x", ALICE.certificate.encoded[:-1], bytes(9_000)])
def test_a_malformed_certificate_is_refused(certificate: bytes) -> None:
    with pytest.raises(FrameError):
        unsealed(resealed(dataclasses.replace(INNER, certificate=certificate)))


def test_a_certificate_that_does_not_verify_is_refused() -> None:
    """HS-12, K13: either half of its signature."""
    for place in (-1, -3_373):
        broken = bytearray(ALICE.certificate.encoded)
        broken[place] ^= 1
        with pytest.raises(AuthenticationError):
            unsealed(resealed(dataclasses.replace(INNER, certificate=bytes(broken))))


@pytest.mark.parametrize(
    "choice", [KeyChoice(2, 1, KemKind.ONE_TIME, 1), KeyChoice(1, 2, KemKind.ONE_TIME, 1)]
)
def test_an_opening_that_names_another_generation_or_prekey_is_refused(choice: KeyChoice) -> None:
    """HS-12: neither exists."""
    with pytest.raises(UnknownPrekey):
        respond(BOB, unsealed(resealed(dataclasses.replace(INNER, choice=choice))), privates())


@pytest.mark.parametrize(
    "changed",
    [
        dataclasses.replace(INNER, certificate=MALLORY.certificate.encoded),
        dataclasses.replace(INNER, choice=KeyChoice(1, 1, KemKind.LAST_RESORT, 2)),
        dataclasses.replace(INNER, choice=dataclasses.replace(INNER.choice, kem_id=2)),
        dataclasses.replace(INNER, ephemeral=PrivateKey(bytes(range(32))).public()),
        dataclasses.replace(INNER, ciphertext=bytes(1_568)),
        dataclasses.replace(INNER, opened_at=Instant(NOW + 1)),
        dataclasses.replace(INNER, card=CARD.encode()),
    ],
    ids=["certificate", "kem kind", "kem id", "ephemeral", "ciphertext", "opened at", "card"],
)
def test_a_changed_field_makes_a_session_that_nobody_shares(changed: OpeningContent) -> None:
    """K10, K24, K26: no error, but the message inside cannot open in it."""
    true = INITIATION.agreement
    found = respond(BOB, unsealed(resealed(changed)), privates()).agreement
    assert found.session_id != true.session_id
    assert found.root != true.root
    assert found.initiator_header != true.initiator_header
    assert found.responder_header != true.responder_header


def test_who_shows_the_certificate_of_another_does_not_know_the_session() -> None:
    """HS-7: DH1 needs the identity key of the certificate; all that is public is the same."""
    mallory = dataclasses.replace(ALICE, identity_key=MALLORY.identity_key)
    forged = initiate(mallory, prekeys(), None, NOW, SeededEntropy())
    found = answered(forged).agreement
    assert found.session_id == forged.agreement.session_id
    assert found.root != forged.agreement.root
    assert found.initiator_header != forged.agreement.initiator_header
    assert found.responder_header != forged.agreement.responder_header


def test_who_certifies_the_identity_key_of_another_gets_no_session() -> None:
    """K24: Mallory vouches for Alice's public key, and repeats Alice's opening as her own."""
    alice = ALICE.certificate
    statement = DeviceStatement(alice.device_id, alice.device_public, alice.identity_key, "mine", NOW, 1)
    taken = account("mallory").certify(statement)
    found = respond(
        BOB, unsealed(resealed(dataclasses.replace(INNER, certificate=taken.encoded))), privates()
    )
    assert found.agreement.session_id != INITIATION.agreement.session_id
    assert found.agreement.root != INITIATION.agreement.root


def test_a_leaf_is_used_once() -> None:
    """K17, HS-13: a relay that serves it twice is found out by the second opening."""
    kept = privates()
    first = answered(INITIATION, kept)
    assert first.used == OneTimeUsed(publication().leaves[0].leaf_id)
    kept.apply(first.used)
    with pytest.raises(UnknownPrekey):
        answered(opened_session(0, INITIATION.agreement.opened_at), kept)


def test_answering_changes_nothing() -> None:
    """HS-12: until the message inside has authenticated, it can be tried again."""
    kept = privates()
    first, second = answered(INITIATION, kept), answered(INITIATION, kept)
    assert first == second
    assert kept == privates()


@pytest.mark.parametrize("gone", ["hashes", "prekeys", "leaves"])
def test_a_key_that_is_gone_names_the_device_to_answer(gone: str) -> None:
    """K18, HS-12, SE-8: a typed error with which a new session can be opened."""
    kept = privates()
    getattr(kept, gone).clear()
    with pytest.raises(UnknownPrekey) as caught:
        answered(INITIATION, kept)
    assert caught.value.certificate == ALICE.certificate
    assert str(caught.value) == "refused"


def test_a_last_resort_key_that_is_gone_names_the_device_to_answer() -> None:
    """K18."""
    kept = privates()
    kept.last_resorts.clear()
    with pytest.raises(UnknownPrekey):
        answered(opened_session(None), kept)


def test_a_last_resort_opening_is_answered_once_and_others_go_on() -> None:
    """K16, K17, HS-13: its fingerprint joins the set of the key."""
    kept = privates()
    initiation = opened_session(None)
    first = answered(initiation, kept)
    assert isinstance(first.used, LastResortUsed)
    assert first.used.prekey_id == publication().weekly.last_resort.prekey_id
    assert first.used.fingerprint == fingerprint(unsealed(opening(initiation)))
    kept.apply(first.used)
    with pytest.raises(AuthenticationError):
        answered(initiation, kept)
    kept.apply(answered(opened_session(None), kept).used)
    assert kept.seen_count(first.used.prekey_id) == 2


def test_a_full_set_refuses_new_openings_and_forgets_none() -> None:
    """HS-13."""
    kept = privates()
    key = publication().weekly.last_resort.prekey_id
    kept.seen[key] = {number.to_bytes(32, "big") for number in range(MAX_SEEN - 1)}
    last = opened_session(None)
    kept.apply(answered(last, kept).used)
    with pytest.raises(UnknownPrekey):
        answered(opened_session(None), kept)
    with pytest.raises(AuthenticationError):
        answered(last, kept)


def test_the_openings_of_one_session_have_one_fingerprint() -> None:
    """HS-13, SE-5: whatever message they carry; those of two sessions have two."""
    marks = {fingerprint(unsealed(opening(INITIATION, message))) for message in (b"first", b"second")}
    assert len(marks) == 1
    assert fingerprint(unsealed(opening(opened_session(1)))) not in marks


def test_a_device_does_not_answer_itself() -> None:
    """K22, HS-12: an opening reflected, or with one's own certificate."""
    own = unsealed(resealed(dataclasses.replace(INNER, certificate=BOB.certificate.encoded)))
    with pytest.raises(OwnDevice):
        respond(BOB, own, privates())


def test_another_device_of_the_same_account_is_answered() -> None:
    """K22."""
    phone = Device.generate(account("bob"), "phone", NOW, SeededEntropy(7))
    own = unsealed(resealed(dataclasses.replace(INNER, certificate=phone.certificate.encoded)))
    assert respond(BOB, own, privates()).agreement.opened_at == NOW


def test_an_opening_does_not_show_who_it_is_from() -> None:
    """N25: the envelope holds no byte string of the initiator."""
    whole = envelope.encode(opening(opened_session(card=CARD)))
    for told in (ALICE.account_id, ALICE.device_id, INNER.ephemeral, INNER.ciphertext, b"Alice"):
        assert told not in whole
