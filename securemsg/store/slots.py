"""The file key, wrapped by the passphrase: the content of `vault.slots`.

Whatever is wrong (passphrase, cost, salt, a changed or cut file) is one error, so that
the file tells a stranger nothing and cannot make us use no cost, nor all memory.
"""

from dataclasses import dataclass
from typing import Final, Self, final

from securemsg.crypto import argon2
from securemsg.crypto.aead import XCHACHA_OVERHEAD, xchacha_open, xchacha_seal
from securemsg.crypto.argon2 import SALT_WIDTH, Cost
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import kdf
from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError, FrameError
from securemsg.store.errors import WrongPassphrase
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields

MAX_SLOTS: Final = 8
"""Each slot costs a derivation when the passphrase is wrong (Spec: ST-3)."""

MAX_SLOTS_FILE: Final = 2048
"""Bytes: eight slots take less than half of it."""

_VERSION: Final = 1
_BY_PASSPHRASE: Final = 1
_KEY_WIDTH: Final = 32
_MOST_COST: Final = 2**32 - 1


@final
class FileKey(Secret):
    """32 random bytes under which the whole vault file is encrypted (Spec: ST-2)."""

    WIDTH = _KEY_WIDTH
    __slots__ = ()

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(_KEY_WIDTH))


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapping of the file key (Spec: ST-3)."""

    cost: Cost
    salt: bytes
    wrapped: bytes

    @classmethod
    def seal(cls, key: FileKey, passphrase: str, cost: Cost, entropy: Entropy) -> Self:
        """Wrap `key`; raises `LocalError` for a passphrase that PR-15 does not allow."""
        salt = entropy(SALT_WIDTH)
        wrapping = _wrapping_key(passphrase, salt, cost)
        return cls(cost, salt, xchacha_seal(wrapping, key.expose(), _associated(cost, salt), entropy))

    def open(self, passphrase: str) -> FileKey:
        """Return the file key; raises `AuthenticationError`."""
        wrapping = _wrapping_key(passphrase, self.salt, self.cost)
        return FileKey(xchacha_open(wrapping, self.wrapped, _associated(self.cost, self.salt)))


def encode_slots(slots: tuple[Slot, ...]) -> bytes:
    """Return the content of the file for 1 to 8 `slots` (Spec: ST-3)."""
    return encode([_VERSION, [[*_parameters(slot.cost, slot.salt), slot.wrapped] for slot in slots]])


def open_slots(encoded: bytes, passphrase: str) -> FileKey:
    """Return the file key from the content of the file.

    Every cost is checked before the first derivation. Raises `WrongPassphrase`
    whatever is wrong, and `LocalError` for a passphrase that PR-15 does not allow.

    Spec: ST-3, PR-15.
    """
    try:
        slots = _decode_slots(encoded)
    except FrameError:
        slots = []
    for slot in slots:
        try:
            return slot.open(passphrase)
        except AuthenticationError:
            continue
    raise WrongPassphrase(
        "The passphrase is wrong, or vault.slots was changed: try again, or restore that file from a backup."
    )


def _decode_slots(encoded: bytes) -> list[Slot]:
    fields = Fields.parse(encoded, MAX_SLOTS_FILE)
    fields.exactly(_VERSION)
    slots = [_decode_slot(record) for record in fields.records(MAX_SLOTS, 5)]
    fields.end()
    return slots


def _decode_slot(fields: Fields) -> Slot:
    fields.exactly(_BY_PASSPHRASE)
    cost = Cost(memory_kib=fields.uint(_MOST_COST), passes=fields.uint(_MOST_COST))
    slot = Slot(cost, fields.binary(SALT_WIDTH), fields.binary(_KEY_WIDTH + XCHACHA_OVERHEAD))
    fields.end()
    return slot


def _wrapping_key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # wrapping key = KDF(0, Argon2id(passphrase, salt, cost), "slot", 32)
    return kdf(b"", argon2.derive(passphrase, salt, cost), b"slot", 32)


def _associated(cost: Cost, salt: bytes) -> bytes:
    # "securemsg/1/slot" || encode([kind, memory_kib, passes, salt])
    return b"securemsg/1/slot" + encode(_parameters(cost, salt))


def _parameters(cost: Cost, salt: bytes) -> list[int | bytes]:
    return [_BY_PASSPHRASE, cost.memory_kib, cost.passes, salt]
