"""Keys from passphrases: Argon2id with bounded cost."""

import unicodedata
from dataclasses import dataclass
from typing import final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from securemsg.errors import FrameError, LocalError

SALT_WIDTH = 16
"""Bytes of a salt."""

KEY_WIDTH = 32
"""Bytes of a derived key."""

MAX_PASSPHRASE = 1024
"""Bytes of a passphrase in UTF-8: longer than anyone types, short enough to hash at once."""

_LEAST_MEMORY = 32 * 1024  # KiB; below this a stranger's edit would make guessing cheap
_MOST_MEMORY = 1024 * 1024  # KiB; above this a stranger's edit would take the machine down
_LEAST_PASSES = 2
_MOST_PASSES = 16


@final
@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB and passes over it.

    Costs lie in files beside their salts, so that a cost out of bounds is a
    `FrameError`.

    Spec: PR-15.
    """

    memory_kib: int
    passes: int

    def __post_init__(self) -> None:
        memory = type(self.memory_kib) is int and _LEAST_MEMORY <= self.memory_kib <= _MOST_MEMORY
        passes = type(self.passes) is int and _LEAST_PASSES <= self.passes <= _MOST_PASSES
        if not (memory and passes):
            raise FrameError("the cost of a passphrase is out of bounds")


DEFAULT_COST = Cost(memory_kib=64 * 1024, passes=3)
"""The cost of new keys: 64 MiB, 3 passes (Spec: PR-15)."""


def derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the 32-byte key of `passphrase` with a 16-byte `salt`.

    Raises `LocalError` for an empty, too long or not encodable passphrase, another
    width of salt, or too little memory.

    Spec: PR-15.
    """
    try:
        password = unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:
        raise LocalError("the passphrase is not valid Unicode") from None
    if not 1 <= len(password) <= MAX_PASSPHRASE:
        raise LocalError(f"a passphrase must have 1 to {MAX_PASSPHRASE} bytes")
    if len(salt) != SALT_WIDTH:
        raise LocalError(f"a salt must be {SALT_WIDTH} bytes")
    try:
        return argon2id.kdf(KEY_WIDTH, password, salt, cost.passes, cost.memory_kib * 1024)
    except CryptoError as error:
        raise LocalError("there is not enough memory to derive the key") from error
