"""Vectors of 07: content."""

from __future__ import annotations

from tests.reference.case import Fields, bad, good, pick, refusal_of, written
from tests.reference.content import MAX_CONTENT, Content, read_content, text_content
from tests.reference.values import Value, encode

ID = pick("07/message", 16)
SENT = 1_790_000_000_123


def _good() -> list[Fields]:
    tests = []
    names: list[Value] = [pick(f"07/id/{i}", 16) for i in range(48)]
    texts = {
        "short": "hello",
        "longest": "t" * 16000,
        "scripts": "\u00e9 \u6f22\u5b57 \U0001f511\n",
        "nfd": "cafe\u0301",
    }
    for name, words in texts.items():
        content = text_content(ID, SENT, words)
        if read_content(content.encoded()) != content:
            raise AssertionError
        fields = {"message_id": ID, "sent_at_ms": SENT, "typed": words, "text": content.rest[0]}
        comment = "kind 1; `text` is what was typed after NFC"
        tests.append(good(f"text/{name}", comment, op="text", **fields, bytes=content.encoded()))
    for count in (1, 48):
        receipt = Content(2, ID, SENT, [1, names[:count]])
        report = Content(3, ID, SENT, [names[:count]])
        fields = {"message_id": ID, "sent_at_ms": SENT, "named": names[:count]}
        tests.append(good(f"receipt/{count}", "kind 2", op="receipt", **fields, bytes=receipt.encoded()))
        tests.append(good(f"report/{count}", "kind 3", op="report", **fields, bytes=report.encoded()))
    unknown: dict[str, tuple[int, list[Value]]] = {
        "4": (4, []),
        "65535": (65535, [[1, "any", [b"thing"]], 5]),
        "long": (77, [bytes(16000)]),
    }
    for name, (kind, rest) in unknown.items():
        raw = Content(kind, ID, SENT, rest).encoded()
        if read_content(raw).kind != kind:
            raise AssertionError
        fields = {"kind": kind, "message_id": ID, "sent_at_ms": SENT}
        tests.append(good(f"unknown/{name}", "kept with its bytes (CT-3)", op="unknown", **fields, bytes=raw))
    return tests


def _tolerated() -> list[Fields]:
    """What no honest program sends and every receiver takes."""
    names: list[Value] = [pick("07/id/0", 16)] * 2
    receipt, text = Content(2, ID, SENT, [1, names]), Content(1, ID, SENT, ["cafe\u0301"])
    for content in (receipt, text):
        read_content(content.encoded())
    head = {"message_id": ID, "sent_at_ms": SENT}
    named = {"op": "receipt", **head, "named": names, "bytes": receipt.encoded()}
    taken = {"op": "text_received", **head, "text": text.rest[0], "bytes": text.encoded()}
    return [
        good("receipt/twice", "one message named twice (CT-2)", **named),
        good("text/not-nfc", "taken as it stands (CT-6)", **taken),
    ]


def _bad() -> list[Fields]:
    one: list[Value] = [ID]
    faults: dict[str, tuple[str, Value]] = {
        "kind-0": ("no such kind", [0, ID, SENT, "hello"]),
        "kind-65536": ("above the kinds", [65536, ID, SENT]),
        "kind-text": ("a kind that is no number", ["1", ID, SENT, "hello"]),
        "empty-array": ("nothing", []),
        "no-time": ("two fields", [1, ID]),
        "id-15": ("a short message id", [1, ID[:15], SENT, "hello"]),
        "unknown-id-15": ("a short message id, unknown kind", [9, ID[:15], SENT]),
        "unknown-time": ("a time that is text, unknown kind", [9, ID, "now"]),
        "text-empty": ("an empty text", [1, ID, SENT, ""]),
        "text-16001": ("a text one byte too long", [1, ID, SENT, "t" * 16001]),
        "text-binary": ("a text in binary", [1, ID, SENT, b"hello"]),
        "text-missing": ("no text", [1, ID, SENT]),
        "text-more": ("a field more", [1, ID, SENT, "hello", 0]),
        "receipt-state-0": ("a state that is not known", [2, ID, SENT, 0, one]),
        "receipt-state-2": ("a state that is not known", [2, ID, SENT, 2, one]),
        "receipt-none": ("no message named", [2, ID, SENT, 1, []]),
        "receipt-49": ("too many messages", [2, ID, SENT, 1, one * 49]),
        "receipt-id-17": ("a long message id", [2, ID, SENT, 1, [bytes(17)]]),
        "receipt-more": ("a field more", [2, ID, SENT, 1, one, 0]),
        "report-none": ("nothing named", [3, ID, SENT, []]),
        "report-49": ("too many", [3, ID, SENT, one * 49]),
        "too-long": ("more than 16,381 bytes", [9, ID, SENT, bytes(MAX_CONTENT)]),
    }
    tests = []
    for name, (comment, value) in faults.items():
        raw = encode(value)
        kind = refusal_of(lambda raw=raw: read_content(raw))
        tests.append(bad(f"bad/{name}", kind, comment, op="content", bytes=raw))
    raw = text_content(ID, SENT, "hello").encoded() + b"\0"
    tests.append(
        bad("bad/trailing", refusal_of(lambda: read_content(raw)), "a byte more", op="content", bytes=raw)
    )
    return tests


def file() -> str:
    """Give the text of 07-content.json."""
    return written("07", "CT-1 CT-2 CT-3 CT-6", [*_good(), *_tolerated(), *_bad()])
