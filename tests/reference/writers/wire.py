"""Vectors of 01: values, frames, padding, envelopes."""

from __future__ import annotations

from tests.reference.case import Fields, bad, flipped, good, pick, refusal_of, written
from tests.reference.codewords import CODEWORD, FILLER
from tests.reference.envelopes import (
    BLOCKS,
    OPENING_BLOCKS,
    Message,
    Opening,
    frames,
    pad,
    pad_opening,
    read_envelope,
    slots_for,
    unpad,
    unpad_opening,
)
from tests.reference.refusal import FRAME
from tests.reference.values import Value, decode, encode
from tests.reference.writers.shown import short
from tests.reference.writers.wire_faults import BAD_VALUES

LIMIT = 2048


def _shown(value: Value) -> object:
    if isinstance(value, bytes):
        return {"bin": value}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value


def _nested(depth: int) -> Value:
    return [_nested(depth - 1)] if depth > 1 else []


def _good_values() -> dict[str, list[Value]]:
    return {
        "nothing": [],
        "integers": [0, 1, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53 - 1],
        **{f"binary-{n}": [pick(f"01/binary/{n}", n)] for n in (0, 1, 31, 255, 256)},
        **{f"text-{n}": ["a" * n] for n in (0, 1, 31, 32, 255, 256)},
        "text-scripts": ["\u00e9", "\u6f22\u5b57", "\U0001f511", "e\u0301", "\0"],
        "array-15": [[0] * 15],
        "array-16": [[0] * 16],
        "outermost-16": [0] * 16,
        "elements-64": [0] * 64,
        "elements-64-nested": [[0] * 31, [0] * 31],
        "depth-8": [_nested(7)],
    }


def _values() -> list[Fields]:
    tests = []
    for name, value in _good_values().items():
        raw = encode(value)
        if decode(raw, LIMIT) != value:
            raise AssertionError(name)
        note = "decodes to the value and encodes to the same bytes"
        tests.append(good(f"value/{name}", note, op="value", limit=LIMIT, bytes=raw, value=_shown(value)))
    for name, (comment, raw) in BAD_VALUES.items():
        kind = refusal_of(lambda raw=raw: decode(raw, LIMIT))
        tests.append(bad(f"value/{name}", kind, comment, op="value", limit=LIMIT, bytes=raw))
    exact = encode([bytes(100)])
    tests.append(
        good(
            "value/limit",
            "as long as the limit",
            op="value",
            limit=103,
            bytes=exact,
            value=[{"bin": bytes(100)}],
        )
    )
    over = refusal_of(lambda: decode(exact, 102))
    tests.append(
        bad("value/over-limit", over, "one byte more than the limit", op="value", limit=102, bytes=exact)
    )
    return tests


# At the edges of blocks and of numbers of codewords; 14,777 is the longest beside which four fit.
SHORT = (1, 220, 620, 621, 219, 1021, 1022, 1243, 1244, 2045, 2046, 2489, 2490, 2891, 2892, 4093)
LENGTHS = (*SHORT, 4094, 8189, 8190, 14777, 14778, 16381)


def _codewords(count: int) -> list[bytes]:
    """Give as many codewords, all but the first of two with symbols."""
    words = [bytes([index + 40]) + pick(f"01/symbol/{index}", 400) for index in range(count)]
    return [FILLER, *words[1:]] if count == 2 else words


def _padding() -> list[Fields]:
    found = []
    for length in LENGTHS[:4]:
        content, words = b"c" * length, _codewords(slots_for(length))
        block = pad(content, words)
        if unpad(block) != (content, words):
            raise AssertionError(length)
        parts = {"content": content, "codewords": words, "block": block}
        found.append(good(f"pad/{length}", "a message block", op="pad", **parts))
    for length in LENGTHS:
        content = b"c" * length
        comment = "how many codewords fit; SHA-256 of the block with a filler for each"
        told = {"slots": slots_for(length), "block_sha256": short(pad(content))}
        found.append(good(f"slots/{length}", comment, op="slots", content=content, **told))
    for length in (1, OPENING_BLOCKS[0] - 2, OPENING_BLOCKS[0] - 1, OPENING_BLOCKS[1] - 2):
        content = b"o" * length
        name = f"pad-opening/{length}"
        found.append(
            good(name, "an opening block", op="pad_opening", content=content, block=pad_opening(content))
        )
    return [*found, *_bad_blocks(), *_bad_opening_blocks()]


