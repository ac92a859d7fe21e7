"""Which characters hide, join or reorder text: the tables behind `safe`."""

ZERO_WIDTH_JOINER = "\u200d"

BIDI_REORDERING = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
)
"""Embeddings, overrides, isolates and the deprecated shaping controls: they show text in another order."""

BIDI_MARKS = frozenset("\u200e\u200f\u061c")
"""Invisible directional marks: common in honest Arabic and Hebrew text, without use in a terminal."""

HIDDEN = frozenset(
    [
        "\u00ad",  # soft hyphen
        "\u034f",  # combining grapheme joiner
        "\u115f",  # Hangul fillers: letters by category, blank by design
        "\u1160",
        "\u17b4",  # Khmer vowels that must not be seen
        "\u17b5",
        "\u200b",  # zero-width space
        "\u200c",  # zero-width non-joiner
        "\u2060",
        "\u2800",  # Braille blank
        "\u3164",
        "\ufeff",
        "\uffa0",
        *map(chr, range(0x180B, 0x1810)),  # Mongolian variation selectors
        *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        *map(chr, range(0xE0100, 0xE01F0)),
        *map(chr, range(0xE0000, 0xE0080)),  # tags: invisible ASCII
    ]
)
"""Characters without a visible place; terminals disagree about the widths that variation selectors make."""

_PICTOGRAPHS = (
    (0x00A9, 0x00A9),
    (0x00AE, 0x00AE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2190, 0x21FF),
    (0x2300, 0x23FF),
    (0x25A0, 0x27BF),
    (0x2900, 0x297F),
    (0x2B00, 0x2BFF),
    (0x1F000, 0x1F3FA),
    (0x1F400, 0x1FAFF),
)
"""Blocks that hold the pictographs of Unicode; skin tones (U+1F3FB..1F3FF) are not bases."""


def is_pictograph(character: str) -> bool:
    """Tell whether `character` (one or none) may stand beside a joiner."""
    return bool(character) and any(first <= ord(character) <= last for first, last in _PICTOGRAPHS)


def is_skin_tone(character: str) -> bool:
    """Tell whether `character` is one of the five modifiers: terminals disagree about their width."""
    return "\U0001f3fb" <= character <= "\U0001f3ff"
