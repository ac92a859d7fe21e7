"""Codes of safety numbers that must be refused, as `version` or as `damaged` (ID-14)."""

from __future__ import annotations

import base64

from tests.reference.case import Fields, bad, flipped, refusal_of
from tests.reference.identity import read_safety_qr, safety_qr

PREFIX = "SECUREMSG-SN:"


def _text(raw: bytes) -> str:
    return PREFIX + base64.b32encode(raw).decode().rstrip("=")


def bad_codes(one: bytes, other: bytes) -> list[Fields]:
    """Give the tests."""
    text = safety_qr(one, other)
    faults = {
        "version-0": ("version 0", _text(b"\0" + one + other)),
        "version-2": ("version 2", _text(b"\2" + one + other)),
        "version-2-alone": ("version 2, whatever follows", _text(b"\2" + one[:9])),
        "equal": ("one account twice", _text(b"\1" + one + one)),
        "short": ("a byte is missing", _text(b"\1" + one + other[:-1])),
        "long": ("a byte too many", _text(b"\1" + one + other + b"\0")),
        "one": ("one account", _text(b"\1" + one)),
        "version-alone": ("a version and nothing else", _text(b"\1")),
        "empty": ("nothing after the colon", PREFIX),
        "cut": ("the last character is missing", text[:-1]),
        "no-prefix": ("without its first word", text.removeprefix(PREFIX)),
        "prefix": ("another first word", text.replace("-SN:", "-SM:")),
        "lower": ("in lower case", text.lower()),
        "lower-code": ("the code in lower case", PREFIX + text.removeprefix(PREFIX).lower()),
        "character": ("a character outside the alphabet", text[:60] + "1" + text[61:]),
        "not-ascii": ("a letter that is not ASCII", text[:60] + "\u0130" + text[61:]),
        "space": ("white space at the end", text + " "),
        "newline": ("a line end inside", text[:60] + "\n" + text[60:]),
        "padding": ("with padding", text + "=" * 8),
        "link": ("a link", "SECUREMSG:" + text.removeprefix(PREFIX)),
        "twice": ("twice", text + text),
        "version-bit": ("one bit of the version", _text(flipped(b"\1" + one + other, 0))),
    }
    tests = []
    for name, (comment, shown) in faults.items():
        reason = refusal_of(lambda shown=shown: read_safety_qr(shown))
        tests.append(bad(f"scanned/{name}", "LinkError", comment, op="scanned", reason=reason, text=shown))
    return tests
