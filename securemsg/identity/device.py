"""Devices: what seals and signs on behalf of an account."""

from dataclasses import dataclass
from typing import Final, Self, final

from securemsg.crypto import x25519
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.signature import SEED_WIDTH, HybridSigningKey
from securemsg.errors import FrameError
from securemsg.identity.account import Account
from securemsg.identity.certificate import (
    MAX_CERTIFICATE,
    Certificate,
    DeviceStatement,
    verify_certificate,
)
from securemsg.ids import AccountId, DeviceId
from securemsg.instant import Instant
from securemsg.wire import codec
from securemsg.wire.fields import Fields

_VERSION: Final = 1
_MAX_RECORD: Final = MAX_CERTIFICATE + 128


@final
@dataclass(frozen=True, slots=True)
class Device:
    """This device with its private keys: one signs manifests, one agrees, neither does more.

    Spec: ID-3.
    """

    signing: HybridSigningKey
    identity_key: x25519.PrivateKey
    certificate: Certificate

    @property
    def account_id(self) -> AccountId:
        """The account that vouches for this device."""
        return self.certificate.account_id

    @property
    def device_id(self) -> DeviceId:
        """This device within its account."""
        return self.certificate.device_id

    @classmethod
    def generate(cls, account: Account, name: str, now: Instant, entropy: Entropy) -> Self:
        """Return the first device of `account`; raises `LocalError` for a name of more than 64 bytes."""
        signing, identity_key = HybridSigningKey.generate(entropy), x25519.PrivateKey.generate(entropy)
        statement = DeviceStatement(
            device_id=DeviceId(entropy(DeviceId.WIDTH)),
            device_public=signing.public(),
            identity_key=identity_key.public(),
            name=name,
            created_at=now,
            list_version=1,
        )
        return cls(signing, identity_key, account.certify(statement))

    def is_described_by(self, certificate: Certificate) -> bool:
        """Tell whether `certificate` is one of this very device (Spec: HS-10)."""
        theirs = (certificate.account_id, certificate.device_id)
        return theirs == (self.account_id, self.device_id)

    def encode(self) -> bytes:
        """Return the secret record that a store keeps."""
        secrets = (self.signing.expose(), self.identity_key.expose())
        return codec.encode([_VERSION, *secrets, self.certificate.encoded])

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError` or `AuthenticationError`."""
        fields = Fields.parse(record, _MAX_RECORD)
        fields.exactly(_VERSION)
        device = cls(
            HybridSigningKey(fields.binary(SEED_WIDTH)),
            x25519.PrivateKey(fields.binary(x25519.WIDTH)),
            verify_certificate(fields.binary_up_to(MAX_CERTIFICATE)),
        )
        fields.end()
        certified = (device.certificate.device_public, device.certificate.identity_key)
        if certified != (device.signing.public(), device.identity_key.public()):
            raise FrameError("a device whose certificate is of other keys")
        return device
