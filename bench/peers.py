"""The peers of the library's benchmarks, called as their users call them: vodozemac and DoubleRatchet."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

import vodozemac
from doubleratchet import DoubleRatchet, EncryptedMessage, Header
from doubleratchet.recommended import (
    HashFunction,
    aead_aes_hmac,
    diffie_hellman_ratchet_curve25519,
    kdf_hkdf,
    kdf_separate_hmacs,
)

from bench.sessions import entropy
from securemsg.crypto.x25519 import PrivateKey

_T = TypeVar("_T")
LOOP: Final = asyncio.new_event_loop()


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run what DoubleRatchet declares asynchronous; it never waits."""
    return LOOP.run_until_complete(coroutine)


@dataclass
class Vodozemac:
    """Two Olm sessions that have both spoken."""

    ann: vodozemac.Session
    ben: vodozemac.Session

    @classmethod
    def fresh(cls) -> Self:
        """Return the ends of a new session."""
        first, second = vodozemac.Account(), vodozemac.Account()
        second.generate_one_time_keys(1)
        (one_time,) = second.one_time_keys.values()
        ann = first.create_outbound_session(second.curve25519_key, one_time)
        opening = ann.encrypt(b"hello").to_pre_key()
        if opening is None:
            raise TypeError
        ben, _ = second.create_inbound_session(first.curve25519_key, opening)
        ann.decrypt(ben.encrypt(b"hello"))
        return cls(ann, ben)

    def chain(self, content: bytes, count: int) -> None:
        """Send `count` messages one way."""
        for _ in range(count):
            self.ben.decrypt(wire(self.ann.encrypt(content)))

    def ping_pong(self, content: bytes, count: int) -> None:
        """Send `count` messages, changing the direction with each."""
        for _ in range(count // 2):
            self.ben.decrypt(wire(self.ann.encrypt(content)))
            self.ann.decrypt(wire(self.ben.encrypt(content)))


def wire(message: vodozemac.AnyOlmMessage) -> vodozemac.AnyOlmMessage:
    """Take a message through the bytes that travel."""
    return vodozemac.AnyOlmMessage.from_parts(*message.to_parts())


class _Root(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_512

    @staticmethod
    def _get_info() -> bytes:
        return b"bench root"


class _Chain(kdf_separate_hmacs.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256


class _Aead(aead_aes_hmac.AEAD):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_512

    @staticmethod
    def _get_info() -> bytes:
        return b"bench aead"


class _Ratchet(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: Header) -> bytes:
        numbers = header.previous_sending_chain_length.to_bytes(8, "big")
        return associated_data + header.ratchet_pub + numbers + header.sending_chain_length.to_bytes(8, "big")


@dataclass
class PythonRatchet:
    """Two ends of the package DoubleRatchet."""

    ann: DoubleRatchet
    ben: DoubleRatchet

    @classmethod
    def fresh(cls) -> Self:
        """Return the ends of a new session."""
        ratchet = diffie_hellman_ratchet_curve25519.DiffieHellmanRatchet
        prekey, shared = PrivateKey.generate(entropy), entropy(32)
        common: dict[str, Any] = {
            "diffie_hellman_ratchet_class": ratchet,
            "root_chain_kdf": _Root,
            "message_chain_kdf": _Chain,
            "message_chain_constant": b"\x01\x02",
            "dos_protection_threshold": 1_000,
            "max_num_skipped_message_keys": 2_000,
            "aead": _Aead,
            "shared_secret": shared,
            "associated_data": b"bench",
        }
        ann, opening = run(
            _Ratchet.encrypt_initial_message(
                recipient_ratchet_pub=prekey.public(), message=b"hello", **common
            )
        )
        ben, _ = run(
            _Ratchet.decrypt_initial_message(own_ratchet_priv=prekey.expose(), message=opening, **common)
        )
        return cls(ann, ben)

    def chain(self, content: bytes, count: int) -> None:
        """Send `count` messages one way."""
        run(self._chain(content, count))

    async def _chain(self, content: bytes, count: int) -> None:
        for _ in range(count):
            message: EncryptedMessage = await self.ann.encrypt_message(content, b"bench")
            await self.ben.decrypt_message(message, b"bench")
