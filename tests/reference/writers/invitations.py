"""Invitations as vectors: what they carry, and how they are refused (ID-13)."""

from __future__ import annotations

from tests.reference.case import Fields, bad, good, pick, refusal_of
from tests.reference.identity import Link, link_text
from tests.reference.invitation import Invitation, invitation_text, read_invitation, tail_text


def invitations(link: Link) -> list[Fields]:
    """Give the tests."""
    token = pick("03/invitation/token", 16)
    whole = Invitation(link, token, "Claire Dumont")
    tests = [
        _good("whole", "ID-13", whole, invitation_text(whole)),
        _good("upper", "as in a QR code", whole, invitation_text(whole).upper()),
        _good("wrapped", "wrapped", whole, "\n ".join(invitation_text(whole).partition("."))),
        _good("link", "a link alone", nothing := Invitation(link, b"", ""), link_text(link)),
    ]
    edges = {
        "name-64": ("64 bytes of name", whole._replace(name="\u2603" * 21 + "n")),
        "no-token": ("a relay that takes anybody", whole._replace(token=b"")),
        "no-name": ("nobody's name", whole._replace(name="")),
        "nothing": ("neither", nothing),
    }
    tests += [_good(name, comment, edge, invitation_text(edge)) for name, (comment, edge) in edges.items()]
    return [*tests, *_faults(whole)]


def _good(name: str, comment: str, invitation: Invitation, text: str) -> Fields:
    if read_invitation(text) != invitation:
        raise AssertionError
    fields = {"token": invitation.token, "name": invitation.name, "link": link_text(invitation.link)}
    canonical = "." in text and text == invitation_text(invitation)
    return good(f"invitation/{name}", comment, op="invitation", **fields, text=text, canonical=canonical)


def _faults(whole: Invitation) -> list[Fields]:
    link, text = whole.link, invitation_text(whole)
    head = link_text(link) + "."
    tail = bytes([16]) + whole.token + whole.name.encode()
    other = link._replace(host="relay.example.net")
    faults = {
        "tail-empty": ("nothing behind the point", head),
        "cut": ("the last character is missing", text[:-1]),
        "check": ("a character of the token is another", _with_other(text, len(head) + 6)),
        "moved": ("the tail of one to another relay", link_text(other) + "." + text.partition(".")[2]),
        "width-15": ("a token of 15 bytes, well checked", head + tail_text(link, bytes([15]) + tail[2:])),
        "width-more": ("less than the token's width, well checked", head + tail_text(link, tail[:10])),
        "name-65": ("65 bytes of name, well checked", head + tail_text(link, tail[:17] + b"n" * 65)),
        "name-broken": (
            "a name that is not UTF-8, well checked",
            head + tail_text(link, tail[:17] + b"\xff"),
        ),
        "long-s": ("a letter that becomes an s in upper case", head + "\u017f" + text[len(head) + 1 :]),
        "padding": ("with padding", text + "="),
        "two-points": ("a second point", text + "."),
        "link-character": ("a link with a fault before the point", text[:60] + "1" + text[61:]),
        "4097": ("4,097 characters, white space included", text + " " * (4097 - len(text))),
    }
    tests = []
    for name, (comment, shown) in faults.items():
        reason = refusal_of(lambda shown=shown: read_invitation(shown))
        test = bad(f"invitation/{name}", "LinkError", comment, op="invitation", reason=reason, text=shown)
        tests.append(test)
    return tests


def _with_other(text: str, at: int) -> str:
    return text[:at] + ("b" if text[at] == "a" else "a") + text[at + 1 :]
