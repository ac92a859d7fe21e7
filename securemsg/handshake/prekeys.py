"""Prekeys: the key pairs that a device publishes before anybody writes to it."""

from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.crypto import hpke, kem, x25519
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import digest, digest32
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.envelope import HINT_WIDTH
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import counted
from securemsg.wire.messages.opening import LAST_LEAF_ID

_VERSION: Final = 1
_MAX_RECORD: Final = 256


def sealing_hint(public: hpke.SealingPublicKey) -> bytes:
    """Return the 8 bytes by which an opening names the key that it is sealed to (Spec: HS-11)."""
    # hint = first 8 bytes of H("hint", sealing_key)
    return digest(b"hint", public.encoded)[:HINT_WIDTH]


@final
@dataclass(frozen=True, slots=True)
class Leaf:
    """The public half of a one-time key pair of both kinds (Spec: HS-1)."""

    leaf_id: int
    one_time: x25519.PublicKey
    kem: kem.EncapsulationKey

    @property
    def node(self) -> bytes:
        """The leaf's node in the tree (Spec: HS-2)."""
        # node(leaf) = H32("leaf", u64 leaf_id || x25519 || kem)
        return digest32(b"leaf", self.leaf_id.to_bytes(8, "big") + self.one_time + self.kem.encoded)


@final
@dataclass(frozen=True, slots=True)
class LeafPrivate:
    """The private half of a leaf: dies when the first message of its session authenticates.

    Spec: HS-1, HS-13.
    """

    leaf_id: int
    created_at: Instant
    one_time: x25519.PrivateKey
    kem: kem.DecapsulationKey

    @classmethod
    def generate(cls, leaf_id: int, now: Instant, entropy: Entropy) -> Self:
        """Return a fresh leaf."""
        return cls(leaf_id, now, x25519.PrivateKey.generate(entropy), kem.DecapsulationKey.generate(entropy))

    def public(self) -> Leaf:
        """Return the public half."""
        return Leaf(self.leaf_id, self.one_time.public(), self.kem.public())

    def encode(self) -> bytes:
        """Return the secret record that a store keeps."""
        secrets = (self.one_time.expose(), self.kem.expose())
        return codec.encode([_VERSION, self.leaf_id, self.created_at, *secrets])

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError`."""
        fields = _fields(record)
        leaf = cls(
            counted(fields, LAST_LEAF_ID),
            _instant(fields),
            x25519.PrivateKey(fields.binary(x25519.WIDTH)),
            kem.DecapsulationKey(fields.binary(kem.SEED_WIDTH)),
        )
        fields.end()
        return leaf


@final
@dataclass(frozen=True, slots=True)
class SignedPrekeyPrivate:
    """The private half of a signed prekey: also the responder's first ratchet key (Spec: HS-7)."""

    prekey_id: int
    created_at: Instant
    key: x25519.PrivateKey

    @classmethod
    def generate(cls, prekey_id: int, now: Instant, entropy: Entropy) -> Self:
        """Return a fresh prekey."""
        return cls(prekey_id, now, x25519.PrivateKey.generate(entropy))

    def encode(self) -> bytes:
        """Return the secret record that a store keeps."""
        return codec.encode([_VERSION, self.prekey_id, self.created_at, self.key.expose()])

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError`."""
        fields = _fields(record)
        key = x25519.PrivateKey
        prekey = cls(counted(fields), _instant(fields), key(fields.binary(key.WIDTH)))
        fields.end()
        return prekey


@final
@dataclass(frozen=True, slots=True)
class LastResortPrivate:
    """The private half of a last-resort KEM key, used by many when the leaves are gone (Spec: HS-6)."""

    prekey_id: int
    created_at: Instant
    key: kem.DecapsulationKey

    @classmethod
    def generate(cls, prekey_id: int, now: Instant, entropy: Entropy) -> Self:
        """Return a fresh last-resort key."""
        return cls(prekey_id, now, kem.DecapsulationKey.generate(entropy))

    def encode(self) -> bytes:
        """Return the secret record that a store keeps."""
        return codec.encode([_VERSION, self.prekey_id, self.created_at, self.key.expose()])

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError`."""
        fields = _fields(record)
        key = kem.DecapsulationKey
        prekey = cls(counted(fields), _instant(fields), key(fields.binary(key.WIDTH)))
        fields.end()
        return prekey


@final
@dataclass(frozen=True, slots=True)
class SealingPrivate:
    """The private key to which openings are sealed (Spec: HS-11)."""

    created_at: Instant
    key: hpke.SealingKey
    hint: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hint", sealing_hint(self.key.public()))

    @classmethod
    def generate(cls, now: Instant, entropy: Entropy) -> Self:
        """Return a fresh sealing key."""
        return cls(now, hpke.SealingKey.generate(entropy))

    def encode(self) -> bytes:
        """Return the secret record that a store keeps."""
        return codec.encode([_VERSION, self.created_at, self.key.expose()])

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError`."""
        fields = _fields(record)
        sealing = cls(_instant(fields), hpke.SealingKey(fields.binary(hpke.SEED_WIDTH)))
        fields.end()
        return sealing


def _fields(record: bytes) -> Fields:
    fields = Fields.parse(record, _MAX_RECORD)
    fields.exactly(_VERSION)
    return fields


def _instant(fields: Fields) -> Instant:
    return Instant(fields.uint(LAST_INSTANT))
