"""The first frame of each side, and why the client believes the relay's (Spec: MB-2)."""

from dataclasses import dataclass, field
from typing import Final, Self

from securemsg.crypto.ed25519 import PUBLIC_WIDTH, SIGNATURE_WIDTH, PublicKey, SigningKey
from securemsg.crypto.kdf import same, sha256
from securemsg.errors import FrameError
from securemsg.instant import LAST_INSTANT, SECOND, Instant
from securemsg.mailbox.errors import VersionError, WrongRelayError
from securemsg.mailbox.limits import Limits
from securemsg.wire.codec import Encodable, encode
from securemsg.wire.fields import Fields

VERSION: Final = 1
"""The only version there is."""

NONCE_WIDTH: Final = 32
"""Bytes of the client's nonce and of the relay's challenge."""

CLIENT_HELLO: Final = 1
RELAY_HELLO: Final = 128

_LAST_VERSION: Final = 2**16
_LAST_SECOND: Final = LAST_INSTANT // SECOND
_LABEL: Final = b"relay-hello"
_PROOF_LABEL: Final = b"prove"


@dataclass(frozen=True, slots=True)
class ClientHello:
    """The versions that a client offers, and its nonce (32 bytes)."""

    lowest_version: int
    highest_version: int
    nonce: bytes = field(repr=False)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take what follows the type; raises `FrameError`."""
        hello = cls(fields.uint(_LAST_VERSION), fields.uint(_LAST_VERSION), fields.binary(NONCE_WIDTH))
        fields.end()
        if hello.lowest_version > hello.highest_version:
            raise FrameError("a range of versions ends before it begins")
        return hello

    def encode(self) -> bytes:
        """The value of the frame."""
        return encode((CLIENT_HELLO, self.lowest_version, self.highest_version, self.nonce))


@dataclass(frozen=True, slots=True)
class RelayHello:
    """Who the relay is (32 bytes), its challenge (32 bytes), limits, clock (s), and its signature."""

    version: int
    identity: bytes = field(repr=False)
    challenge: bytes = field(repr=False)
    limits: Limits
    time: int
    signature: bytes = field(repr=False)

    @classmethod
    def answer(
        cls, hello: ClientHello, key: SigningKey, session: tuple[bytes, bytes], told: tuple[Limits, Instant]
    ) -> Self:
        """Sign for one client; `session` is the digest of our certificate's key and our challenge.

        `told` is what it may use and what our clock shows.

        Raises `VersionError` when the client does not offer our version.

        Spec: MB-2
        """
        if not hello.lowest_version <= VERSION <= hello.highest_version:
            raise VersionError("the client offers no version of ours")
        spki_digest, challenge = session
        identity, limits, time = key.public(), told[0], told[1] // SECOND
        body = _signed(hello.nonce, spki_digest, challenge, (VERSION, identity, limits.values(), time))
        return cls(VERSION, identity, challenge, limits, time, key.sign(_LABEL, body))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take what follows the type; raises `FrameError`."""
        hello = cls(
            fields.uint(_LAST_VERSION),
            fields.binary(PUBLIC_WIDTH),
            fields.binary(NONCE_WIDTH),
            Limits.read(fields),
            fields.uint(_LAST_SECOND),
            fields.binary(SIGNATURE_WIDTH),
        )
        fields.end()
        return hello

    def encode(self) -> bytes:
        """The value of the frame."""
        limits = self.limits.values()
        return encode(
            (RELAY_HELLO, self.version, self.identity, self.challenge, limits, self.time, self.signature)
        )

    def verify(self, nonce: bytes, spki_digest: bytes, pin: bytes) -> None:
        """Judge the relay; `spki_digest` is of the certificate that the connection really showed.

        Raises `WrongRelayError` for another identity than the pin's, `AuthenticationError`
        for a signature that does not fit, `VersionError` for a version we did not offer.

        Spec: MB-2
        """
        if not same(sha256(self.identity), pin):
            raise WrongRelayError("another relay answered than the one of this address")
        told = (self.version, self.identity, self.limits.values(), self.time)
        body = _signed(nonce, spki_digest, self.challenge, told)
        PublicKey.parse(self.identity).verify(_LABEL, body, self.signature)
        if self.version != VERSION:
            raise VersionError("the relay speaks a version that was not offered")


def sign_proof(key: SigningKey, identity: bytes, challenge: bytes, mailbox: bytes) -> bytes:
    """Prove to one relay on one connection that we own a mailbox; 64 bytes (Spec: MB-5)."""
    return key.sign(_PROOF_LABEL, identity + challenge + mailbox)


def verify_proof(key: PublicKey, session: tuple[bytes, bytes], mailbox: bytes, signature: bytes) -> None:
    """Judge a proof made for `session` (identity, challenge); raises `AuthenticationError` (Spec: MB-5)."""
    identity, challenge = session
    key.verify(_PROOF_LABEL, identity + challenge + mailbox, signature)


def _signed(nonce: bytes, spki_digest: bytes, challenge: bytes, told: tuple[Encodable, ...]) -> bytes:
    # nonce || SHA-256(SubjectPublicKeyInfo) || challenge || encode([version, identity, limits, time])
    return nonce + spki_digest + challenge + encode(told)
