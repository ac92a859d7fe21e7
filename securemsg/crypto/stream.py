"""Files: a stream of records under a key of its own, which shows every cut, swap and addition."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final, TypeAlias, final

from securemsg.crypto.aead import TAG_WIDTH, AesGcm, InvalidTag
from securemsg.crypto.kdf import prf, same
from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError, LocalError

CHUNK: Final = 65_536
"""Bytes of the file in a record: checked before any of it is used (Spec: FI-2)."""

RECORD: Final = CHUNK + TAG_WIDTH
"""Bytes of a full record."""

COMMITMENT: Final = 32
"""Bytes that tie the stored bytes to one key (Spec: FI-1)."""

_SIZE_WIDTH: Final = 8

HEAD: Final = COMMITMENT + _SIZE_WIDTH + TAG_WIDTH
"""Bytes before the first chunk."""

BATCH: Final = 32
"""Chunks sealed in one turn: two mebibytes, so that a call to the disk or a turn of a thread is worth it."""

_BATCH_PLAIN: Final = CHUNK * BATCH

Fill: TypeAlias = Callable[[memoryview], None]
"""Fills the whole of what it is given with the next bytes, or raises."""


@final
class StreamKey(Secret):
    """The key of one file: 32 bytes, drawn for one encryption (Spec: FI-1)."""

    WIDTH = 32


@final
class StoredDigest:
    """SHA-256 of the stored bytes, block by block (Spec: FI-4)."""

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = sha256()

    def update(self, block: memoryview | bytes) -> None:
        """Take the next bytes; other threads run meanwhile."""
        self._hash.update(block)

    def value(self) -> bytes:
        """Return the 32 bytes of the digest so far."""
        return self._hash.digest()


def stored_size(padded: int) -> int:
    """Return how many bytes are stored for a file of `padded` bytes, padding included (Spec: FI-3)."""
    return HEAD + padded + TAG_WIDTH * _chunks(padded)


def seal_stream(key: StreamKey, size: int, padded: int, fill: Fill) -> Iterator[memoryview]:
    """Yield the stored bytes of a file of `size` bytes, which `fill` gives, block by block.

    A block stays as it is until the next but one is asked for, so that one can be hashed or
    written while the next is made. Use a key once.

    Spec: FI-1, FI-2.
    """
    _check(size, padded)
    cipher, commitment = _schedule(key)
    # record_0 = AES-256-GCM(stream_key, u88 0 || u8 0, u64 size)
    yield memoryview(commitment + cipher.encrypt(_nonce(0, 0), size.to_bytes(_SIZE_WIDTH, "big"), None))
    plain, sealed = _lengths(padded)
    chunks = memoryview(bytearray(plain))
    blocks = [memoryview(bytearray(sealed)) for _ in range(2)]
    for turn, done in enumerate(range(0, padded, _BATCH_PLAIN)):
        length, true = _cut(done, size, padded)
        fill(chunks[:true])
        chunks[true:length] = bytes(length - true)
        block = blocks[turn % 2]
        for index, chunk, record in _records(done, padded, chunks[:length], block):
            cipher.encrypt_into(_nonce(index, index == _chunks(padded)), chunk, None, record)
        yield block[: length + TAG_WIDTH * _chunks(length)]


def open_stream(key: StreamKey, size: int, padded: int, fill: Fill) -> Iterator[memoryview]:
    """Yield the file in the stored bytes that `fill` gives, block by block, each checked.

    A block stays as it is until the next is asked for; what `fill` was given, which is hashed meanwhile,
    until it is called for the next but one. Raises `AuthenticationError`; what was yielded before is
    authentic, the file is whole only at the end.

    Spec: FI-5.
    """
    _check(size, padded)
    cipher, commitment = _schedule(key)
    _open_head(cipher, commitment, size, fill)
    plain, sealed = _lengths(padded)
    stored = [memoryview(bytearray(sealed)) for _ in range(2)]
    chunks = memoryview(bytearray(plain))
    for turn, done in enumerate(range(0, padded, _BATCH_PLAIN)):
        length, true = _cut(done, size, padded)
        records, block = stored[turn % 2], chunks[:length]
        fill(records[: length + TAG_WIDTH * _chunks(length)])
        for index, chunk, record in _records(done, padded, block, records):
            _open_into(cipher, _nonce(index, index == _chunks(padded)), record, chunk)
        if block[true:] != bytes(length - true):
            raise AuthenticationError("refused")
        if true:
            yield block[:true]


def _open_head(cipher: AesGcm, commitment: bytes, size: int, fill: Fill) -> None:
    head = memoryview(bytearray(HEAD))
    fill(head)
    if not same(bytes(head[:COMMITMENT]), commitment):
        raise AuthenticationError("refused")
    told = memoryview(bytearray(_SIZE_WIDTH))
    _open_into(cipher, _nonce(0, 0), head[COMMITMENT:], told)
    if int.from_bytes(told, "big") != size:
        raise AuthenticationError("refused")


def _lengths(padded: int) -> tuple[int, int]:
    """Return the bytes of the largest batch of a file, plain and sealed."""
    plain = min(_BATCH_PLAIN, padded)
    return plain, plain + TAG_WIDTH * _chunks(plain)


def _cut(done: int, size: int, padded: int) -> tuple[int, int]:
    """Return how many bytes the batch after `done` has, and how many of them are of the file."""
    length = min(_BATCH_PLAIN, padded - done)
    return length, max(0, min(length, size - done))


def _records(
    done: int, padded: int, plain: memoryview, sealed: memoryview
) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield the number of each record of a batch, its chunk and its sealed form."""
    first = 1 + done // CHUNK
    for place in range(_chunks(min(_BATCH_PLAIN, padded - done))):
        chunk = plain[place * CHUNK : (place + 1) * CHUNK]
        start = place * RECORD
        yield first + place, chunk, sealed[start : start + len(chunk) + TAG_WIDTH]


def _schedule(key: StreamKey) -> tuple[AesGcm, bytes]:
    # stream_key[32] || commitment[32] = PRF(key, "file", "")
    stream_key, commitment = prf(key.expose(), b"file")
    return AesGcm(stream_key), commitment


def _nonce(index: int, last: int) -> bytes:
    # u88 index || u8 last
    return (index << 8 | last).to_bytes(12, "big")


def _open_into(cipher: AesGcm, nonce: bytes, record: memoryview, chunk: memoryview) -> None:
    try:
        cipher.decrypt_into(nonce, record, None, chunk)
    except InvalidTag:
        raise AuthenticationError("refused") from None


def _chunks(padded: int) -> int:
    return -(-padded // CHUNK)


def _check(size: int, padded: int) -> None:
    if not 0 <= size <= padded or not padded:
        raise LocalError("a file is not longer than its padding allows")
