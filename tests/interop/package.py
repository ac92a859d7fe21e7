"""The package DoubleRatchet with the parameters that the specification of the Double Ratchet recommends."""

import struct
from typing import Final

from doubleratchet import DoubleRatchet, EncryptedMessage, Header
from doubleratchet.recommended import (
    HashFunction,
    aead_aes_hmac,
    diffie_hellman_ratchet_curve25519,
    kdf_hkdf,
    kdf_separate_hmacs,
)

ROOT_INFO: Final = b"interoperation root"
CHAIN_CONSTANT: Final = b"\x02\x01"
"""What HMAC makes the next chain key and the message key of (Double Ratchet, section 7.2)."""

MAX_SKIP: Final = 1_000


class Aead(aead_aes_hmac.AEAD):
    """AES-256-CBC with HMAC, under keys of HKDF."""

    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"interoperation body"


class _Root(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return ROOT_INFO


class _Chain(kdf_separate_hmacs.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256


class _Ratchet(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: Header) -> bytes:
        return associated(associated_data, header)


def associated(binding: bytes, header: Header) -> bytes:
    """Return what a body is authenticated with."""
    return binding + struct.pack(
        ">32sII", header.ratchet_pub, header.previous_sending_chain_length, header.sending_chain_length
    )


_CURVE: Final = diffie_hellman_ratchet_curve25519.DiffieHellmanRatchet


class Package:
    """One end that is the package's."""

    def __init__(self, root: bytes, binding: bytes, *, prekey: bytes) -> None:
        """Agree on `root`; `prekey` is our private one, or the public one of the other end."""
        self._root, self._binding, self._prekey = root, binding, prekey
        self._ratchet: _Ratchet | None = None

    async def begin(self, content: bytes) -> EncryptedMessage:
        """Say the first thing as the initiator."""
        self._ratchet, message = await _Ratchet.encrypt_initial_message(
            _CURVE, _Root, _Chain, CHAIN_CONSTANT, MAX_SKIP, 2 * MAX_SKIP, Aead,
            self._root, self._prekey, content, self._binding,
        )  # fmt: skip
        return message

    @property
    def heard(self) -> bool:
        """Whether this end can say something."""
        return self._ratchet is not None

    async def seal(self, content: bytes) -> EncryptedMessage:
        """Say something."""
        assert self._ratchet is not None
        return await self._ratchet.encrypt_message(content, self._binding)

    async def open(self, message: EncryptedMessage) -> bytes:
        """Hear something, as the responder also the first thing."""
        if self._ratchet is not None:
            return await self._ratchet.decrypt_message(message, self._binding)
        self._ratchet, content = await _Ratchet.decrypt_initial_message(
            _CURVE, _Root, _Chain, CHAIN_CONSTANT, MAX_SKIP, 2 * MAX_SKIP, Aead,
            self._root, self._prekey, message, self._binding,
        )  # fmt: skip
        return content
