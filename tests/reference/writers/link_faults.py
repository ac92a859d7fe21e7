"""Links that must be refused, as `version` or as `damaged` (ID-6)."""

from __future__ import annotations

import base64

from tests.reference.case import Fields, bad, flipped, refusal_of
from tests.reference.identity import Link, link_text, read_link
from tests.reference.primitives import h


def _text(raw: bytes) -> str:
    return "securemsg:" + base64.b32encode(raw).decode().rstrip("=").lower()


def _checked(raw: bytes) -> str:
    return _text(raw + h(b"link", raw)[:4])


def bad_links(link: Link) -> list[Fields]:
    """Give the tests."""
    text = link_text(link)
    coded = text.removeprefix("securemsg:").upper()
    raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
    plain = raw[:-4]
    last = "abcdefghijklmnopqrstuvwxyz234567"
    faults = {
        "version-2": ("version 2, well checked", _checked(b"\2" + plain[1:])),
        "version-2-damaged": ("version 2, whatever follows", _text(b"\2" + raw[1:])),
        "version-0": ("version 0", _checked(b"\0" + plain[1:])),
        "check": ("the last bit of the check", _text(flipped(raw, -1))),
        "account": ("one bit of the account id", _text(flipped(raw, 1))),
        "host": ("one bit of the host", _text(flipped(raw, 120))),
        "cut": ("the last character is missing", text[:-1]),
        "empty": ("nothing after the colon", "securemsg:"),
        "no-scheme": ("without its first word", text.removeprefix("securemsg:")),
        "scheme": ("another first word", text.replace("securemsg:", "securemsh:")),
        "character": ("a character outside the alphabet", text[:60] + "1" + text[61:]),
        "long-s": ("a letter that becomes an s in upper case", "\u017f" + text[1:]),
        "padding": ("with padding", text + "=" * (-len(coded) % 8)),
        "no-host": ("no host, well checked", _checked(plain[:115])),
        "host-254": ("254 bytes of host, well checked", _checked(plain[:115] + b"h" * 254)),
        "host-not-ascii": ("a host that is not ASCII, well checked", _checked(plain + "\u00e9".encode())),
        **{
            f"host-{name}": (f"a host with {name}, well checked", _checked(plain + sign.encode()))
            for name, sign in (("space", " "), ("slash", "/"), ("bracket", "["), ("nul", "\0"), ("at", "@"))
        },
        "port-0": ("port 0, well checked", _checked(plain[:113] + b"\0\0" + plain[115:])),
        "4097": ("4,097 characters, white space included", text + " " * (4097 - len(text))),
        "tail-bits": ("the unused last bits are not zero", text[:-1] + last[last.index(text[-1]) ^ 1]),
    }
    tests = []
    for name, (comment, shown) in faults.items():
        reason = refusal_of(lambda shown=shown: read_link(shown))
        tests.append(bad(f"link/{name}", "LinkError", comment, op="link", reason=reason, text=shown))
    return tests
