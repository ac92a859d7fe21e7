"""Vectors of 08 for single frames: every kind with its edges, and one fault each."""

from __future__ import annotations

from tests.reference.case import Fields, bad, good, pick, refusal_of
from tests.reference.frames import framed, read_frame
from tests.reference.values import Value, encode
from tests.reference.writers.relays import (
    IDENTITY,
    INVITATION,
    LIMITS,
    MAILBOX,
    OWNER,
    SESSION,
    TOKEN,
    TOKEN_HASH,
)

U32 = 2**32 - 1
U48 = 2**48 - 1
LAST = 2**53 - 1
SUBMIT_ID = pick("08/submit", 16)
PROOF, SEALED = pick("08/proof", 64), b"sealed"
BLOB, KEYS = pick("08/blob", 16), [pick("08/write", 32), pick("08/read", 32)]


def _hashes(count: int) -> list[Value]:
    return [pick(f"08/hash/{number}", 32) for number in range(count)]


GOOD: dict[str, tuple[str, list[Value]]] = {
    "client-hello": ("client", [1, 1, 1, SESSION.nonce]),
    "client-hello-range": ("client", [1, 0, 65536, SESSION.nonce]),
    "create": ("client", [2, 1, MAILBOX, OWNER, [TOKEN_HASH], []]),
    "create-bare": ("client", [2, 127, MAILBOX, OWNER, [], []]),
    "create-invited": ("client", [2, 128, MAILBOX, OWNER, _hashes(32), [INVITATION]]),
    "prove": ("client", [3, 255, MAILBOX, PROOF]),
    "submit": ("client", [4, 256, MAILBOX, TOKEN, SUBMIT_ID, SEALED]),
    "submit-one": ("client", [4, 1, MAILBOX, TOKEN, SUBMIT_ID, b"\0"]),
    "submit-longest": ("client", [4, U32, MAILBOX, TOKEN, SUBMIT_ID, bytes(33928)]),
    "subscribe": ("client", [5, 65535, MAILBOX]),
    "acknowledge": ("client", [6, 65536, MAILBOX, 1]),
    "acknowledge-0": ("client", [6, 1, MAILBOX, 0]),
    "acknowledge-last": ("client", [6, 1, MAILBOX, LAST]),
    "tokens": ("client", [7, 1, MAILBOX, [TOKEN_HASH], _hashes(2)]),
    "tokens-none": ("client", [7, 1, MAILBOX, [], []]),
    "tokens-59": ("client", [7, 1, MAILBOX, _hashes(32), _hashes(27)]),
    "manifest": ("client", [8, 1, MAILBOX, 1, SEALED]),
    "manifest-longest": ("client", [8, 1, MAILBOX, U32, bytes(24576)]),
    "leaves": ("client", [9, 1, MAILBOX, 3, 0, [SEALED]]),
    "leaves-page": ("client", [9, 1, MAILBOX, 3, 255, [bytes(2400)] * 16]),
    "fetch": ("client", [10, 1, MAILBOX, TOKEN]),
    "ping": ("client", [11, U32]),
    "blob": ("client", [12, 1, MAILBOX, TOKEN, BLOB, *KEYS, 1]),
    "blob-greatest": ("client", [12, 1, MAILBOX, TOKEN, BLOB, *KEYS, U48]),
    "put": ("client", [13, 1, BLOB, KEYS[0], 0, SEALED]),
    "put-longest": ("client", [13, U32, BLOB, KEYS[0], U48, bytes(61440)]),
    "look": ("client", [14, 1, BLOB, KEYS[0]]),
    "get": ("client", [15, 1, BLOB, KEYS[1], 0, 1]),
    "get-longest": ("client", [15, 1, BLOB, KEYS[1], U48, 61440]),
    "delete": ("client", [16, 1, BLOB, KEYS[0]]),
    "remove": ("client", [18, 1, MAILBOX]),
    "release": ("client", [17, 1, MAILBOX, BLOB]),
    "done": ("relay", [129, 1]),
    "accepted": ("relay", [130, 127]),
    "accepted-128": ("relay", [130, 128]),
    "accepted-256": ("relay", [130, 256]),
    "accepted-last": ("relay", [130, U32]),
    "deliver": ("relay", [131, MAILBOX, 1, SUBMIT_ID, SEALED]),
    "deliver-last": ("relay", [131, MAILBOX, LAST, SUBMIT_ID, bytes(33928)]),
    "prekeys": ("relay", [132, 1, 3, SEALED, [0, SEALED]]),
    "prekeys-bare": ("relay", [132, 1, U32, bytes(24576), []]),
    "prekeys-longest": ("relay", [132, 1, 3, SEALED, [255, bytes(2400)]]),
    "low-shelf": ("relay", [133, MAILBOX, 3, 19]),
    "low-shelf-none": ("relay", [133, MAILBOX, 0, 0]),
    "low-shelf-full": ("relay", [133, MAILBOX, U32, 256]),
    **{f"failed-{code}": ("relay", [134, 1, code, 60]) for code in range(1, 12)},
    "failed-connection": ("relay", [134, 0, 8, 0]),
    "failed-week": ("relay", [134, 1, 3, 604800]),
    "goodbye": ("relay", [135, 0]),
    "goodbye-week": ("relay", [135, 604800]),
    "caught-up": ("relay", [136, MAILBOX]),
    "subscribed": ("relay", [137, 1, 0, 0]),
    "subscribed-equal": ("relay", [137, 1, LAST, LAST]),
    "state": ("relay", [138, 1, 0, 1]),
    "state-whole": ("relay", [138, 1, U48, U48]),
    "chunk": ("relay", [139, 1, b"\0"]),
    "chunk-longest": ("relay", [139, 1, bytes(61440)]),
}

