"""Vectors of 07: content."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tests.reference.case import Fields, good, pick, written
from tests.reference.content import (
    DELETE,
    EDIT,
    FILE,
    NAME,
    REACTION,
    RECEIPT,
    REPORT,
    TEXT,
    TIMER,
    TYPING,
    YEAR,
    Content,
    read_content,
    text_content,
)
from tests.reference.writers.content_faults import ID, SENT, faults

if TYPE_CHECKING:
    from tests.reference.values import Value

OTHER = pick("07/id/0", 16)
ACCOUNT = pick("07/account", 32)
HEAD: Fields = {"message_id": ID, "sent_at_ms": SENT}
PIN, BLOB, READ, KEY, DIGEST = (
    pick(f"07/{name}", width)
    for name, width in (("pin", 32), ("blob", 16), ("read", 32), ("key", 32), ("digest", 32))
)


def _case(ident: str, comment: str, op: str, content: Content, **fields: object) -> Fields:
    """Make a test of content that the reference takes back as it was."""
    raw = content.encoded()
    if read_content(raw) != content:
        raise AssertionError
    return good(ident, comment, op=op, **{**HEAD, **fields}, bytes=raw)


def _texts() -> list[Fields]:
    tests = []
    words = {
        "short": "hello",
        "longest": "t" * 16000,
        "scripts": "\u00e9 \u6f22\u5b57 \U0001f511\n",
        "nfd": "cafe\u0301",
    }
    for name, typed in words.items():
        content = text_content(ID, SENT, typed)
        fields = {"typed": typed, "text": content.rest[2], "lifetime": 0, "quoted": []}
        tests.append(
            _case(f"text/{name}", "kind 1; `text` is what was typed after NFC", "text", content, **fields)
        )
    answer: list[Value] = [ACCOUNT, OTHER]
    quoting: dict[str, tuple[int, list[Value]]] = {
        "answer": (0, answer),
        "5-seconds": (5, []),
        "longest-lifetime": (YEAR, answer),
    }
    for name, (lifetime, quoted) in quoting.items():
        content = Content(TEXT, ID, SENT, [lifetime, quoted, "hello"])
        fields = {"typed": "hello", "text": "hello", "lifetime": lifetime, "quoted": quoted}
        tests.append(_case(f"text/{name}", "a lifetime, an answer (CT-7, CT-8)", "text", content, **fields))
    return tests


def _named() -> list[Fields]:
    tests = []
    names: list[Value] = [pick(f"07/id/{i}", 16) for i in range(48)]
    for count in (1, 48):
        some = names[:count]
        for state, word in ((1, "delivered"), (2, "read")):
            content = Content(RECEIPT, ID, SENT, [state, some])
            ident = f"receipt/{count}" if state == 1 else f"receipt/read-{count}"
            tests.append(_case(ident, f"kind 2, {word}", "receipt", content, state=state, named=some))
        report, deletion = Content(REPORT, ID, SENT, [some]), Content(DELETE, ID, SENT, [some])
        tests.append(_case(f"report/{count}", "kind 3", "report", report, named=some))
        tests.append(_case(f"delete/{count}", "kind 5", "delete", deletion, named=some))
    return tests


def _about_messages() -> list[Fields]:
    signs = {
        "thumb": "\U0001f44d",
        "none": "",
        "flag": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "32-bytes": "\U0001f44d" * 8,
        "control": "\u001b[2J",
    }
    tests = []
    for name, emoji in signs.items():
        content = Content(REACTION, ID, SENT, [ACCOUNT, OTHER, emoji])
        comment = "kind 6; taken as it stands, shown through the filter (CT-10)"
        fields: Fields = {"author": ACCOUNT, "target": OTHER, "emoji": emoji}
        tests.append(_case(f"reaction/{name}", comment, "reaction", content, **fields))
    edit = Content(EDIT, ID, SENT, [OTHER, unicodedata.normalize("NFC", "cafe\u0301")])
    fields = {"target": OTHER, "typed": "cafe\u0301", "text": edit.rest[1]}
    return [*tests, _case("edit/nfd", "kind 4", "edit", edit, **fields)]


def _conversation() -> list[Fields]:
    tests = [
        _case(f"typing/{state}", "kind 7", "typing", Content(TYPING, ID, SENT, [state]), state=state)
        for state in (0, 1)
    ]
    for lifetime, version in ((0, 1), (5, 2), (YEAR, 2**32 - 1)):
        content = Content(TIMER, ID, SENT, [lifetime, version])
        fields = {"lifetime": lifetime, "version": version}
        tests.append(_case(f"timer/{lifetime}", "kind 8", "timer", content, **fields))
    for name in ("A", "n" * 64):
        content = Content(NAME, ID, SENT, [name])
        tests.append(_case(f"name/{len(name)}", "kind 10", "name", content, name=name))
    return tests


def _files() -> list[Fields]:
    tests = []
    cases = {
        "plain": (0, [], "", "relay.example", 0, "a", ""),
        "most": (YEAR, [ACCOUNT, OTHER], "c" * 4000, "h" * 253, 2**40, "n" * 255, "t" * 127),
        "caption": (5, [], "cafe\u0301", "2001:db8::1", 3, "r\u00e9sum\u00e9.pdf", "application/pdf"),
    }
    for name, (lifetime, quoted, typed, host, size, file_name, kind) in cases.items():
        caption = unicodedata.normalize("NFC", typed)
        place: list[Value] = [host, 7443, PIN, BLOB, READ]
        file: list[Value] = [place, KEY, DIGEST, size, file_name, kind]
        content = Content(FILE, ID, SENT, [lifetime, [*quoted], caption, file])
        fields = {"lifetime": lifetime, "quoted": quoted, "typed": typed, "caption": caption, "file": file}
        tests.append(_case(f"file/{name}", "kind 9", "file", content, **fields))
    return tests


def _unknown() -> list[Fields]:
    unknown: dict[str, tuple[int, list[Value]]] = {
        "11": (11, []),
        "65535": (65535, [[1, "any", [b"thing"]], 5]),
        "long": (77, [bytes(16000)]),
    }
    return [
        _case(
            f"unknown/{name}",
            "kept with its bytes (CT-3)",
            "unknown",
            Content(kind, ID, SENT, rest),
            kind=kind,
        )
        for name, (kind, rest) in unknown.items()
    ]


def _tolerated() -> list[Fields]:
    """What no honest program sends and every receiver takes."""
    names: list[Value] = [OTHER] * 2
    receipt, text = Content(RECEIPT, ID, SENT, [1, names]), Content(TEXT, ID, SENT, [0, [], "cafe\u0301"])
    return [
        _case("receipt/twice", "one message named twice (CT-4)", "receipt", receipt, state=1, named=names),
        _case("text/not-nfc", "taken as it stands (CT-6)", "text_received", text, text=text.rest[2]),
    ]


def file() -> str:
    """Give the text of 07-content.json."""
    positive = [*_texts(), *_named(), *_about_messages(), *_conversation(), *_files(), *_unknown()]
    requirements = "CT-1 CT-2 CT-3 CT-4 CT-6 CT-7 CT-8 CT-9 CT-10 CT-11 CT-12 CT-14 CT-15 CT-16"
    return written("07", requirements, [*positive, *_tolerated(), *faults()])
