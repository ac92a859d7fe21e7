"""Device certificates: an account vouches for a device."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto import x25519
from securemsg.crypto.kdf import digest32
from securemsg.crypto.signature import PUBLIC_WIDTH, SIGNATURE_WIDTH, HybridPublicKey, HybridSigningKey
from securemsg.ids import AccountId, DeviceId
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import counted
from securemsg.wire.names import MAX_NAME, check_name

MAX_CERTIFICATE: Final = 8_192
"""Bytes of an encoded certificate: two public keys and a signature take 7.4 thousand (Spec: ID-4)."""

_VERSION: Final = 1
_LABEL: Final = b"device"


@dataclass(frozen=True, slots=True)
class DeviceStatement:
    """What an account says of one of its devices (Spec: ID-4)."""

    device_id: DeviceId
    device_public: HybridPublicKey
    identity_key: x25519.PublicKey
    name: str = field(repr=False)
    created_at: Instant
    list_version: int


@final
@dataclass(frozen=True, slots=True)
class Certificate(DeviceStatement):
    """A statement whose signature holds; get it from `verify_certificate` (Spec: ID-4).

    It proves that the account vouches for the device, not who the account is: compare
    `account_id` with the one that was expected.
    """

    account_id: AccountId
    account_public: HybridPublicKey
    encoded: bytes = field(repr=False)


def account_id_of(public: HybridPublicKey) -> AccountId:
    """Return the id of the account whose key this is (Spec: ID-2)."""
    # account id = H32("account", public_encoding)
    return AccountId(digest32(b"account", public.encoded))


def sign_certificate(account: HybridSigningKey, statement: DeviceStatement) -> Certificate:
    """Return the certificate of `statement`; raises `LocalError` for a name of more than 64 bytes.

    Spec: ID-4.
    """
    check_name(statement.name)
    body = codec.encode(
        [
            _VERSION,
            account.public().encoded,
            statement.device_id,
            statement.device_public.encoded,
            statement.identity_key,
            statement.name,
            statement.created_at,
            statement.list_version,
        ]
    )
    # Verifying our own work finds a fault in the signer before anybody else does.
    return verify_certificate(codec.encode([body, account.sign(_LABEL, body)]))


def verify_certificate(encoded: bytes) -> Certificate:
    """Return the certificate in `encoded`.

    Raises `FrameError` for what is no certificate and `AuthenticationError` for one whose
    keys or signature are refused.

    Spec: ID-4.
    """
    outer = Fields.parse(encoded, MAX_CERTIFICATE)
    body, signature = outer.binary_up_to(MAX_CERTIFICATE), outer.binary(SIGNATURE_WIDTH)
    outer.end()
    fields = Fields.parse(body, MAX_CERTIFICATE)
    fields.exactly(_VERSION)
    account_public = HybridPublicKey.parse(fields.binary(PUBLIC_WIDTH))
    certificate = Certificate(
        device_id=fields.identifier(DeviceId),
        device_public=HybridPublicKey.parse(fields.binary(PUBLIC_WIDTH)),
        identity_key=x25519.PublicKey.parse(fields.binary(x25519.WIDTH)),
        name=fields.text(MAX_NAME),
        created_at=Instant(fields.uint(LAST_INSTANT)),
        list_version=counted(fields),
        account_id=account_id_of(account_public),
        account_public=account_public,
        encoded=encoded,
    )
    fields.end()
    account_public.verify(_LABEL, body, signature)
    return certificate