BAD: dict[str, tuple[str, str, list[Value]]] = {
    "type-0": ("no such type", "client", [0, 1]),
    "type-19": ("no such type", "client", [19, 1]),
    "type-256": ("no such type", "client", [256, 1]),
    "type-text": ("a type that is text", "client", ["ping", 1]),
    "type-none": ("no type", "client", []),
    "from-relay": ("an answer that a client sent", "client", [129, 1]),
    "number-0": ("the number of the connection itself", "client", [11, 0]),
    "number-2-32": ("beyond the numbers", "client", [11, U32 + 1]),
    "number-missing": ("no number", "client", [11]),
    "ping-more": ("an element more", "client", [11, 1, 0]),
    "hello-backwards": ("a range that ends before it begins", "client", [1, 2, 1, SESSION.nonce]),
    "hello-version": ("beyond the versions", "client", [1, 1, 65537, SESSION.nonce]),
    "hello-nonce": ("a short nonce", "client", [1, 1, 1, SESSION.nonce[:-1]]),
    "mailbox-15": ("a short mailbox id", "client", [5, 1, MAILBOX[:-1]]),
    "mailbox-text": ("a mailbox id that is text", "client", [5, 1, "0123456789abcdef"]),
    "owner-31": ("a short owner key", "client", [2, 1, MAILBOX, OWNER[:-1], [], []]),
    "hash-31": ("a short hash", "client", [2, 1, MAILBOX, OWNER, [TOKEN_HASH[:-1]], []]),
    "hashes-33": ("33 hashes", "client", [2, 1, MAILBOX, OWNER, _hashes(33), []]),
    "invitation-15": ("a short invitation", "client", [2, 1, MAILBOX, OWNER, [], [INVITATION[:-1]]]),
    "invitation-bare": ("an invitation without its array", "client", [2, 1, MAILBOX, OWNER, [], INVITATION]),
    "invitations-2": ("two invitations", "client", [2, 1, MAILBOX, OWNER, [], [INVITATION] * 2]),
    "proof-63": ("a short signature", "client", [3, 1, MAILBOX, PROOF[:-1]]),
    "token-31": ("a short token", "client", [4, 1, MAILBOX, TOKEN[:-1], SUBMIT_ID, SEALED]),
    "submit-id-17": ("a long submit id", "client", [4, 1, MAILBOX, TOKEN, SUBMIT_ID + b"a", SEALED]),
    "submit-empty": ("no byte of envelope", "client", [4, 1, MAILBOX, TOKEN, SUBMIT_ID, b""]),
    "submit-text": ("an envelope that is text", "client", [4, 1, MAILBOX, TOKEN, SUBMIT_ID, "sealed"]),
    "sequence-2-53": ("beyond the integers (WI-1)", "client", [6, 1, MAILBOX]),
    "tokens-60": ("60 hashes in both lists (WI-3)", "client", [7, 1, MAILBOX, _hashes(32), _hashes(28)]),
    "generation-2-32": ("beyond the generations", "client", [8, 1, MAILBOX, U32 + 1, SEALED]),
    "manifest-empty": ("an empty manifest", "client", [8, 1, MAILBOX, 1, b""]),
    "manifest-24577": ("a long manifest", "client", [8, 1, MAILBOX, 1, bytes(24577)]),
    "leaves-none": ("a page without leaves", "client", [9, 1, MAILBOX, 3, 0, []]),
    "leaves-17": ("17 leaves", "client", [9, 1, MAILBOX, 3, 0, [SEALED] * 17]),
    "leaf-empty": ("an empty leaf", "client", [9, 1, MAILBOX, 3, 0, [b""]]),
    "leaf-2401": ("a long leaf", "client", [9, 1, MAILBOX, 3, 0, [bytes(2401)]]),
    "position-256": ("beyond the positions", "client", [9, 1, MAILBOX, 3, 256, [SEALED]]),
    "blob-0": ("nothing to keep", "client", [12, 1, MAILBOX, TOKEN, BLOB, *KEYS, 0]),
    "blob-2-48": ("beyond the sizes", "client", [12, 1, MAILBOX, TOKEN, BLOB, *KEYS, U48 + 1]),
    "blob-id-15": ("a short id", "client", [12, 1, MAILBOX, TOKEN, BLOB[:-1], *KEYS, 1]),
    "blob-hash-31": ("a short hash", "client", [12, 1, MAILBOX, TOKEN, BLOB, KEYS[0], KEYS[1][:-1], 1]),
    "put-empty": ("no byte", "client", [13, 1, BLOB, KEYS[0], 0, b""]),
    "put-61441": ("a long chunk", "client", [13, 1, BLOB, KEYS[0], 0, bytes(61441)]),
    "put-2-48": ("beyond the offsets", "client", [13, 1, BLOB, KEYS[0], U48 + 1, SEALED]),
    "put-text": ("a chunk that is text", "client", [13, 1, BLOB, KEYS[0], 0, "sealed"]),
    "look-key-33": ("a long key", "client", [14, 1, BLOB, KEYS[0] + b"a"]),
    "get-0": ("a range of nothing", "client", [15, 1, BLOB, KEYS[1], 0, 0]),
    "get-61441": ("a long range", "client", [15, 1, BLOB, KEYS[1], 0, 61441]),
    "get-2-48": ("beyond the offsets", "client", [15, 1, BLOB, KEYS[1], U48 + 1, 1]),
    "delete-more": ("an element more", "client", [16, 1, BLOB, KEYS[0], 0]),
    "release-id-15": ("a short id", "client", [17, 1, MAILBOX, BLOB[:-1]]),
    "from-client": ("a request that a relay sent", "relay", [11, 1]),
    "answer-type": ("no such type", "relay", [140, 1]),
    "hello-unsigned": ("arity of a hello", "relay", [128, 1, IDENTITY, SESSION.challenge, LIMITS]),
    "answer-2-32": ("beyond the numbers", "relay", [129, U32 + 1]),
    "answer-more": ("an element more", "relay", [129, 1, 0]),
    "deliver-empty": ("no byte of envelope", "relay", [131, MAILBOX, 1, SUBMIT_ID, b""]),
    "deliver-id-15": ("a short submit id", "relay", [131, MAILBOX, 1, SUBMIT_ID[:-1], SEALED]),
    "prekeys-empty": ("an empty manifest", "relay", [132, 1, 3, b"", []]),
    "prekeys-position": ("a position without its leaf", "relay", [132, 1, 3, SEALED, [0]]),
    "prekeys-256": ("beyond the positions", "relay", [132, 1, 3, SEALED, [256, SEALED]]),
    "prekeys-leaf-2401": ("a long leaf", "relay", [132, 1, 3, SEALED, [0, bytes(2401)]]),
    "prekeys-24577": ("a long manifest", "relay", [132, 1, 3, bytes(24577), []]),
    "low-shelf-257": ("more leaves than positions", "relay", [133, MAILBOX, 3, 257]),
    "code-0": ("no such code", "relay", [134, 1, 0, 0]),
    "code-12": ("no such code", "relay", [134, 1, 12, 0]),
    "retry": ("sent away for more than a week", "relay", [134, 1, 3, 604801]),
    "goodbye-retry": ("sent away for more than a week", "relay", [135, 604801]),
    "state-order": ("more than the whole", "relay", [138, 1, 2, 1]),
    "state-0": ("a blob of nothing", "relay", [138, 1, 0, 0]),
    "state-2-48": ("beyond the sizes", "relay", [138, 1, 0, U48 + 1]),
    "chunk-empty": ("no byte", "relay", [139, 1, b""]),
    "chunk-61441": ("a long chunk", "relay", [139, 1, bytes(61441)]),
    "subscribed-order": ("acknowledged what was never given", "relay", [137, 1, 2, 1]),
}


def frame_tests() -> list[Fields]:
    """Give the tests."""
    tests = []
    for name, (by, value) in GOOD.items():
        if read_frame(by, encode(value)) != value:
            raise AssertionError(name)
        fields = {"op": "frame", "by": by, "value": shown(value), "frame": framed(value)}
        tests.append(good(f"frame/{name}", "section 2; with its length", **fields))
    for name, (comment, by, value) in BAD.items():
        raw = framed(value)
        if name == "sequence-2-53":
            raw = (
                (len(raw) - 4 + 9).to_bytes(4, "big")
                + b"\x94"
                + raw[5:]
                + b"\xcf"
                + (2**53).to_bytes(8, "big")
            )
        kind = refusal_of(lambda raw=raw, by=by: read_frame(by, raw[4:]))
        tests.append(bad(f"frame/{name}", kind, comment, op="frame", by=by, frame=raw))
    return tests


def shown(value: Value) -> object:
    """Give a value as 01 writes it."""
    if isinstance(value, bytes):
        return {"bin": value}
    return [shown(item) for item in value] if isinstance(value, list) else value
