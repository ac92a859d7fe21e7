"""12: the bytes of a file at a relay, and the name it is saved under; whole files in memory."""

from __future__ import annotations

import hashlib
import math
import unicodedata

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.reference.primitives import gcm_open
from tests.reference.refusal import AUTHENTICATION, FRAME, require

CHUNK = 65536
TAG = 16
UNSEEN = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
UNSEEN |= {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)}
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"}
DEVICES |= {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"}


def schedule(key: bytes) -> tuple[bytes, bytes]:
    """Give stream key and commitment (FI-1): the PRF of 02 without input."""
    output = hashlib.shake_256(b"securemsg/1/file\x00" + key).digest(64)
    return output[:32], output[32:]


def padded(size: int) -> int:
    """Give the length with padding (FI-3)."""
    if size <= 16384:
        return 16384
    e = len(f"{size:b}") - 1  # floating point is wrong just below powers of two
    s = len(f"{e:b}")
    step = 1 << e - s
    return (size + step - 1) // step * step


def stored_size(size: int) -> int:
    """Give the length of what is stored (FI-3)."""
    return 32 + 24 + padded(size) + TAG * math.ceil(padded(size) / CHUNK)


def nonce(index: int, last: int) -> bytes:
    """Give the nonce of a record (FI-2)."""
    return index.to_bytes(11, "big") + bytes([last])


def seal(key: bytes, file: bytes) -> bytes:
    """Give what is stored of a file (FI-2)."""
    stream_key, commitment = schedule(key)
    text = file + bytes(padded(len(file)) - len(file))
    chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    return assembled(stream_key, commitment, len(file), chunks)


def assembled(stream_key: bytes, commitment: bytes, size: int, chunks: list[bytes]) -> bytes:
    """Put records together, also of what no honest sender would seal."""
    cipher = AESGCM(stream_key)
    records = [cipher.encrypt(nonce(0, 0), size.to_bytes(8, "big"), b"")]
    for index, chunk in enumerate(chunks, 1):
        records.append(cipher.encrypt(nonce(index, int(index == len(chunks))), chunk, b""))
    return commitment + b"".join(records)


def open_stored(key: bytes, size: int, digest: bytes, stored: bytes) -> bytes:
    """Give the file in what is stored, or refuse (FI-5)."""
    require(FRAME, len(stored) == stored_size(size))
    stream_key, commitment = schedule(key)
    require(AUTHENTICATION, stored[:32] == commitment)
    told = gcm_open(stream_key, nonce(0, 0), stored[32:56], b"")
    require(AUTHENTICATION, told == size.to_bytes(8, "big"))
    text, at, count = b"", 56, math.ceil(padded(size) / CHUNK)
    for index in range(1, count + 1):
        record = stored[at : at + CHUNK + TAG]
        text += gcm_open(stream_key, nonce(index, int(index == count)), record, b"")
        at += len(record)
    require(AUTHENTICATION, not any(text[size:]), hashlib.sha256(stored).digest() == digest)
    return text[:size]


def saved_name(name: str) -> str:
    """Give the name under which a file is saved (FI-11)."""
    gone = {"Cc", "Cf", "Cn", "Co", "Cs"}
    seen = [each for each in name if unicodedata.category(each) not in gone and ord(each) not in UNSEEN]
    normal = unicodedata.normalize("NFC", "".join(seen))
    clean = "".join("_" if each in '<>:"|?*\u2028\u2029' else each for each in normal)
    last = clean.replace("\\", "/").split("/")[-1]
    bare = "".join(" " if unicodedata.category(each) == "Zs" else each for each in last)
    while bare[:1] in {" ", ".", "-", "~"}:
        bare = bare[1:]
    while bare[-1:] in {" ", "."}:
        bare = bare[:-1]
    if bare.split(".", maxsplit=1)[0].rstrip(" ").lower() in DEVICES:
        bare = "_" + bare
    return _cut(bare) or "file"


def _cut(name: str) -> str:
    if len(name.encode()) <= 150:
        return name
    dot = name.rfind(".")
    tail = name[dot:] if dot > 0 and len(name[dot:].encode()) <= 20 else ""
    stem = name[: len(name) - len(tail)]
    while len((stem + tail).encode()) > 150:
        stem = stem[:-1]
    return (stem + tail).rstrip(" .")
