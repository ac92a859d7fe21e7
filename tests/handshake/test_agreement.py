"""What both ends compute from a handshake."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.crypto.secret import Secret
from securemsg.crypto.x25519 import PublicKey
from securemsg.handshake.agreement import Agreement, Exchange, Party, Transcript, agree
from securemsg.ids import AccountId, DeviceId
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire.messages.opening import KemKind
from tests.handshake.parties import ALICE, BOB, answered, opened_session, prekeys, publication
from tests.identity.people import NOW
from tests.reference import agreement as reference
from tests.reference.primitives import h

LEAF = publication().leaves[0].public()
EXCHANGE = Exchange(
    signed_prekey=prekeys().manifest.signed_prekey,
    kem_kind=KemKind.ONE_TIME,
    kem=LEAF.kem,
    one_time=LEAF.one_time,
    ephemeral=opened_session().material.ephemeral,
    ciphertext=opened_session().material.ciphertext,
)
TRANSCRIPT = Transcript(
    Party.initiator(ALICE.certificate),
    Party.responder(BOB.certificate, prekeys().manifest.body_hash),
    EXCHANGE,
    NOW,
    b"a card",
)
SECRETS = [bytes((number,)) * 32 for number in range(5)]

changed_accounts = st.binary(min_size=32, max_size=32).map(AccountId)
changed_devices = st.binary(min_size=16, max_size=16).map(DeviceId)
positions = st.one_of(st.none(), st.integers(0, 63))
instants = st.integers(0, LAST_INSTANT).map(Instant)


@settings(max_examples=30)
@given(positions, instants)
def test_both_sides_agree_on_everything(position: int | None, opened_at: Instant) -> None:
    """HS-7, HS-8, HS-9: with any leaf and without one, at any time."""
    initiation = opened_session(position, opened_at)
    response = answered(initiation)
    assert response.agreement == initiation.agreement
    assert response.agreement.session_id == initiation.agreement.transcript[:32]
    assert response.ratchet_key.key.public() == initiation.ratchet_key
    assert response.agreement.opened_at == opened_at
    assert response.agreement.reduced == (position is None)


def test_two_sessions_have_nothing_in_common() -> None:
    first, second = opened_session(0).agreement, opened_session(1).agreement
    assert first.session_id != second.session_id
    assert not keys_of(first) & keys_of(second)


def test_the_keys_of_a_session_differ_by_purpose() -> None:
    """K29."""
    assert len(keys_of(opened_session().agreement)) == 5


@pytest.mark.parametrize(
    ("kind", "one_time"), [(KemKind.ONE_TIME, LEAF.one_time), (KemKind.LAST_RESORT, None)]
)
def test_the_second_implementation_computes_the_same(kind: KemKind, one_time: PublicKey | None) -> None:
    """HS-8: transcript, secret and split."""
    exchange = dataclasses.replace(EXCHANGE, one_time=one_time, kem_kind=kind)
    body = b"the body of a manifest"
    mine = dataclasses.replace(
        TRANSCRIPT, responder=Party.responder(BOB.certificate, h(b"manifest", body)), exchange=exchange
    )
    theirs = reference.transcript(
        reference.Party(ALICE.account_id, ALICE.device_id, ALICE.certificate.encoded),
        reference.Party(BOB.account_id, BOB.device_id, body),
        reference.Offer(
            *(exchange.signed_prekey, kind, LEAF.kem.encoded, one_time),
            *(exchange.ephemeral, exchange.ciphertext),
        ),
        NOW,
        b"a card",
    )
    assert mine.encode() == theirs
    agreed = reference.agree(theirs, SECRETS[:-1], SECRETS[-1])
    found = agree(mine, SECRETS)
    assert found.transcript == agreed.t
    assert [secret.expose() for secret in secrets_of(found)] == [
        *(agreed.sk_ec, agreed.sk_pq, agreed.a_0, agreed.hk_a, agreed.nhk_b)
    ]


@given(changed_accounts, changed_devices)
def test_the_identities_are_part_of_every_key(account_id: AccountId, device_id: DeviceId) -> None:
    """K24: the same keys and ciphertexts under other names are another session."""

    def others(party: Party) -> list[Party]:
        """Return what `party` is not, in one respect each."""
        return [
            dataclasses.replace(party, account_id=account_id),
            dataclasses.replace(party, device_id=device_id),
            dataclasses.replace(party, document=bytes(64)),
        ]

    for initiator in others(TRANSCRIPT.initiator):
        assert_unrelated(dataclasses.replace(TRANSCRIPT, initiator=initiator))
    for responder in others(TRANSCRIPT.responder):
        assert_unrelated(dataclasses.replace(TRANSCRIPT, responder=responder))


def test_the_direction_is_part_of_every_key() -> None:
    """K23, K24: who opened it matters."""
    assert_unrelated(
        dataclasses.replace(TRANSCRIPT, initiator=TRANSCRIPT.responder, responder=TRANSCRIPT.initiator)
    )


def test_every_public_key_and_its_kind_are_part_of_every_key() -> None:
    """K11: even where the shared secrets are the same, each makes another session."""
    other = publication().leaves[1].public()
    ciphertext = bytes((EXCHANGE.ciphertext[0] ^ 1, *EXCHANGE.ciphertext[1:]))
    for exchange in (
        dataclasses.replace(EXCHANGE, kem=other.kem),
        dataclasses.replace(EXCHANGE, ciphertext=ciphertext),
        dataclasses.replace(EXCHANGE, kem_kind=KemKind.LAST_RESORT),
        dataclasses.replace(EXCHANGE, one_time=None),
        dataclasses.replace(EXCHANGE, one_time=other.one_time),
        dataclasses.replace(EXCHANGE, signed_prekey=other.one_time),
        dataclasses.replace(EXCHANGE, ephemeral=other.one_time),
    ):
        assert_unrelated(dataclasses.replace(TRANSCRIPT, exchange=exchange))
    assert_unrelated(dataclasses.replace(TRANSCRIPT, opened_at=Instant(NOW + 1)))


@given(st.binary(max_size=512).filter(lambda card: card != TRANSCRIPT.card))
def test_the_card_is_part_of_every_key(card: bytes) -> None:
    """HS-8: another one, or none, is another session."""
    assert_unrelated(dataclasses.replace(TRANSCRIPT, card=card))


@pytest.mark.parametrize("at", range(5))
def test_every_shared_secret_is_needed(at: int) -> None:
    """HS-8: who lacks one of DH1 to DH4 and SS computes something else, in the same session id."""
    changed = [*SECRETS[:at], bytes(32), *SECRETS[at + 1 :]] if at else [b"\xff" * 32, *SECRETS[1:]]
    first, second = agree(TRANSCRIPT, SECRETS), agree(TRANSCRIPT, changed)
    assert first.session_id == second.session_id
    assert not keys_of(first) & keys_of(second)


def test_secrets_do_not_print() -> None:
    """N22."""
    agreement = opened_session().agreement
    for secret in secrets_of(agreement):
        assert repr(secret.expose())[2:12] not in repr(agreement)


def secrets_of(agreement: Agreement) -> list[Secret]:
    """Return SK_ec, SK_pq, A_0, HK_a and NHK_b of an agreement."""
    headers = [agreement.initiator_header, agreement.responder_header]
    return [agreement.root, agreement.epoch_seed, agreement.authenticator, *headers]


def keys_of(agreement: Agreement) -> set[bytes]:
    """Return the secrets of an agreement as bytes."""
    return {secret.expose() for secret in secrets_of(agreement)}


def assert_unrelated(changed: Transcript) -> None:
    """Check that the same secrets under another transcript give another session and other keys."""
    first, second = agree(TRANSCRIPT, SECRETS), agree(changed, SECRETS)
    assert first.transcript != second.transcript
    assert first.session_id != second.session_id
    assert not keys_of(first) & keys_of(second)