def _bad_blocks() -> list[Fields]:
    block, full = pad(b"hello", _codewords(2)), pad(b"f" * 1021)
    tail = len(block) - 2 * CODEWORD
    ragged = FILLER[:200] + b"\1" + FILLER[201:]
    faults = {
        "no-slot": ("no slot where two fit", b"\0" + block[1:tail] + bytes(2 * CODEWORD)),
        "one-slot": ("one slot where two fit", b"\1" + block[1:tail] + bytes(CODEWORD) + block[-CODEWORD:]),
        "three-slots": ("three slots where two fit", b"\3" + block[1:]),
        "five-slots": ("more than four", b"\5" + pad(b"f" * 2046)[1:]),
        "slot-too-many": ("a slot where none fits", b"\1" + full[1:]),
        "ragged-filler": ("a filler that is not followed by zeros", pad(b"hello", [ragged, FILLER])),
        "empty": ("no content", block[:1] + bytes(2) + block[3:]),
        "too-long": ("a content longer than the block", b"\0" + (1022).to_bytes(2, "big") + b"a" * 1021),
        "longest": ("the greatest length", b"\0\xff\xff" + b"a" * 1021),
        "not-smallest-2048": ("a block larger than needed", b"\4" + _roomy(2048)),
        "not-smallest-16384": ("the largest block for five bytes", b"\4" + _roomy(16384)),
        "first-zero": ("the first byte of the zero area is not zero", block[:8] + b"\1" + block[9:]),
        "last-zero": ("the last byte of the zero area is not zero", flipped(block, tail - 1)),
        "short-block": ("not a listed size", block[:-1]),
        "long-block": ("not a listed size", block + b"\0"),
        "no-block": ("no byte at all", b""),
        "two-bytes": ("no room for the length", b"\0\0"),
    }
    return [
        bad(f"unpad/{name}", refusal_of(lambda raw=raw: unpad(raw)), comment, op="unpad", block=raw)
        for name, (comment, raw) in faults.items()
    ]


def _roomy(size: int) -> bytes:
    """Give all but the first byte of a block of that size for five bytes, fillers in its four slots."""
    return (b"\0\5hello".ljust(size - 1 - 4 * CODEWORD, b"\0")) + FILLER * 4


def _bad_opening_blocks() -> list[Fields]:
    opening = pad_opening(b"hello")
    faults = {
        "empty": ("no content", bytes(16384)),
        "too-long": ("longer than the block", (16383).to_bytes(2, "big") + b"a" * 16382),
        "not-smallest": ("a block larger than needed", opening + bytes(16384)),
        "last-zero": ("the last byte is not zero", opening[:-1] + b"\1"),
        "short-block": ("not a listed size", opening[:-1]),
    }
    return [
        bad(
            f"unpad-opening/{name}",
            refusal_of(lambda raw=raw: unpad_opening(raw)),
            comment,
            op="unpad_opening",
            block=raw,
        )
        for name, (comment, raw) in faults.items()
    ]


def _parts() -> tuple[bytes, bytes, bytes]:
    return pick("01/header", 80), pick("01/salt", 16), pick("01/commitment", 32)


