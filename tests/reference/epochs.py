"""05, section 5: the keys of an epoch, from the secret of one exchange of ML-KEM-1024."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.hybrid import check_kem_public, decapsulate, encapsulate, kem_public
from tests.reference.primitives import NO_SALT, block_step, h, kdf, long_prf, prf
from tests.reference.refusal import AUTHENTICATION, require

KEM_LENGTH = 1568


class Roots(NamedTuple):
    """What the KEM ratchet holds of its highest epoch: P and A, and the chain keys while nobody has them."""

    root: bytes
    ab: bytes
    ba: bytes


class Exchanged(NamedTuple):
    """Everything that comes out of one epoch (KR-2)."""

    h: bytes
    k: bytes
    authenticator: bytes
    confirmation: bytes
    ct_tag: bytes
    root: bytes
    ab: bytes
    ba: bytes


def u32(number: int) -> bytes:
    """Give four bytes."""
    return number.to_bytes(4, "big")


def first_roots(sk_pq: bytes) -> Roots:
    """KR-1: epoch 0."""
    output = kdf(NO_SALT, sk_pq, b"pq/init", 96)
    return Roots(output[:32], output[32:64], output[64:])


def epoch_step(chain: bytes) -> tuple[bytes, bytes]:
    """KR-4: the chain key after a message, and the message's key."""
    return block_step(chain, b"pq/chain")


def ek_tag(authenticator: bytes, sid: bytes, epoch: int, ek: bytes) -> bytes:
    """KR-2: the tag of EK_e under A of the epoch before."""
    return prf(authenticator, b"kem/ek", sid + u32(epoch) + ek)[0]


def exchange(
    root: bytes, authenticator: bytes, names: tuple[bytes, int], exchanged: tuple[bytes, ...]
) -> Exchanged:
    """KR-2; `names` is (sid, e) and `exchanged` (ek, ct, ss)."""
    sid, epoch = names
    ek, ct, shared = exchanged
    digest = h(b"kem/exchange", ek + ct)
    output = long_prf(authenticator, b"kem/epoch", u32(epoch) + digest + shared, 96)
    k, following, confirmation = output[:32], output[32:64], output[64:]
    tag = prf(confirmation, b"kem/ct", sid + u32(epoch))[0]
    keys = long_prf(root, b"pq/epoch", u32(epoch) + k, 96)
    return Exchanged(digest, k, following, confirmation, tag, keys[:32], keys[32:64], keys[64:])


def make_ek(authenticator: bytes, sid: bytes, epoch: int, seed: bytes) -> bytes:
    """Give EK_e of the pair with this seed."""
    ek = kem_public(seed)
    return ek + ek_tag(authenticator, sid, epoch, ek)


def answer(
    root: bytes, authenticator: bytes, names: tuple[bytes, int], whole: bytes, message: bytes
) -> tuple[Exchanged, bytes, bytes]:
    """The encapsulator with a whole EK_e, or a refusal: (epoch, CT_e, ss); `message` is m of FIPS 203."""
    ek, tag = whole[:KEM_LENGTH], whole[KEM_LENGTH:]
    require(AUTHENTICATION, tag == ek_tag(authenticator, *names, ek))
    check_kem_public(ek)
    shared, ct = encapsulate(ek, message)
    made = exchange(root, authenticator, names, (ek, ct, shared))
    return made, ct + made.ct_tag, shared


def finish(
    root: bytes, authenticator: bytes, names: tuple[bytes, int], seed: bytes, whole: bytes
) -> Exchanged:
    """The generator with a whole CT_e, or a refusal."""
    ct, tag = whole[:KEM_LENGTH], whole[KEM_LENGTH:]
    made = exchange(root, authenticator, names, (kem_public(seed), ct, decapsulate(seed, ct)))
    require(AUTHENTICATION, tag == made.ct_tag)
    return made


def code(authenticator: bytes, sid: bytes, epoch: int) -> bytes:
    """KR-10: 60 bytes."""
    return long_prf(authenticator, b"kem/code", sid + u32(epoch), 60)


def digits(raw: bytes) -> str:
    """KR-10: the sixty digits that people compare."""
    groups = [int.from_bytes(raw[at : at + 5], "big") for at in range(0, 60, 5)]
    return "".join(f"{group % 100_000:05}" for group in groups)
