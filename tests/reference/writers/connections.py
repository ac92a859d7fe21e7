"""Vectors of 08 for whole connections: what one side says, and what the other does not take."""

from __future__ import annotations

from tests.reference.case import Fields, bad, good, pick, refusal_of
from tests.reference.connection import ClientSide, RelaySide
from tests.reference.curve25519 import ed25519_sign
from tests.reference.frames import framed
from tests.reference.hello import TIME, make_hello, proof_body, signed
from tests.reference.values import Value, encode
from tests.reference.writers.relays import (
    CERTIFICATE,
    IDENTITY,
    LIMITS,
    MAILBOX,
    OWNER,
    OWNER_SEED,
    PIN,
    SEED,
    SESSION,
    TOKEN,
    TOKEN_HASH,
)

CLIENT_HELLO: list[Value] = [1, 1, 1, SESSION.nonce]
RELAY_HELLO = make_hello(SEED, SESSION, LIMITS)
SUBMIT_ID = pick("08/connection/submit", 16)
BLOB, KEYS = (
    pick("08/connection/blob", 16),
    [pick("08/connection/key/1", 32), pick("08/connection/key/2", 32)],
)
PROOF = ed25519_sign(OWNER_SEED, signed(b"prove", proof_body(IDENTITY, SESSION.challenge, MAILBOX)))

Said = tuple[str, list[Value]]

HELLOS: list[Said] = [("client", CLIENT_HELLO), ("relay", RELAY_HELLO)]
SUBSCRIBED: list[Said] = [
    ("client", [2, 1, MAILBOX, OWNER, [TOKEN_HASH], []]),
    ("relay", [129, 1]),
    ("client", [3, 2, MAILBOX, PROOF]),
    ("relay", [129, 2]),
    ("client", [5, 3, MAILBOX]),
    ("relay", [137, 3, 0, 2]),
]


def _delivered(*sequences: int) -> list[Said]:
    return [("relay", [131, MAILBOX, at, SUBMIT_ID, b"a"]) for at in sequences]


GOOD: dict[str, tuple[str, list[Said]]] = {
    "owner": (
        "an owner registers, proves, subscribes and empties a mailbox",
        [
            *HELLOS,
            *SUBSCRIBED,
            ("relay", [133, MAILBOX, 0, 0]),
            ("relay", [131, MAILBOX, 1, SUBMIT_ID, b"first"]),
            ("relay", [131, MAILBOX, 2, pick("08/second", 16), b"second"]),
            ("relay", [136, MAILBOX]),
            ("client", [6, 4, MAILBOX, 2]),
            ("client", [8, 5, MAILBOX, 1, b"manifest"]),
            ("client", [9, 6, MAILBOX, 1, 0, [b"leaf 0", b"leaf 1"]]),
            ("relay", [129, 5]),
            ("relay", [129, 4]),
            ("relay", [129, 6]),
            ("client", [11, 7]),
            ("relay", [129, 7]),
            ("relay", [135, 30]),
        ],
    ),
    "sender": (
        "a sender fetches prekeys and submits; answers come in another order",
        [
            *HELLOS,
            ("client", [10, 1, MAILBOX, TOKEN]),
            ("client", [4, 2, MAILBOX, TOKEN, SUBMIT_ID, b"sealed"]),
            ("relay", [130, 2]),
            ("relay", [132, 1, 1, b"manifest", [0, b"leaf 0"]]),
            ("client", [4, 3, MAILBOX, TOKEN, SUBMIT_ID, b"sealed"]),
            ("relay", [134, 3, 3, 60]),
        ],
    ),
    "upload": (
        "a sender makes a blob, fills it and asks how far it is",
        [
            *HELLOS,
            ("client", [12, 1, MAILBOX, TOKEN, BLOB, *KEYS, 4]),
            ("relay", [129, 1]),
            ("client", [13, 2, BLOB, KEYS[0], 0, b"ab"]),
            ("client", [14, 3, BLOB, KEYS[0]]),
            ("relay", [138, 3, 2, 4]),
            ("relay", [129, 2]),
            ("client", [16, 4, BLOB, KEYS[0]]),
            ("relay", [129, 4]),
        ],
    ),
    "download": (
        "a reader reads a blob; the last chunk is shorter than asked",
        [
            *HELLOS,
            ("client", [15, 1, BLOB, KEYS[1], 0, 3]),
            ("client", [15, 2, BLOB, KEYS[1], 3, 3]),
            ("relay", [139, 2, b"d"]),
            ("relay", [139, 1, b"abc"]),
        ],
    ),
    "sequences": (
        "sequence numbers may leave some out",
        [*HELLOS, *SUBSCRIBED, *_delivered(3, 7, 2**40)],
    ),
    "sent-away": ("a relay that goes down answers the hello so", [HELLOS[0], ("relay", [135, 600])]),
    "unavailable": ("a relay that takes no connection now", [HELLOS[0], ("relay", [134, 0, 8, 60])]),
}

