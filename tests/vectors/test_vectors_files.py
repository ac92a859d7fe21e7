"""12-files.json against securemsg.crypto.stream and securemsg.wire.files (FI-1..5, FI-11)."""

from __future__ import annotations

import pytest

from securemsg.crypto.aead import Gcm
from securemsg.crypto.kdf import prf
from securemsg.crypto.stream import StreamKey
from securemsg.wire.files import blob_size, padded_size, saved_name
from tests.crypto.streams import opened, sealed
from tests.vectors.reading import Vector, joined, one, vectors

FILES = "12-files"


def pattern(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@vectors(FILES, "size")
def test_a_size_has_this_padding(vector: Vector) -> None:
    assert padded_size(vector["size"]) == vector["padded"]
    assert blob_size(vector["size"]) == vector["stored_size"]


@vectors(FILES, "file")
def test_a_file_is_stored_so(vector: Vector) -> None:
    file = pattern(vector["size"])
    stored, digest = sealed(StreamKey(vector.octets("key")), file)
    assert stored[:56] == vector.octets("head")
    assert digest == vector.octets("digest")
    assert opened(StreamKey(vector.octets("key")), len(file), digest, stored) == file


@vectors(FILES, "harmed")
def test_what_was_changed_on_the_way_is_refused(vector: Vector) -> None:
    origin = one(FILES, vector["of"])
    whole, _ = sealed(StreamKey(origin.octets("key")), pattern(origin["size"]))
    raw = bytearray(b"".join(whole[start:end] for start, end in vector["pieces"]))
    if vector["flip"] >= 0:
        raw[vector["flip"]] ^= 1
    with pytest.raises(vector.error):
        opened(StreamKey(vector.octets("key")), vector["size"], vector.octets("digest"), bytes(raw))


@vectors(FILES, "sealed")
def test_what_no_honest_sender_seals_is_refused(vector: Vector) -> None:
    stream_key, commitment = prf(vector.octets("key"), b"file")
    chunks = [joined(chunk) for chunk in vector["chunks"]]
    cipher = Gcm(stream_key)
    records = [cipher.seal(bytes(12), vector["told"].to_bytes(8, "big"), b"")]
    for index, chunk in enumerate(chunks, 1):
        nonce = index.to_bytes(11, "big") + bytes([index == len(chunks)])
        records.append(cipher.seal(nonce, chunk, b""))
    stored = commitment + b"".join(records)
    with pytest.raises(vector.error):
        opened(StreamKey(vector.octets("key")), vector["size"], vector.octets("digest"), stored)


@vectors(FILES, "name")
def test_a_file_is_saved_under_this_name(vector: Vector) -> None:
    """T14: no name leads out of the folder, hides its ending or means something to a program."""
    assert saved_name(vector["typed"]) == vector["saved"]
    assert saved_name(vector["saved"]) == vector["saved"]
