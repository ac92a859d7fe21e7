"""How each published case goes through our own door to its primitive, and what came of it."""

import functools
import hmac
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from kyber_py.ml_kem import ML_KEM_768

from securemsg.crypto import aead, ed25519, hpke, kdf, kem, mldsa, x25519
from securemsg.errors import AuthenticationError, LocalError
from tests.reference import curve25519, hybrid, primitives
from tests.reference import hpke as reference_hpke
from tests.support.vectors import Case


class Verdict(Enum):
    """What our door did with a case."""

    EQUAL = auto()
    """Took it, and everything that is published about it came out."""

    OTHER = auto()
    """Took it, and something else came out."""

    REFUSED = auto()
    """Raised one of our two errors."""


def door(judge: Callable[[Case], bool]) -> Callable[[Case], Verdict]:
    """Turn our errors, and those alone, into a refusal; the primitives' own end the test."""

    @functools.wraps(judge)
    def judged(case: Case) -> Verdict:
        try:
            return Verdict.EQUAL if judge(case) else Verdict.OTHER
        except (AuthenticationError, LocalError):
            return Verdict.REFUSED

    return judged


@door
def gcm(case: Case) -> bool:
    """Open; and seal again, as two sides must agree."""
    cipher, nonce, associated = aead.Gcm(case.octets("key")), case.octets("iv"), case.octets("aad")
    sealed = case.octets("ct") + case.octets("tag")
    opened = cipher.open(nonce, sealed, associated)
    return opened == case.octets("msg") and cipher.seal(nonce, opened, associated) == sealed


@door
def xchacha(case: Case) -> bool:
    """Open; and seal again with the published nonce as what the generator gave."""
    key, nonce, associated = case.octets("key"), case.octets("iv"), case.octets("aad")
    sealed = nonce + case.octets("ct") + case.octets("tag")
    opened = aead.xchacha_open(key, sealed, associated)
    again = aead.xchacha_seal(key, opened, associated, {len(nonce): nonce}.__getitem__)
    return opened == case.octets("msg") and again == sealed


@door
def ed25519_verify(case: Case) -> bool:
    """Parse the key and verify."""
    key = ed25519.PublicKey.parse(bytes.fromhex(case.group["publicKey"]["pk"]))
    key.verify_exact(case.octets("msg"), case.octets("sig"))
    return True


@door
def mldsa_verify(case: Case) -> bool:
    """Parse the key and verify; where no context is published it is empty."""
    key = mldsa.PublicKey.parse(bytes.fromhex(case.group["publicKey"]))
    key.verify(bytes.fromhex(case.fields.get("ctx", "")), case.octets("msg"), case.octets("sig"))
    return True


@door
def x25519_agree(case: Case) -> bool:
    """Parse the public key and agree."""
    private = x25519.PrivateKey(case.octets("private"))
    return private.agree(x25519.PublicKey.parse(case.octets("public"))) == case.octets("shared")


@door
def kem_keygen(case: Case) -> bool:
    """Expand the seed."""
    return kem.DecapsulationKey(case.octets("seed")).public().encoded == case.octets("ek")


@door
def kem_decapsulate(case: Case) -> bool:
    """Expand the seed and decapsulate."""
    key = kem.DecapsulationKey(case.octets("seed"))
    return key.decapsulate(case.octets("c")) == case.octets("K") and key.public().encoded == case.octets("ek")


@door
def kem_encapsulate(case: Case) -> bool:
    """Parse the public key and encapsulate.

    The library takes no randomness from us (PR-2), hence the published secret and ciphertext
    come from the second implementation; what ours makes, that one opens in test_kem.
    """
    secret, ciphertext = kem.EncapsulationKey.parse(case.octets("ek")).encapsulate()
    widths = (len(secret), len(ciphertext)) == (len(case.octets("K")), len(case.octets("c")))
    published = case.octets("K"), case.octets("c")
    return widths and hybrid.encapsulate(case.octets("ek"), case.octets("m")) == published


@door
def hkdf_sha512(case: Case) -> bool:
    """Derive with the published info as our label, before which `kdf` writes our name.

    The second implementation gives the published output, and with our name before the info what `kdf` gives.
    """
    salt, ikm, info = case.octets("salt"), case.octets("ikm"), case.octets("info")
    size = int(case.fields["size"])
    derived = kdf.kdf(salt, ikm, info, size)
    published = primitives.hkdf("sha512", salt, ikm, info, size) == case.octets("okm")
    return published and derived == primitives.kdf(salt, ikm, info, size)