BAD: dict[str, tuple[str, list[Said]]] = {
    "no-hello": ("a request before the hello", [("client", [11, 1])]),
    "hello-twice": ("a second hello", [*HELLOS, ("client", CLIENT_HELLO)]),
    "hello-again": ("a second hello before the answer to the first", [HELLOS[0], ("client", CLIENT_HELLO)]),
    "old-client": ("no version of ours", [("client", [1, 0, 0, SESSION.nonce])]),
    "new-client": ("no version of ours", [("client", [1, 2, 9, SESSION.nonce])]),
    "number-in-use": (
        "a number whose request is not answered yet",
        [*HELLOS, ("client", [11, 1]), ("client", [5, 1, MAILBOX])],
    ),
    "early": ("an answer before the hello", [HELLOS[0], ("relay", [129, 1])]),
    "greeted-twice": ("a second hello of the relay", [*HELLOS, ("relay", RELAY_HELLO)]),
    "never-asked": ("an answer to nothing", [*HELLOS, ("relay", [129, 1])]),
    "answered-twice": (
        "a second answer",
        [*HELLOS, ("client", [11, 1]), ("relay", [129, 1]), ("relay", [129, 1])],
    ),
    "number-0": ("an answer with the number of the connection", [*HELLOS, ("relay", [129, 0])]),
    "done-submit": (
        "`done` for a submit",
        [*HELLOS, ("client", [4, 1, MAILBOX, TOKEN, SUBMIT_ID, b"sealed"]), ("relay", [129, 1])],
    ),
    "done-fetch": ("`done` for a fetch", [*HELLOS, ("client", [10, 1, MAILBOX, TOKEN]), ("relay", [129, 1])]),
    "accepted-ping": ("`accepted` for a ping", [*HELLOS, ("client", [11, 1]), ("relay", [130, 1])]),
    "done-subscribe": ("`done` for a subscribe", [*HELLOS, *SUBSCRIBED[:-1], ("relay", [129, 3])]),
    "done-look": ("`done` for a look", [*HELLOS, ("client", [14, 1, BLOB, KEYS[0]]), ("relay", [129, 1])]),
    "done-get": (
        "`done` for a range",
        [*HELLOS, ("client", [15, 1, BLOB, KEYS[1], 0, 3]), ("relay", [129, 1])],
    ),
    "chunk-put": (
        "a chunk for a put",
        [*HELLOS, ("client", [13, 1, BLOB, KEYS[0], 0, b"a"]), ("relay", [139, 1, b"a"])],
    ),
    "chunk-longer": (
        "MB-26: more than was asked for",
        [*HELLOS, ("client", [15, 1, BLOB, KEYS[1], 0, 3]), ("relay", [139, 1, b"abcd"])],
    ),
    "unsubscribed": (
        "a delivery of a mailbox that nobody subscribed to",
        [*HELLOS, ("relay", [131, MAILBOX, 1, SUBMIT_ID, b"sealed"])],
    ),
    "shelf-unsubscribed": ("a notice of such a mailbox", [*HELLOS, ("relay", [133, MAILBOX, 1, 3])]),
    "caught-up-unsubscribed": ("a notice of such a mailbox", [*HELLOS, ("relay", [136, MAILBOX])]),
    "sequence-0": (
        "a sequence number of 0",
        [*HELLOS, *SUBSCRIBED, ("relay", [131, MAILBOX, 0, SUBMIT_ID, b"a"])],
    ),
    "sequence-again": (
        "a sequence number twice",
        [*HELLOS, *SUBSCRIBED, *_delivered(1, 1)],
    ),
    "sequence-back": (
        "a lower sequence number",
        [*HELLOS, *SUBSCRIBED, *_delivered(7, 3)],
    ),
    "told-version": ("the relay knows no version of ours", [HELLOS[0], ("relay", [134, 0, 7, 0])]),
    "told-violation": ("the relay did not understand us", [*HELLOS, ("relay", [134, 0, 11, 0])]),
}


def _run(said: list[Said]) -> None:
    client, relay = ClientSide((SESSION.nonce, SESSION.spki_sha256, PIN)), RelaySide()
    for by, value in said:
        if by == "client":
            client.says(value)
            relay.hears(encode(value))
        else:
            relay.says(value)
            client.hears(encode(value))


def _fields(said: list[Said]) -> Fields:
    steps = [{"by": by, "frame": framed(value)} for by, value in said]
    keys = {"nonce": SESSION.nonce, "challenge": SESSION.challenge, "identity_seed": SEED, "pin": PIN}
    told = {"limits": LIMITS, "time": TIME, "certificate": CERTIFICATE, "owner_seed": OWNER_SEED}
    return {"op": "connection", **keys, **told, "steps": steps}


def connection_tests() -> list[Fields]:
    """Give the tests; in a bad one the last frame is not taken."""
    tests = []
    for name, (comment, said) in GOOD.items():
        _run(said)
        tests.append(good(f"connection/{name}", comment, **_fields(said)))
    for name, (comment, said) in BAD.items():
        _run(said[:-1])
        kind = refusal_of(lambda said=said: _run(said))
        tests.append(bad(f"connection/{name}", kind, comment, **_fields(said)))
    return tests