def _envelopes() -> list[Fields]:
    header, salt, commitment = _parts()
    tests = []
    for block in BLOCKS:
        message = Message(header, salt, commitment, b"b" * (block + 16))
        tests.append(
            good(
                f"envelope/message-{block}",
                "a message",
                op="message",
                **message._asdict(),
                bytes=message.encoded(),
            )
        )
    for block in OPENING_BLOCKS:
        opening = Opening(pick("01/hint", 8), b"s" * (block + 1136))
        tests.append(
            good(
                f"envelope/opening-{block}",
                "an opening",
                op="opening",
                **opening._asdict(),
                bytes=opening.encoded(),
            )
        )
    for name, (comment, value) in _bad_envelopes().items():
        raw = encode(value)
        kind = refusal_of(lambda raw=raw: read_envelope(raw))
        tests.append(bad(f"envelope/{name}", kind, comment, op="envelope", bytes=raw))
    return tests


def _bad_envelopes() -> dict[str, tuple[str, Value]]:
    header, salt, commitment = _parts()
    body = b"b" * 1040
    return {
        "kind-0": ("an unknown kind", [0, header, salt, commitment, body]),
        "kind-3": ("an unknown kind", [3, header, salt, commitment, body]),
        "no-fields": ("an empty array", []),
        "arity-4": ("an element less", [1, header, salt, commitment]),
        "arity-6": ("an element more", [1, header, salt, commitment, body, 0]),
        "header-79": ("a short header", [1, header[:-1], salt, commitment, body]),
        "header-81": ("a long header", [1, header + b"a", salt, commitment, body]),
        "salt-15": ("a short salt", [1, header, salt[:-1], commitment, body]),
        "salt-text": ("text in place of binary", [1, header, "a" * 16, commitment, body]),
        "commitment-31": ("a short commitment", [1, header, salt, commitment[:-1], body]),
        "body-1039": ("not a block and its tag", [1, header, salt, commitment, body[:-1]]),
        "body-1024": ("a block without its tag", [1, header, salt, commitment, body[:1024]]),
        "body-0": ("no body", [1, header, salt, commitment, b""]),
        "body-32784": ("twice the largest block", [1, header, salt, commitment, bytes(32784)]),
        "opening-hint-7": ("a short hint", [2, b"1234567", bytes(17520)]),
        "opening-arity-2": ("an element less", [2, b"12345678"]),
        "opening-17519": ("not a block and its overhead", [2, b"12345678", bytes(17519)]),
        "opening-message-body": ("the body of a message", [2, b"12345678", body]),
        "too-long": ("more than MAX_ENVELOPE", [2, b"12345678", bytes(33920)]),
    }


def _frames() -> list[Fields]:
    first, second = encode([5, 0, pick("01/mailbox", 16)]), encode([9, 1])
    stream = b"".join(len(value).to_bytes(4, "big") + value for value in (first, second))
    cut, rest = frames(stream[:-1])
    tests = [
        good(
            "frames/two",
            "two frames glued together",
            op="frames",
            stream=stream,
            frames=[first, second],
            rest=b"",
        ),
        good(
            "frames/cut",
            "a frame that is not whole yet",
            op="frames",
            stream=stream[:-1],
            frames=cut,
            rest=rest,
        ),
        good(
            "frames/three-bytes",
            "a length that is not whole yet",
            op="frames",
            stream=bytes(3),
            frames=[],
            rest=bytes(3),
        ),
    ]
    for length in (0, 65537, 2**32 - 1):
        raw = length.to_bytes(4, "big")
        kind = refusal_of(lambda raw=raw: frames(raw))
        tests.append(
            bad(f"frames/length-{length}", kind, "refused before anything follows", op="frames", stream=raw)
        )
    return tests


def file() -> str:
    """Give the text of 01-wire.json."""
    tests = [*_values(), *_frames(), *_padding(), *_envelopes()]
    if {test["error"] for test in tests if not test["valid"]} != {FRAME}:
        raise AssertionError
    return written("01", "WI-1 WI-2 WI-3 WI-4 WI-6 WI-7 WI-8 WI-9 WI-10", tests)
