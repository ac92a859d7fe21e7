"""Vectors of 12: files."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from tests.reference.case import Fields, bad, good, pick, refusal_of, written
from tests.reference.files import assembled, open_stored, padded, saved_name, schedule, seal, stored_size

KEY = pick("12/key", 32)
OTHER_KEY = pick("12/other-key", 32)
RECORD = 65552
LONG = 65536 * 2 + 100


def pattern(size: int) -> bytes:
    """Give the bytes of a file of the vectors: 251 of them, again and again."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def _digest(stored: bytes) -> bytes:
    return hashlib.sha256(stored).digest()


def _sizes() -> list[Fields]:
    sizes = [0, 1, 16384, 16385, 17408, 17409, 65535, 65536, 65537, 2**20, 2**20 + 1, 2**30 + 1]
    sizes += [2**32 - 1, 2**32, 2**32 + 1, 2**40 - 1, 2**40]
    comment = "padding and length of what is stored (FI-3)"
    fields = [{"size": size, "padded": padded(size), "stored_size": stored_size(size)} for size in sizes]
    return [good(f"size/{each['size']}", comment, op="size", **each) for each in fields]


def _files() -> list[Fields]:
    tests = []
    for size in (0, 1, 16384, 16385, 65536, 65537, LONG, 2**20, 2**20 + 1, 2**22 + 1):
        stored = seal(KEY, pattern(size))
        if open_stored(KEY, size, _digest(stored), stored) != pattern(size):
            raise AssertionError
        shown: Fields = {"key": KEY, "size": size, "head": stored[:56], "digest": _digest(stored)}
        tests.append(good(f"file/{size}", "the file is 00 01 .. fa again and again", op="file", **shown))
    return tests


class Harm(NamedTuple):
    """What is done to the stored bytes of `file/131172`: pieces of it in another order, and other words."""

    name: str
    comment: str
    pieces: list[list[int]]
    size: int = LONG
    key: bytes = KEY
    flip: int = -1
    wrong_digest: bool = False


def _harms() -> list[Harm]:
    end = stored_size(LONG)
    first, second, third = [56, 56 + RECORD], [56 + RECORD, 56 + 2 * RECORD], [56 + 2 * RECORD, end]
    whole = [[0, end]]
    return [
        Harm("cut", "the last byte is missing", [[0, end - 1]]),
        Harm("cut-record", "the last record is missing", [[0, 56], first, second]),
        Harm("longer", "a byte follows", [[0, end], [0, 1]]),
        Harm("empty", "nothing is there", []),
        Harm("swapped", "two records change places", [[0, 56], second, first, third]),
        Harm("repeated", "a record stands in the place of the next", [[0, 56], first, first, third]),
        Harm("size", "the message says one byte less, with the same padding", whole, size=LONG - 1),
        Harm("key", "another key", whole, key=OTHER_KEY),
        Harm("digest", "another digest", whole, wrong_digest=True),
        Harm("commitment", "a bit of the commitment", whole, flip=0),
        Harm("size-record", "a bit of record 0", whole, flip=40),
        Harm("chunk", "a bit of the first chunk", whole, flip=100),
        Harm("tag", "a bit of the last tag", whole, flip=end - 1),
        Harm("padding", "a bit in the padding", whole, flip=end - 20),
    ]


def _harmed() -> list[Fields]:
    tests = []
    good_bytes = seal(KEY, pattern(LONG))
    for harm in _harms():
        raw = bytearray(b"".join(good_bytes[start:end] for start, end in harm.pieces))
        if harm.flip >= 0:
            raw[harm.flip] ^= 1
        stored = bytes(raw)
        digest = _digest(good_bytes + b"!") if harm.wrong_digest else _digest(stored)
        error = refusal_of(lambda harm=harm, d=digest, s=stored: open_stored(harm.key, harm.size, d, s))
        shown: Fields = {"key": harm.key, "size": harm.size, "digest": digest, "of": f"file/{LONG}"}
        shown |= {"pieces": harm.pieces, "flip": harm.flip}
        tests.append(bad(f"harmed/{harm.name}", error, harm.comment, op="harmed", **shown))
    return tests