@door
def hmac_sha512(case: Case) -> bool:
    """Derive with the published key as salt: the tag is then the key that `kdf` expands."""
    prk = hmac.digest(case.octets("key"), case.octets("msg"), "sha512")
    expanded = primitives.hkdf_expand("sha512", prk, b"securemsg/1/label", 64)
    if kdf.kdf(case.octets("key"), case.octets("msg"), b"label", 64) != expanded:
        return False
    if not kdf.same(prk[: case.group["tagSize"] // 8], case.octets("tag")):
        raise AuthenticationError("refused")
    return True


@door
def hkdf_sha256(case: Case) -> bool:
    """Have the second implementation derive, and our HPKE open what it seals with the published info.

    HPKE derives under labels of its own, so that the published output itself never appears.
    """
    size = int(case.fields["size"])
    if size > 255 * 32:
        raise LocalError("more than HKDF has")
    salt, ikm, info = case.octets("salt"), case.octets("ikm"), case.octets("info")
    published = primitives.hkdf("sha256", salt, ikm, info, size) == case.octets("okm")
    return published and _hpke_opens(_Sealed(), info, ikm)


@door
def hmac_sha256(case: Case) -> bool:
    """Compare with the second implementation's HMAC, with which it seals what our HPKE opens."""
    key, message = case.octets("key"), case.octets("msg")
    tag = hmac.digest(key, message, "sha256")[: case.group["tagSize"] // 8]
    if not kdf.same(tag, case.octets("tag")):
        raise AuthenticationError("refused")
    return _hpke_opens(_Sealed(), key, message)


@door
def hpke_mlkem768(case: Case) -> bool:
    """Open what is sealed with the published ciphertext and secret as HPKE's first half."""
    seed = case.octets("seed")
    key = hpke.SealingKey(seed + _PRIVATE)
    first = key.public().encoded[: hpke.PUBLIC_WIDTH - x25519.WIDTH]
    sealed = _Sealed(seed, case.octets("c"), bytes.fromhex(case.fields.get("K", "")))
    return first == case.octets("ek") and _hpke_opens(sealed, b"info", b"plaintext")


@door
def hpke_x25519(case: Case) -> bool:
    """Open what is sealed with the published keys and secret as HPKE's second half."""
    second = _Agreed(case.octets("private"), case.octets("public"), case.octets("shared"))
    return _hpke_opens(_Sealed(agreed=second), b"info", b"plaintext")


_PRIVATE = bytes(range(32))
_SHARE = curve25519.x25519_public(bytes(range(32, 64)))
_SEED = bytes(range(64, 128))
_PQ_SECRET, _PQ_CIPHERTEXT = (
    bytes(part) for part in ML_KEM_768._encaps_internal(ML_KEM_768.key_derive(_SEED)[0], bytes(32))
)


class _Agreed(NamedTuple):
    """HPKE's second half: the receiver's private key, the sender's share, and what they agree on."""

    private: bytes = _PRIVATE
    share: bytes = _SHARE
    secret: bytes = curve25519.x25519(_PRIVATE, _SHARE)


class _Sealed(NamedTuple):
    """HPKE's first half: the receiver's seed, the ciphertext and its secret; and the second."""

    seed: bytes = _SEED
    ciphertext: bytes = _PQ_CIPHERTEXT
    secret: bytes = _PQ_SECRET
    agreed: _Agreed = _Agreed()


def _hpke_opens(sealed: _Sealed, info: bytes, plaintext: bytes) -> bool:
    """Seal by the text of PR-13 with given secrets, and open through our door."""
    private, share, secret = sealed.agreed
    key = hpke.SealingKey(sealed.seed + private)
    static = key.public().encoded[-x25519.WIDTH :]
    shared = reference_hpke.combine(sealed.secret, secret, share, static)
    keys = reference_hpke.schedule(shared, info, reference_hpke.AES_256_GCM)
    ciphertext = primitives.gcm_seal(keys.key, keys.base_nonce, plaintext, b"")
    return key.open(info, sealed.ciphertext + share + ciphertext) == plaintext
