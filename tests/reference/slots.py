"""10, ST-3: the file key of a vault under a passphrase, as `vault.slots` holds it."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.reference.identity import U32
from tests.reference.primitives import NO_SALT, kdf, xchacha_open, xchacha_seal
from tests.reference.refusal import FRAME, RefusedError, require
from tests.reference.values import array, decode, encode, exactly, unsigned

MAX_FILE = 2048
WRONG = "WrongPassphrase"
FIRST_PAGE = bytes.fromhex("1000020240402020")


class Wrapping(NamedTuple):
    """Everything of a slot but what it holds."""

    memory_kib: int
    passes: int
    salt: bytes

    def parameters(self) -> bytes:
        """Give the associated data."""
        return b"securemsg/1/slot" + encode([1, *self])


class Slot(NamedTuple):
    """A slot."""

    wrapping: Wrapping
    wrapped: bytes


def check_passphrase(passphrase: str) -> bytes:
    """PR-15: the bytes that are hashed, or the caller's fault."""
    raw = unicodedata.normalize("NFC", passphrase).encode()
    require("LocalError", 1 <= len(raw) <= 1024)
    return raw


def check_cost(wrapping: Wrapping) -> None:
    """PR-15."""
    require(FRAME, 32 * 1024 <= wrapping.memory_kib <= 1024 * 1024, 2 <= wrapping.passes <= 16)


def stretch(passphrase: str, wrapping: Wrapping) -> bytes:
    """PR-15: Argon2id."""
    memory, passes, salt = wrapping
    function = Argon2id(salt=salt, length=32, iterations=passes, lanes=1, memory_cost=memory)
    return function.derive(check_passphrase(passphrase))


def wrapping_key(stretched: bytes) -> bytes:
    """Give the key that wraps the file key."""
    return kdf(NO_SALT, stretched, b"slot", 32)


def wrap(passphrase: str, wrapping: Wrapping, file_key: bytes, nonce: bytes) -> Slot:
    """Make a slot."""
    key = wrapping_key(stretch(passphrase, wrapping))
    return Slot(wrapping, xchacha_seal(key, nonce, file_key, wrapping.parameters()))


def slots_file(slots: list[Slot]) -> bytes:
    """Give the content of `vault.slots`."""
    return encode([1, [[1, *slot.wrapping, slot.wrapped] for slot in slots]])


def open_slots(raw: bytes, passphrase: str) -> bytes:
    """Give the file key, or one error whatever is wrong with the file."""
    check_passphrase(passphrase)
    try:
        slots = _read(raw)
    except RefusedError:
        slots = []
    for slot in slots:
        try:
            key = wrapping_key(stretch(passphrase, slot.wrapping))
            return xchacha_open(key, slot.wrapped, slot.wrapping.parameters())
        except RefusedError:
            continue
    raise RefusedError(WRONG)


def _read(raw: bytes) -> list[Slot]:
    version, listed = array(decode(raw, MAX_FILE), 2, 2)
    unsigned(version, 1, 1)
    slots = []
    for item in array(listed, 1, 8):
        kind, memory_kib, passes, salt, wrapped = array(item, 5, 5)
        unsigned(kind, 1, 1)
        wrapping = Wrapping(unsigned(memory_kib, 0, U32), unsigned(passes, 0, U32), exactly(salt, 16))
        check_cost(wrapping)
        slots.append(Slot(wrapping, exactly(wrapped, 72)))
    return slots


def check_first_page(head: bytes) -> None:
    """ST-2: bytes 16 to 23 of the file."""
    require("VaultDamaged", head[16:24] == FIRST_PAGE)
