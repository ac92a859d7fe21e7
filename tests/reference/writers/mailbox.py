"""Vectors of 08: hello and proof, frames, whole connections, addresses."""

from __future__ import annotations

import hashlib

from tests.reference import hello
from tests.reference.case import Fields, bad, flipped, good, pick, refusal_of, written
from tests.reference.curve25519 import ed25519_public, ed25519_sign
from tests.reference.der import certificate, spki
from tests.reference.frames import LAST_SECOND, framed
from tests.reference.hello import Session, judge_hello, make_hello, signed
from tests.reference.values import Value, encode
from tests.reference.writers.address_cases import address_tests
from tests.reference.writers.connections import connection_tests
from tests.reference.writers.frame_cases import frame_tests
from tests.reference.writers.relays import (
    CERTIFICATE,
    CERTIFICATE_SEED,
    IDENTITY,
    LIMITS,
    PIN,
    SEED,
    SESSION,
    VALIDITY,
)
from tests.reference.writers.way_cases import way_tests

HELLO = make_hello(SEED, SESSION, LIMITS)
HELLO_TOLD: list[Value] = [1, IDENTITY, LIMITS, hello.TIME]

BEYOND = {
    "envelope-1023": (0, 1023),
    "envelope-33929": (0, 33929),
    "window-0": (1, 0),
    "window-1025": (1, 1025),
    "heartbeat-4": (2, 4),
    "heartbeat-3601": (2, 3601),
    "retention-0": (3, 0),
    "retention-8785": (3, 8785),
    "registration-3": (4, 3),
    "reconnect-3601": (5, 3601),
}


def _hello_inputs() -> Fields:
    return {"nonce": SESSION.nonce, "certificate": CERTIFICATE, "pin": PIN}


def _hellos() -> list[Fields]:
    body = hello.hello_body(SESSION, HELLO_TOLD)
    judge_hello(encode(HELLO), SESSION.nonce, SESSION.spki_sha256, PIN)
    whole: Fields = {"op": "hello", **_hello_inputs(), "spki": spki(CERTIFICATE_SEED)}
    whole |= {"spki_sha256": SESSION.spki_sha256, "identity_seed": SEED, "identity": IDENTITY}
    whole |= {"challenge": SESSION.challenge, "limits": LIMITS, "time": hello.TIME}
    whole |= {"body": body, "signed_message": signed(b"relay-hello", body), "signature": HELLO[6]}
    whole |= {"client_hello": framed([1, 1, 1, SESSION.nonce]), "relay_hello": framed(HELLO)}
    tests = [good("hello/whole", "MB-2; both frames with their lengths", **whole)]
    edges: dict[str, tuple[list[Value], int]] = {
        "least": ([1024, 1, 5, 1, 0, 0], 0),
        "greatest": ([33928, 1024, 3600, 8784, 2, 3600], LAST_SECOND),
    }
    for name, (limits, time) in edges.items():
        value = make_hello(SEED, SESSION, limits, 1, time)
        judge_hello(encode(value), SESSION.nonce, SESSION.spki_sha256, PIN)
        fields = {
            "op": "hello_limits",
            **_hello_inputs(),
            "limits": limits,
            "time": time,
            "relay_hello": framed(value),
        }
        tests.append(good(f"hello/{name}", "the bounds of every limit and of the time", **fields))
    return [*tests, *_bad_hellos()]


def _hello_faults() -> dict[str, tuple[str, list[Value]]]:
    other, signature = pick("08/other relay", 32), HELLO[6]
    if not isinstance(signature, bytes):
        raise TypeError
    late = Session(pick("08/other nonce", 32), *SESSION[1:])
    elsewhere = SESSION._replace(spki_sha256=hashlib.sha256(spki(other)).digest())
    labelled = ed25519_sign(SEED, signed(b"prove", hello.hello_body(SESSION, HELLO_TOLD)))
    return {
        "pin": ("another relay, all its own", make_hello(other, SESSION, LIMITS)),
        "identity": (
            "another relay's identity, our relay's signature",
            [*HELLO[:2], pick("x", 32), *HELLO[3:]],
        ),
        "signature-r": ("one bit of R", [*HELLO[:6], flipped(signature, 0)]),
        "signature-s": ("one bit of S", [*HELLO[:6], flipped(signature, 40)]),
        "label": ("signed as a proof", [*HELLO[:6], labelled]),
        "nonce": ("signed for another nonce", make_hello(SEED, late, LIMITS)),
        "certificate": ("signed for the key of another certificate", make_hello(SEED, elsewhere, LIMITS)),
        "challenge": ("another challenge than the signed one", [*HELLO[:3], pick("y", 32), *HELLO[4:]]),
        "window": ("another window than the signed one", [*HELLO[:4], [33928, 65, *LIMITS[2:]], *HELLO[5:]]),
        "time": ("another time than the signed one", [*HELLO[:5], hello.TIME + 1, HELLO[6]]),
        "time-beyond": (
            "beyond the times, well signed",
            make_hello(SEED, SESSION, LIMITS, 1, LAST_SECOND + 1),
        ),
        "version-unsigned": ("a version that was not signed", [128, 2, *HELLO[2:]]),
        "version-2": ("a version that was not offered, well signed", make_hello(SEED, SESSION, LIMITS, 2)),
        "version-0": ("a version that was not offered, well signed", make_hello(SEED, SESSION, LIMITS, 0)),
        "pin-version": ("two faults: the pin counts first", make_hello(other, SESSION, LIMITS, 2)),
        "signature-version": ("two faults: the signature counts first", make_hello(SEED, late, LIMITS, 2)),
    }


