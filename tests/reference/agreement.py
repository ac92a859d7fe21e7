"""04, HS-7 to HS-11: the transcript, the secret, the opening."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference import hpke
from tests.reference.curve25519 import check_x25519, x25519
from tests.reference.envelopes import Opening, pad_opening, unpad_opening
from tests.reference.identity import MAX_CERTIFICATE, U32
from tests.reference.primitives import NO_SALT, h, kdf
from tests.reference.values import MAX_INTEGER, array, binary, decode, encode, exactly, unsigned

ONE_TIME, LAST_RESORT = 1, 2
INFO = b"securemsg/1/opening"


class Party(NamedTuple):
    """One end as the transcript names it."""

    account: bytes
    device: bytes
    signed: bytes  # the initiator's certificate, the responder's manifest body


class Offer(NamedTuple):
    """The keys of the transcript, in its order."""

    signed_prekey: bytes
    kem_kind: int
    kem: bytes
    one_time: bytes | None
    ephemeral: bytes
    ciphertext: bytes


class Agreed(NamedTuple):
    """What the handshake hands to the ratchet, with the steps on the way."""

    transcript: bytes
    t: bytes
    sk: bytes
    sk_ec: bytes
    sk_pq: bytes
    a_0: bytes
    hk_a: bytes
    nhk_b: bytes


def transcript(a: Party, b: Party, offer: Offer, opened_ms: int, card: bytes) -> bytes:
    """HS-8, suite 1."""
    optional = b"\0" if offer.one_time is None else b"\1" + offer.one_time
    return b"".join(
        (
            (1).to_bytes(2, "big"),
            a.account,
            a.device,
            h(b"certificate", a.signed),
            b.account,
            b.device,
            h(b"manifest", b.signed),
            offer.signed_prekey,
            bytes([offer.kem_kind]),
            offer.kem,
            optional,
            offer.ephemeral,
            offer.ciphertext,
            opened_ms.to_bytes(8, "big"),
            h(b"card", card),
        )
    )


def initiator_dhs(identity: bytes, ephemeral: bytes, b_identity: bytes, offer: Offer) -> list[bytes]:
    """HS-7 with A's private keys: DH1 to DH3, and DH4 where there is a one-time key."""
    first = [
        x25519(identity, offer.signed_prekey),
        x25519(ephemeral, b_identity),
        x25519(ephemeral, offer.signed_prekey),
    ]
    return first if offer.one_time is None else [*first, x25519(ephemeral, offer.one_time)]


def responder_dhs(
    identity: bytes, prekey: bytes, one_time: bytes | None, peer: tuple[bytes, bytes]
) -> list[bytes]:
    """HS-7 with B's private keys; `peer` is A's (identity key, ephemeral key)."""
    first = [x25519(prekey, peer[0]), x25519(identity, peer[1]), x25519(prekey, peer[1])]
    return first if one_time is None else [*first, x25519(one_time, peer[1])]


def agree(full_transcript: bytes, dhs: list[bytes], shared: bytes) -> Agreed:
    """HS-8: SK and its split."""
    t = h(b"transcript", full_transcript)
    sk = kdf(NO_SALT, b"".join(dhs) + shared, b"pqxdh" + t, 64)
    split = kdf(NO_SALT, sk, b"split", 160)
    return Agreed(full_transcript, t, sk, *(split[at : at + 32] for at in range(0, 160, 32)))


class Inner(NamedTuple):
    """What an opening seals, after the version (HS-11)."""

    certificate: bytes
    generation: int
    signed_prekey_id: int
    kem_kind: int
    kem_id: int
    ephemeral: bytes
    ciphertext: bytes
    opened_ms: int
    card: bytes
    message: bytes

    def encoded(self) -> bytes:
        """Give the bytes that are padded and sealed."""
        return encode([1, *self])


def read_inner(raw: bytes) -> Inner:
    """Read what was sealed."""
    value = array(decode(raw, 32766), 11, 11)
    unsigned(value[0], 1, 1)
    kind = unsigned(value[4], ONE_TIME, LAST_RESORT)
    inner = Inner(
        binary(value[1], 0, MAX_CERTIFICATE),
        unsigned(value[2], 1, U32),
        unsigned(value[3], 1, U32),
        kind,
        unsigned(value[5], 1, MAX_INTEGER if kind == ONE_TIME else U32),
        exactly(value[6], 32),
        exactly(value[7], 1568),
        unsigned(value[8], 0, MAX_INTEGER),
        binary(value[9], 0, 32766),
        binary(value[10], 0, 32766),
    )
    check_x25519(inner.ephemeral)
    return inner


def hint(sealing_key: bytes) -> bytes:
    """HS-11."""
    return h(b"hint", sealing_key)[:8]


def seal_opening(sealing_key: bytes, plaintext: bytes, randomness: bytes) -> bytes:
    """Give the encoded opening envelope around an encoded inner structure."""
    sealed = hpke.seal(sealing_key, INFO, pad_opening(plaintext), randomness)
    return Opening(hint(sealing_key), sealed).encoded()


def open_opening(sealing_private: bytes, opening: Opening) -> Inner:
    """Open an opening envelope with the private sealing key."""
    return read_inner(unpad_opening(hpke.open_sealed(sealing_private, INFO, opening.sealed)))
