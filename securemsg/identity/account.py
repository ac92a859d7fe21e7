"""Accounts: the key that people verify."""

from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.signature import SEED_WIDTH, HybridSigningKey
from securemsg.identity.certificate import Certificate, DeviceStatement, account_id_of, sign_certificate
from securemsg.ids import AccountId
from securemsg.wire import codec
from securemsg.wire.fields import Fields

_VERSION: Final = 1
_MAX_RECORD: Final = 128


@final
@dataclass(frozen=True, slots=True)
class Account:
    """A person's account with its private key, which signs device certificates and nothing else.

    Spec: ID-1, ID-2.
    """

    signing: HybridSigningKey
    account_id: AccountId = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "account_id", account_id_of(self.signing.public()))

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a new account."""
        return cls(HybridSigningKey.generate(entropy))

    def certify(self, statement: DeviceStatement) -> Certificate:
        """Vouch for a device; raises `LocalError` for a name of more than 64 bytes (Spec: ID-4)."""
        return sign_certificate(self.signing, statement)

    def encode(self) -> bytes:
        """Return the secret record that a store keeps."""
        return codec.encode([_VERSION, self.signing.expose()])

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError`."""
        fields = Fields.parse(record, _MAX_RECORD)
        fields.exactly(_VERSION)
        account = cls(HybridSigningKey(fields.binary(SEED_WIDTH)))
        fields.end()
        return account
