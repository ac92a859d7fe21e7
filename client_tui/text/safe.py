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
from client_tui.text.language import _, ngettext

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

DISPUTED = frozenset({"Mc", "Me"})
"""Categories of marks that some terminals give a cell of their own and others none."""

DISPUTED_MARKS_IN_NAMES = 1
"""Kept on one character of a name: many would push what follows the name out of its column."""

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

OURS = re.compile(
    "[\u2190-\u21ff\u2500-\u25ff\u2611\u2705\u270e\u2713\u2714\u2794-\u27bf\u27f0-\u27ff\u2900-\u297f\u2b00-\u2bff"
    "\U0001f5f8\U0001f780-\U0001f8ff]"
)
"""Check marks, arrows, rules, circles and triangles: what we say of a person, nobody says in a name."""

NEUTRAL = "\N{MIDDLE DOT}"

LINE_END = re.compile("\r\n|[\r\u2028\u2029]")

LONG_JOIN = re.compile("((?:.\u200d){3}.)\u200d")
"""Four joined pictographs and another joiner: no real emoji is that long, so its width would be a guess."""


def safe_line(text: str, limit: int = NAME_LIMIT) -> SafeText:
    """Return `text` as one line of at most `limit` characters: for names and other labels.

    Spec: ID-12, CL-9
    """
    head = text[: 4 * limit].replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    shown = " ".join(_filter(head, "", DISPUTED_MARKS_IN_NAMES).replace("\n", " ").split())
    if _is_mark(shown[:1]):
        shown = MARK_BEARER + shown
    cut = len(shown) > limit or len(text) > 4 * limit
    return SafeText(shown[: limit - 1] + ELLIPSIS if cut else shown)


def safe_name(text: str) -> SafeText:
    """Return a name as one line without any sign that this client gives a meaning to.

    Spec: ID-12, CL-9
    """
    return SafeText(OURS.sub(NEUTRAL, safe_line(text)))


def safe_body(text: str) -> SafeText:
    r"""Return `text` with its lines kept (`\n` only): for what people write to each other.

    Spec: CT-6, CL-9
    """
    head = text[:BODY_LIMIT].replace("\r\n", "\n").replace("\t", TAB)
    lines = _filter(head, REPLACEMENT, MARKS_PER_BASE).split("\n")
    kept = lines[:LINE_LIMIT]
    if len(lines) > LINE_LIMIT:
        kept.append(f"{ELLIPSIS} {_more(len(lines) - LINE_LIMIT)}")
    elif len(text) > BODY_LIMIT:
        kept.append(f"{ELLIPSIS} " + _("the rest is not shown"))
    return SafeText("\n".join(kept))


def _more(count: int) -> str:
    return ngettext("{count} more line not shown", "{count} more lines not shown", count).format(count=count)


def safe_paste(text: str) -> str:
    r"""Return what the person pastes, uncut, with its lines (`\n` only) and without anything invisible.

    Spec: CL-9
    """
    lines = LINE_END.sub("\n", text).replace("\t", TAB)
    return lines if ORDINARY.fullmatch(lines) else "".join(filter(_may_be_pasted, lines))


def _may_be_pasted(character: str) -> bool:
    if character in {"\n", ZERO_WIDTH_JOINER}:
        return True
    return character not in HIDDEN and unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def _filter(text: str, reordering: str, disputed_marks: int) -> str:
    """Return `text` with each character kept, marked or removed; `reordering` stands for bidi controls."""
    if ORDINARY.fullmatch(text):
        return text
    shown: list[str] = []
    marks = disputed = 0
    for index, character in enumerate(text):
        if character == ZERO_WIDTH_JOINER:
            piece = _joiner(text, index)
        elif _is_mark(character):
            in_dispute = unicodedata.category(character) in DISPUTED
            if marks == MARKS_PER_BASE or (in_dispute and disputed == disputed_marks):
                continue
            marks, disputed = marks + 1, disputed + in_dispute
            # A mark without a base of its own would sit on whatever we print before it.
            piece = character if shown and shown[-1] != "\n" else MARK_BEARER + character
        elif piece := _shown(character, reordering):
            marks = disputed = 0
        if piece:
            shown.append(piece)
    return LONG_JOIN.sub(r"\1", "".join(shown))


def _is_mark(character: str) -> bool:
    """Tell whether `character` (one or none) sits on the one before it and is seen there."""
    marks = bool(character) and unicodedata.category(character) in {"Mn", "Me", "Mc"}
    return marks and character not in HIDDEN


def _shown(character: str, reordering: str) -> str:
    """Return what stands for one character that is neither a mark nor a joiner."""
    code = ord(character)
    if character == "\n":
        return character
    if code < FIRST_PRINTABLE:
        return chr(CONTROL_PICTURES + code)
    if code == DELETE:
        return DELETE_PICTURE
    if character in BIDI_REORDERING:
        return reordering
    if character in HIDDEN or character in BIDI_MARKS or is_skin_tone(character):
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
