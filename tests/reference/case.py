"""The shape of the vector files: one object a file, one object a test, bytes in hexadecimal."""

from __future__ import annotations

import hashlib
import json
import re
from typing import NamedTuple

from tests.reference.refusal import RefusedError

Fields = dict[str, object]


def pick(label: str, length: int) -> bytes:
    """Give the bytes that stand for randomness: one stream for each label, so that nothing shifts."""
    return hashlib.shake_256(b"securemsg vectors/" + label.encode()).digest(length)


def good(ident: str, comment: str, **fields: object) -> Fields:
    """Make a test that must succeed."""
    return {"id": ident, "comment": comment, "valid": True, **fields}


def bad(ident: str, error: str, comment: str, **fields: object) -> Fields:
    """Make a test that must be refused with this error."""
    return {"id": ident, "comment": comment, "valid": False, "error": error, **fields}


def flipped(raw: bytes, at: int) -> bytes:
    """Give the bytes with the lowest bit of one of them turned."""
    at %= len(raw)
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


class Edit(NamedTuple):
    """A long field given as another one with one byte changed, to keep the files small."""

    of: str
    at: int

    def shown(self) -> Fields:
        """Give what stands in the file."""
        return {"copy": self.of, "at": self.at, "xor": "01"}


class Copy(NamedTuple):
    """A long field given as that of another test."""

    of: str

    def shown(self) -> Fields:
        """Give what stands in the file."""
        return {"copy": self.of}


def refusal_of(attempt: object) -> str:
    """Call it and give the kind of refusal, so that every negative test was seen to fail here."""
    if not callable(attempt):
        raise TypeError
    try:
        attempt()
    except RefusedError as refused:
        return refused.kind
    raise AssertionError


NUMBERS = re.compile(r"\[\s+\d+(,\s+\d+)*\s+\]")  # these stand on one line
RUN = re.compile(rb"(.)\1{255,}", re.DOTALL)


def _hex(raw: bytes) -> object:
    """Write bytes as hexadecimal; where one byte is repeated very often, as a list of pieces."""
    pieces: list[object] = []
    at = 0
    for run in RUN.finditer(raw):
        pieces += [raw[at : run.start()].hex(), {"repeat": run[1].hex(), "times": len(run[0])}]
        at = run.end()
    return [piece for piece in (*pieces, raw[at:].hex()) if piece] if pieces else raw.hex()


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return _hex(value)
    if isinstance(value, (Copy, Edit)):
        return value.shown()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def written(spec: str, requirements: str, tests: list[Fields], inputs: Fields | None = None) -> str:
    """Give the text of a vector file."""
    idents = [test["id"] for test in tests]
    if len(set(idents)) != len(idents):
        raise AssertionError(idents)
    file = {"spec": spec, "requirements": requirements.split(), "inputs": inputs or {}, "tests": tests}
    spread = json.dumps(_plain(file), indent=1, ensure_ascii=True) + "\n"
    return NUMBERS.sub(lambda found: " ".join(found[0].split()), spread)