def _bad_hellos() -> list[Fields]:
    faults = _hello_faults()
    for name, (at, number) in BEYOND.items():
        told = [*LIMITS[:at], number, *LIMITS[at + 1 :]]
        faults[name] = ("a limit out of bounds, well signed", make_hello(SEED, SESSION, told))
    for name, told in (("limits-5", LIMITS[:-1]), ("limits-7", [*LIMITS, 0])):
        faults[name] = ("not six limits, well signed", make_hello(SEED, SESSION, told))
    tests = []
    for name, (comment, value) in faults.items():
        raw = encode(value)
        kind = refusal_of(lambda raw=raw: judge_hello(raw, SESSION.nonce, SESSION.spki_sha256, PIN))
        fields = {"op": "hello", **_hello_inputs(), "relay_hello": framed(value)}
        tests.append(bad(f"hello/{name}", kind, comment, **fields))
    other = certificate(pick("08/other certificate", 32), 2, VALIDITY)
    digest = hashlib.sha256(spki(pick("08/other certificate", 32))).digest()
    kind = refusal_of(lambda: judge_hello(encode(HELLO), SESSION.nonce, digest, PIN))
    fields = {**_hello_inputs(), "op": "hello", "certificate": other, "relay_hello": framed(HELLO)}
    comment = "the connection showed another certificate: somebody in the middle"
    return [*tests, bad("hello/in-the-middle", kind, comment, **fields)]


def _proofs() -> list[Fields]:
    seed, mailbox, identity = pick("08/owner", 32), pick("08/mailbox", 16), IDENTITY
    body = hello.proof_body(identity, SESSION.challenge, mailbox)
    signature = ed25519_sign(seed, signed(b"prove", body))
    owner = ed25519_public(seed)
    hello.check_proof(owner, body, signature)
    base: Fields = {"op": "prove", "identity": identity, "challenge": SESSION.challenge, "mailbox": mailbox}
    whole: Fields = {**base, "owner_key": owner, "owner_seed": seed, "body": body}
    whole |= {"signed_message": signed(b"prove", body), "signature": signature}
    tests = [good("prove/whole", "MB-5", **whole, frame=framed([3, 1, mailbox, signature]))]
    faults: dict[str, tuple[str, Fields]] = {
        "relay": ("for another relay", {"identity": pick("08/x", 32)}),
        "challenge": ("for another connection", {"challenge": pick("08/x", 32)}),
        "mailbox": ("for another mailbox", {"mailbox": pick("08/x", 16)}),
        "owner": ("by another owner", {"owner_key": ed25519_public(pick("08/x", 32))}),
        "label": ("signed as a hello", {"signature": ed25519_sign(seed, signed(b"relay-hello", body))}),
        "bit": ("one bit turned", {"signature": flipped(signature, 33)}),
    }
    for name, (comment, change) in faults.items():
        fields = {**base, "owner_key": owner, "signature": signature, **change}
        kind = refusal_of(lambda fields=fields: _check(fields))
        tests.append(bad(f"prove/{name}", kind, comment, **fields))
    return tests


def _check(fields: Fields) -> None:
    owner, *parts, signature = (
        fields[name] for name in ("owner_key", "identity", "challenge", "mailbox", "signature")
    )
    identity, challenge, mailbox = parts
    every = (owner, identity, challenge, mailbox, signature)
    if not all(isinstance(part, bytes) for part in every):
        raise TypeError
    hello.check_proof(owner, hello.proof_body(identity, challenge, mailbox), signature)  # type: ignore[arg-type]  # checked


def file() -> str:
    """Give the text of 08-mailbox.json."""
    tests = [*_hellos(), *_proofs(), *frame_tests(), *connection_tests(), *address_tests(), *way_tests()]
    ids = "MB-1 MB-2 MB-3 MB-4 MB-5 MB-8 MB-10 MB-11 MB-14 MB-15 MB-18 MB-23 MB-26 PR-11 WI-6"
    return written("08", ids, tests)
