"""08, MB-2 and MB-5: what a relay and an owner sign, and how the client judges the relay's hello."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from tests.reference.curve25519 import ed25519_public, ed25519_sign, ed25519_verify
from tests.reference.frames import RELAY_HELLO, read_frame
from tests.reference.refusal import AUTHENTICATION, require
from tests.reference.values import Value, encode

VERSION = 1
TIME = 1_800_000_000
NO_VERSION = "VersionError"


def signed(label: bytes, body: bytes) -> bytes:
    """PR-11."""
    return b"securemsg/1/sign/" + label + b"\0" + body


class Session(NamedTuple):
    """What a hello is bound to besides what it tells."""

    nonce: bytes
    spki_sha256: bytes
    challenge: bytes


def hello_body(session: Session, told: list[Value]) -> bytes:
    """Give what the relay signs under `relay-hello`; it tells version, identity, limits and time."""
    return b"".join(session) + encode(told)


def make_hello(
    seed: bytes, session: Session, limits: list[Value], version: int = VERSION, time: int = TIME
) -> list[Value]:
    """Give the value of a relay's hello."""
    identity = ed25519_public(seed)
    body = hello_body(session, [version, identity, limits, time])
    signature = ed25519_sign(seed, signed(b"relay-hello", body))
    return [RELAY_HELLO, version, identity, session.challenge, limits, time, signature]


def judge_hello(raw: bytes, nonce: bytes, spki_sha256: bytes, pin: bytes) -> list[Value]:
    """MB-2, what the client does with a relay's hello; `raw` is the value of its frame."""
    value = read_frame("relay", raw)
    kind, version, identity, challenge, limits, time, signature = value
    if not isinstance(identity, bytes) or not isinstance(challenge, bytes) or not isinstance(limits, list):
        raise TypeError
    if not isinstance(version, int) or not isinstance(time, int) or not isinstance(signature, bytes):
        raise TypeError
    require(AUTHENTICATION, kind == RELAY_HELLO, hashlib.sha256(identity).digest() == pin)
    body = hello_body(Session(nonce, spki_sha256, challenge), [version, identity, limits, time])
    ed25519_verify(identity, signed(b"relay-hello", body), signature)
    require(NO_VERSION, version == VERSION)
    return value


def proof_body(identity: bytes, challenge: bytes, mailbox: bytes) -> bytes:
    """MB-5: the bytes that the owner of a mailbox signs under `prove`."""
    return identity + challenge + mailbox


def check_proof(owner_key: bytes, body: bytes, signature: bytes) -> None:
    """MB-5, what the relay does with a proof."""
    ed25519_verify(owner_key, signed(b"prove", body), signature)