def _sealed() -> list[Fields]:
    """What only its sender can have made."""
    stream_key, commitment = schedule(KEY)
    text = pattern(16000)
    cases = {
        "padding-not-zero": ("a byte of the padding is not zero", 16000, [text + bytes(383) + b"\x01"]),
        "other-size": ("record 0 says another size", 15999, [text + bytes(384)]),
        "two-chunks": ("the text is cut in two records", 16000, [text, bytes(384)]),
    }
    tests = []
    for name, (comment, told, chunks) in cases.items():
        stored = assembled(stream_key, commitment, told, chunks)
        digest = _digest(stored)
        error = refusal_of(lambda d=digest, s=stored: open_stored(KEY, 16000, d, s))
        shown: Fields = {"key": KEY, "size": 16000, "told": told, "chunks": chunks, "digest": digest}
        tests.append(bad(f"sealed/{name}", error, comment, op="sealed", **shown))
    return tests


NAMES = {
    "plain": "report.pdf",
    "way-up": "../../.bashrc",
    "absolute": "/etc/passwd",
    "drive": "C:\\Windows\\system32\\cmd.exe",
    "drive-bare": "C:evil",
    "unc": "\\\\server\\share\\file.txt",
    "home": "~/.ssh/authorized_keys",
    "tilde": "~root",
    "nul": "a\0b.txt",
    "long": "x" * 300 + ".pdf",
    "long-accents": "\u00e9" * 200 + ".tar.gz",
    "long-ending": "a." + "b" * 300,
    "long-whole": "x" * 146 + ".pdf",
    "long-by-one": "x" * 147 + ".pdf",
    "ending-20": "a" * 200 + "." + "b" * 19,
    "ending-21": "a" * 200 + "." + "b" * 20,
    "capitals": "X-ray.X",
    "device": "CON",
    "device-not": "conX",
    "device-ending": "com1.tar.gz",
    "device-space": "nul .txt",
    "device-digit": "LPT\u00b2.txt",
    "trailing": "report.pdf. . .",
    "dash": "-rf",
    "dashes": "--",
    "up": "..",
    "nothing": "",
    "folder": "a/b/",
    "bidi": "photo\u202egnp.exe",
    "unseen": "re\u200bport\ufeff.p\u00addf",
    "unseen-letters": "a\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0.txt",
    "unseen-edges": "a\u180b\u180f\ufe00\ufe0f\U000e0000\U000e0100\U000e01ef\U000e0fff.txt",
    "joined-later": "e\u200b\u0301",
    "escape": "\u001b[2Jclear\u009b31m.txt",
    "lines": "a\nb\r\nc\u2028d.txt",
    "spaces": "\u3000 a\u00a0b \u2003.txt",
    "wild": 'a<b>c:d"e|f?g*h.txt',
    "decomposed": "re\u0301sume\u0301.pdf",
    "kelvin": "\u212a.txt",
    "tags": "a\U000e0061\U000e0062.txt",
    "private": "a\ue000b.txt",
    "emoji": "\U0001f469\u200d\U0001f4bb.png",
}


def _names() -> list[Fields]:
    tests = []
    for name, typed in NAMES.items():
        saved = saved_name(typed)
        if saved_name(saved) != saved:
            raise AssertionError(name)
        tests.append(good(f"name/{name}", "saved under (FI-11)", op="name", typed=typed, saved=saved))
    return tests


def file() -> str:
    """Write 12."""
    return written(
        "12", "FI-1 FI-2 FI-3 FI-4 FI-5 FI-11", [*_sizes(), *_files(), *_harmed(), *_sealed(), *_names()]
    )
