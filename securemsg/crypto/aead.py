"""Authenticated encryption: AES-256-GCM in protocols, XChaCha20-Poly1305 at rest."""

from typing import final

from cryptography.exceptions import InvalidTag as InvalidTag  # noqa: PLC0414  # for the hot path
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from securemsg.crypto.entropy import Entropy
from securemsg.errors import AuthenticationError, LocalError

KEY_WIDTH = 32
"""Bytes of a key of either cipher."""

NONCE_WIDTH = 12
"""Bytes of an AES-256-GCM nonce."""

TAG_WIDTH = 16
"""Bytes by which a ciphertext is longer than its plaintext."""

ZERO_NONCE = bytes(NONCE_WIDTH)
"""The nonce of a key that seals once (Spec: PR-12)."""

AesGcm = AESGCM
"""The cipher as it comes, for a path that cuts keys and nonces to width itself, and is hot."""

_LONG_NONCE_WIDTH = 24

XCHACHA_OVERHEAD = _LONG_NONCE_WIDTH + TAG_WIDTH
"""Bytes by which what `xchacha_seal` returns is longer than the plaintext (Spec: PR-14)."""


@final
class Gcm:
    """AES-256-GCM under one key; making one costs as much as sealing, so keep it (Spec: PR-12)."""

    __slots__ = ("_cipher", "bare_seal")

    def __init__(self, key: bytes) -> None:
        """Take a 32-byte key; raises `LocalError` for another width."""
        if len(key) != KEY_WIDTH:
            raise LocalError(f"an AES-256 key must be {KEY_WIDTH} bytes")
        self._cipher = AESGCM(key)
        self.bare_seal = self._cipher.encrypt
        """What `seal` calls: for a path that cuts its nonces itself, and is hot."""

    def seal(self, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Return the ciphertext, 16 bytes longer than `plaintext`.

        The nonce has 12 bytes and is never used twice under this key; raises
        `LocalError` for another width.
        """
        if len(nonce) != NONCE_WIDTH:
            raise LocalError(f"a nonce must be {NONCE_WIDTH} bytes")
        return self._cipher.encrypt(nonce, plaintext, associated)

    def open(self, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """Return the plaintext of `ciphertext`; raises `AuthenticationError`."""
        plaintext = self.try_open(nonce, ciphertext, associated)
        if plaintext is None:
            raise AuthenticationError("refused")
        return plaintext

    def try_open(self, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes | None:
        """Return the plaintext of `ciphertext`, or `None` where another key may fit."""
        if len(nonce) != NONCE_WIDTH:
            return None
        try:
            return self._cipher.decrypt(nonce, ciphertext, associated)
        except InvalidTag:
            return None


def open_once(key: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """Open what a 32-byte key sealed that seals nothing else, with the zero nonce (Spec: PR-12).

    Raises `AuthenticationError`.
    """
    if len(key) != KEY_WIDTH:
        raise LocalError(f"an AES-256 key must be {KEY_WIDTH} bytes")
    try:
        return AESGCM(key).decrypt(ZERO_NONCE, ciphertext, associated)
    except InvalidTag:
        raise AuthenticationError("refused") from None


def xchacha_seal(key: bytes, plaintext: bytes, associated: bytes, entropy: Entropy) -> bytes:
    """Return `nonce[24] || ciphertext` under a 32-byte key, 40 bytes longer than `plaintext`.

    Raises `LocalError` for another width of key.

    Spec: PR-14.
    """
    _check_key(key)
    nonce = entropy(_LONG_NONCE_WIDTH)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, nonce, key)


def xchacha_open(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Return the plaintext that `xchacha_seal` put into `sealed`.

    Raises `AuthenticationError`, and `LocalError` for a key that is not of 32 bytes.

    Spec: PR-14.
    """
    _check_key(key)
    if len(sealed) < XCHACHA_OVERHEAD:
        raise AuthenticationError("refused")
    nonce, ciphertext = sealed[:_LONG_NONCE_WIDTH], sealed[_LONG_NONCE_WIDTH:]
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, associated, nonce, key)
    except CryptoError:
        raise AuthenticationError("refused") from None


def _check_key(key: bytes) -> None:
    if len(key) != KEY_WIDTH:
        raise LocalError(f"an XChaCha20 key must be {KEY_WIDTH} bytes")
