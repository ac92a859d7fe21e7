"""The limit: what the primitives of a message cost when nothing stands between them."""

from hashlib import shake_256
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base

from bench.sessions import entropy

NONCE: Final = bytes(12)
BLOCK: Final = bytes(1_024)
HEADER: Final = bytes(52)
BINDING: Final = bytes(65)
ASSOCIATED: Final = bytes(193)


class Bare:
    """The calls of C that a message cannot do without."""

    def __init__(self) -> None:
        """Make the keys."""
        self._header = AESGCM(entropy(32))
        self._key = entropy(32)
        self._public = crypto_scalarmult_base(self._key)

    def messages(self, count: int) -> None:
        """Seal and open in one chain: header, body, a hash, and two more for three messages."""
        for number in range(count):
            entropy(28)
            sealed = self._header.encrypt(NONCE, HEADER, BINDING)
            self._hashes(number)
            body = AESGCM(self._key).encrypt(NONCE, BLOCK, ASSOCIATED)
            self._header.decrypt(NONCE, sealed, BINDING)
            self._hashes(number)
            AESGCM(self._key).decrypt(NONCE, body, ASSOCIATED)

    def turns(self, count: int) -> None:
        """Do the same with two agreements and a key pair for each message."""
        for _ in range(count):
            crypto_scalarmult_base(self._key)
            crypto_scalarmult(self._key, self._public)
            crypto_scalarmult(self._key, self._public)
            self.messages(1)

    def _hashes(self, number: int) -> None:
        if number % 3 == 0:
            shake_256(self._key).digest(128)
            shake_256(self._key).digest(128)
        shake_256(BINDING).digest(64)
