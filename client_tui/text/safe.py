"""The one gate for foreign text: nothing reaches a terminal that did not pass here.

Foreign is everything that the person at this terminal did not type into this program:
names, message texts, links, error texts that quote any of them, file names. A terminal obeys
control characters; Textual hands them on. So they become visible pictures, characters
that reorder or hide text are marked or removed, and what could grow without bound is capped.
"""

import re
import unicodedata
from typing import NewType

from client_tui.text.characters import (
    BIDI_MARKS,
    BIDI_REORDERING,
    HIDDEN,
    ZERO_WIDTH_JOINER,
    is_pictograph,
    is_skin_tone,
)

SafeText = NewType("SafeText", str)
"""Text without anything that a terminal obeys; markup in it is still only text."""

NAME_LIMIT = 64
"""Characters of a name or another single line shown in full: the format's own limit is 64 bytes."""

BODY_LIMIT = 16_384
"""Characters of a message shown: contents are at most 16,000 bytes, so nothing honest is cut."""

LINE_LIMIT = 400
"""Lines of a message shown: a million empty lines would push everything else away."""

MARKS_PER_BASE = 8
"""Combining marks kept on one character: living languages use three at most (Spec: CL-9)."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
TAB = "    "
FIRST_PRINTABLE = 0x20
DELETE = 0x7F
CONTROL_PICTURES = 0x2400
DELETE_PICTURE = "\N{SYMBOL FOR DELETE}"
MARK_BEARER = "\N{DOTTED CIRCLE}"

ORDINARY = re.compile(r"[\n -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")
"""Western letters and punctuation: nothing in here needs a closer look."""

LONG_JOIN = re.compile("((?:.\u200d){3}.)\u200d")
"""Four joined pictographs and another joiner: no real emoji is that long, so its width would be a guess."""


def safe_line(text: str, limit: int = NAME_LIMIT) -> SafeText:
    """Return `text` as one line of at most `limit` characters: for names and other labels.

    Spec: ID-12, CL-9
    """
    head = text[: 4 * limit].replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    shown = " ".join(_filter(head, reordering="").replace("\n", " ").split())
    cut = len(shown) > limit or len(text) > 4 * limit
    return SafeText(shown[: limit - 1] + ELLIPSIS if cut else shown)


def safe_body(text: str) -> SafeText:
    r"""Return `text` with its lines kept (`\n` only): for what people write to each other.

    Spec: CT-6, CL-9
    """
    head = text[:BODY_LIMIT].replace("\r\n", "\n").replace("\t", TAB)
    lines = _filter(head, reordering=REPLACEMENT).split("\n")
    kept = lines[:LINE_LIMIT]
    if len(lines) > LINE_LIMIT:
        kept.append(f"{ELLIPSIS} {len(lines) - LINE_LIMIT} more lines not shown")
    elif len(text) > BODY_LIMIT:
        kept.append(f"{ELLIPSIS} the rest is not shown")
    return SafeText("\n".join(kept))


def _filter(text: str, reordering: str) -> str:
    """Return `text` with each character kept, marked or removed; `reordering` stands for bidi controls."""
    if ORDINARY.fullmatch(text):
        return text
    shown: list[str] = []
    marks = 0
    for index, character in enumerate(text):
        if character == ZERO_WIDTH_JOINER:
            shown.append(_joiner(text, index))
        elif character in HIDDEN:
            continue
        elif unicodedata.category(character) in {"Mn", "Me"}:
            marks += 1
            # A mark without a base of its own would sit on whatever we print before it.
            bearer = MARK_BEARER if not shown or shown[-1] == "\n" else ""
            shown.append(bearer + character if marks <= MARKS_PER_BASE else "")
        else:
            marks = 0
            shown.append(_shown(character, reordering))
    return LONG_JOIN.sub(r"\1", "".join(shown))


def _shown(character: str, reordering: str) -> str:
    """Return what stands for one character that is neither hidden, a mark nor a joiner."""
    code = ord(character)
    if character == "\n":
        return character
    if code < FIRST_PRINTABLE:
        return chr(CONTROL_PICTURES + code)
    if code == DELETE:
        return DELETE_PICTURE
    if character in BIDI_REORDERING:
        return reordering
    if character in BIDI_MARKS or is_skin_tone(character):
        return ""
    return _by_category(character)


def _by_category(character: str) -> str:
    """Return what stands for a character that no table names."""
    match unicodedata.category(character):
        case "Zl" | "Zp":
            return "\n"
        case "Cf":
            return ""
        case "Cn" if is_pictograph(character):
            # Newer than this Python's tables, and drawn by newer fonts.
            return character
        case "Cc" | "Cs" | "Co" | "Cn":
            return REPLACEMENT
        case _:
            return character


def _joiner(text: str, index: int) -> str:
    """Keep a joiner between two pictographs (families, professions), drop it everywhere else."""
    before = index - 1
    while before >= 0 and (text[before] in HIDDEN or is_skin_tone(text[before])):
        before -= 1
    joins = before >= 0 and is_pictograph(text[before]) and is_pictograph(text[index + 1 : index + 2])
    return ZERO_WIDTH_JOINER if joins else ""
