"""The key derivations of the KEM ratchet, all of them."""

from dataclasses import dataclass, field
from hashlib import shake_256

from securemsg.crypto.kdf import digest, kdf, prefix, prf, prf_bytes, same
from securemsg.crypto.secret import guarded
from securemsg.ids import SessionId
from securemsg.ratchet.chains import BLOCK_WIDTH
from securemsg.ratchet.keys import Authenticator, ChainKey, EpochRoot, EpochSeed
from securemsg.ratchet.role import Role

CODE_WIDTH = 60
"""Bytes of an epoch's code, one for each digit (Spec: KR-10)."""

_WIDTH = 32
EPOCH_PREFIX = prefix(b"pq/chain")


@dataclass(frozen=True, slots=True)
class Chains:
    """The first chain keys of an epoch."""

    from_initiator: ChainKey
    from_responder: ChainKey

    def sealed_by(self, role: Role) -> ChainKey:
        """Return the chain in the direction of one side."""
        return self.from_initiator if role is Role.INITIATOR else self.from_responder


def first_epoch(seed: EpochSeed) -> tuple[EpochRoot, Chains]:
    """Return the root and the chains of epoch 0 (Spec: KR-1)."""
    # P_0 || C_0^AB || C_0^BA = KDF(0, SK_pq, "pq/init", 96)
    return _split(kdf(b"", seed.expose(), b"pq/init", 3 * _WIDTH))


def next_epoch(root: EpochRoot, secret: bytes, epoch: int) -> tuple[EpochRoot, Chains]:
    """Return the root and the chains of an epoch, of the root before it and k_e (Spec: KR-2)."""
    # P_e || C_e^AB || C_e^BA = PRF(P_{e-1}, "pq/epoch", u32 e || k_e, 96)
    return _split(prf_bytes(root.expose(), b"pq/epoch", _u32(epoch) + secret, 3 * _WIDTH))


def epoch_step(chain: bytes) -> tuple[bytes, bytes]:
    """Return the chain after a message, and pq_mk (32 bytes), the message's key (Spec: KR-4)."""
    if len(chain) == _WIDTH:
        # C' || pq_mk_6 || ... || pq_mk_0 = PRF(C, "pq/chain", "", 256)
        chain = shake_256(EPOCH_PREFIX + chain).digest(BLOCK_WIDTH)
    return chain[:-_WIDTH], chain[-_WIDTH:]


def key_tag(authenticator: Authenticator, session: SessionId, epoch: int, key: bytes) -> bytes:
    """Return the tag of an encapsulation key, 32 bytes (Spec: KR-2)."""
    # tag = PRF(A_{e-1}, "kem/ek", sid || u32 e || ek), first half
    return prf(authenticator.expose(), b"kem/ek", session + _u32(epoch) + key)[0]


@guarded
@dataclass(frozen=True, slots=True)
class Mixed:
    """What an encapsulated secret gives (Spec: KR-2)."""

    secret: bytes = field(repr=False)
    """k_e, 32 bytes."""

    authenticator: Authenticator
    """A_e."""

    tag: bytes = field(repr=False)
    """Behind the ciphertext, 32 bytes."""

    def confirms(self, tag: bytes) -> bool:
        """Whether the peer's tag proves the same secret."""
        return same(self.tag, tag)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The public half of an epoch: the encapsulation key and the ciphertext, 1,568 bytes each."""

    session: SessionId
    epoch: int
    key: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)

    def mix(self, authenticator: Authenticator, shared: bytes) -> Mixed:
        """Mix in the encapsulated secret, 32 bytes, under the authenticator before (Spec: KR-2)."""
        # h = H("kem/exchange", ek || ct)
        hashed = digest(b"kem/exchange", self.key + self.ciphertext)
        # k_e || A_e || F_e = PRF(A_{e-1}, "kem/epoch", u32 e || h || ss, 96)
        mixed = _u32(self.epoch) + hashed + shared
        derived = prf_bytes(authenticator.expose(), b"kem/epoch", mixed, 3 * _WIDTH)
        # tag = PRF(F_e, "kem/ct", sid || u32 e), first half
        tag, _ = prf(derived[2 * _WIDTH :], b"kem/ct", self.session + _u32(self.epoch))
        return Mixed(derived[:_WIDTH], Authenticator(derived[_WIDTH : 2 * _WIDTH]), tag)


def epoch_code(authenticator: Authenticator, session: SessionId, epoch: int) -> bytes:
    """Return the 60 bytes of an epoch's code (Spec: KR-10)."""
    # code_e = PRF(A_e, "kem/code", sid || u32 e, 60)
    return prf_bytes(authenticator.expose(), b"kem/code", session + _u32(epoch), CODE_WIDTH)


def code_digits(code: bytes) -> str:
    """Return the 60 digits of a code that two people compare (Spec: KR-10)."""
    # 12 groups of 5 bytes, each modulo 100,000
    groups = (int.from_bytes(code[at : at + 5], "big") % 100_000 for at in range(0, CODE_WIDTH, 5))
    return "".join(f"{group:05d}" for group in groups)


def _split(derived: bytes) -> tuple[EpochRoot, Chains]:
    chains = Chains(ChainKey(derived[_WIDTH : 2 * _WIDTH]), ChainKey(derived[2 * _WIDTH :]))
    return EpochRoot(derived[:_WIDTH]), chains


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")
