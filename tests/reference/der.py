"""A self-signed Ed25519 certificate (RFC 5280, RFC 8410) by hand: just enough for its key to be hashed."""

from __future__ import annotations

from tests.reference.curve25519 import ed25519_public, ed25519_sign

SEQUENCE, SET, INTEGER, BITS, OID, UTF8, TIME = 0x30, 0x31, 0x02, 0x03, 0x06, 0x0C, 0x17
ED25519 = bytes.fromhex("2b6570")
COMMON_NAME = bytes.fromhex("550403")


def tagged(tag: int, *parts: bytes) -> bytes:
    """Give an element of DER."""
    content = b"".join(parts)
    length = len(content)
    head = bytes([length]) if length < 128 else b"\x81" + bytes([length])  # nothing here is longer
    return bytes([tag]) + head + content


def spki(seed: bytes) -> bytes:
    """Give the SubjectPublicKeyInfo of a key (RFC 8410, section 4)."""
    algorithm = tagged(SEQUENCE, tagged(OID, ED25519))
    return tagged(SEQUENCE, algorithm, tagged(BITS, b"\0" + ed25519_public(seed)))


def certificate(seed: bytes, serial: int, validity: tuple[bytes, bytes]) -> bytes:
    """Give a certificate of version 1; `validity` is two times as YYMMDDHHMMSSZ."""
    name = tagged(
        SEQUENCE, tagged(SET, tagged(SEQUENCE, tagged(OID, COMMON_NAME), tagged(UTF8, b"relay.invalid")))
    )
    algorithm = tagged(SEQUENCE, tagged(OID, ED25519))
    dates = tagged(SEQUENCE, *(tagged(TIME, moment) for moment in validity))
    number = tagged(INTEGER, bytes([serial]))
    body = tagged(SEQUENCE, number, algorithm, name, dates, name, spki(seed))
    return tagged(SEQUENCE, body, algorithm, tagged(BITS, b"\0" + ed25519_sign(seed, body)))
