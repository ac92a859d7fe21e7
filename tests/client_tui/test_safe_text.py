"""The gate for foreign text (Spec: CL-9)."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from rich.cells import cell_len

from client_tui.text.safe import BODY_LIMIT, LINE_LIMIT, MARKS_PER_BASE, NAME_LIMIT, safe_body, safe_line
from tests.client_tui.hostile_text import (
    BIDI,
    C1,
    CLEAR_AND_LIE,
    CLIPBOARD,
    DEVICE_STRINGS,
    HIDDEN,
    HYPERLINK,
    MARKUP,
    OBEYED,
    OVERWRITE,
    RESET,
    TITLE,
    mixed_text,
)


@settings(max_examples=2_000)
@given(mixed_text)
def test_nothing_that_a_terminal_obeys_leaves_the_gate(text: str) -> None:
    """T01-T04, T06, T07, T10: fuzzed."""
    line, body = safe_line(text), safe_body(text)
    assert not OBEYED.search(line)
    assert "\n" not in line
    assert not OBEYED.search(body)
    line.encode()
    body.encode()


@settings(max_examples=500)
@given(mixed_text)
def test_the_gate_is_stable(text: str) -> None:
    assert safe_line(safe_line(text)) == safe_line(text)
    assert safe_body(safe_body(text)) == safe_body(text)


@settings(max_examples=500)
@given(mixed_text)
def test_lengths_and_marks_are_capped(text: str) -> None:
    """T09: no base carries a tower of marks."""
    assert len(safe_line(text)) <= NAME_LIMIT
    run = 0
    for character in safe_body(text):
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me", "Mc"} else 0
        assert run <= MARKS_PER_BASE


@pytest.mark.parametrize("attack", [CLEAR_AND_LIE, TITLE, CLIPBOARD, HYPERLINK, DEVICE_STRINGS, RESET])
def test_escape_sequences_become_visible_pictures(attack: str) -> None:
    """T01, T02, T03: the escape is shown, the rest is text."""
    assert safe_body(attack).count("\u241b") == attack.count("\x1b")
    assert safe_line(attack, 400).startswith("\u241b")


def test_eight_bit_controls_are_replaced() -> None:
    """T04: U+0080 to U+009F open sequences without an escape."""
    assert safe_body("".join(map(chr, range(0x80, 0xA0)))) == "\ufffd" * 32
    assert safe_body(C1).count("\ufffd") == sum(0x80 <= ord(c) < 0xA0 for c in C1)


def test_carriage_return_backspace_and_nul_cannot_overwrite() -> None:
    """T10: each is shown where it stands."""
    assert safe_body(OVERWRITE) == "honest\u240dforged\u2408\u2408\u2400\u2421\u240b\u240c"
    assert safe_body("one\r\ntwo") == "one\ntwo"


def test_bidi_controls_are_dropped_from_names_and_marked_in_bodies() -> None:
    """T06: a file name cannot be read backwards."""
    assert safe_line(BIDI) == "invoicegnp.exe"
    assert safe_body(BIDI) == "invoice\ufffdgnp.exe\ufffd\ufffd"


def test_invisible_characters_do_not_hide_in_words() -> None:
    """T07: zero-width, tags, selectors, soft hyphens."""
    assert safe_body(HIDDEN) == "paypal ab"


@pytest.mark.parametrize(
    ("emoji", "shown"),
    [
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f469\u200d\U0001f467"),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\u2764\ufe0f", "\u2764"),
        ("\U0001f1eb\U0001f1f7", "\U0001f1eb\U0001f1f7"),
        ("a\u200db", "ab"),
        ("\u200d\U0001f469", "\U0001f469"),
    ],
)
def test_joiners_stay_between_pictographs_only(emoji: str, shown: str) -> None:
    """T07: an allow-list of joiners; selectors and skin tones go, terminals disagree on them."""
    assert safe_body(emoji) == shown


def test_long_chains_of_joined_pictographs_are_cut() -> None:
    chain = safe_body("\u200d".join("\U0001f469" * 1_000))
    assert cell_len(chain) == 2 * (1_000 // 4)


def test_honest_text_of_many_scripts_is_unchanged() -> None:
    text = "Éléments \u2013 « déjà vu » 会议改到下午三点 नमस्ते שלום مرحبا Tiếng Việt 👍 ✅\n  indented"
    assert safe_body(text) == text


def test_a_mark_never_sits_on_what_we_print_before_it() -> None:
    """T09: a name that begins with marks gets its own base."""
    assert safe_line("\u0301Ann") == "\u25cc\u0301Ann"
    assert safe_body("a\n\u0301b") == "a\n\u25cc\u0301b"


@pytest.mark.parametrize("between", "\u200e\u061c\U0001f3fb\u00ad\u0600\u180b\u0890")
def test_what_is_removed_does_not_begin_a_new_base(between: str) -> None:
    """T09: invisible characters between towers of marks."""
    text = "a" + ("\u0338" * MARKS_PER_BASE + between) * 700
    assert safe_body(text) == "a" + "\u0338" * MARKS_PER_BASE
    assert safe_line(text[:200]) == "a" + "\u0338" * MARKS_PER_BASE


def test_marks_find_a_base_of_their_own_behind_what_is_removed() -> None:
    """T09: also where a strip brings the mark to the front."""
    assert safe_body("\u200e\u20e0x") == "\u25cc\u20e0x"
    assert safe_body("\n\u200e\u20e0") == "\n\u25cc\u20e0"
    assert safe_line(" \u20e0x") == "\u25cc\u20e0x"


def test_spacing_and_enclosing_marks_are_few_in_names() -> None:
    """T09: terminals disagree about their cells."""
    assert safe_body("a" + "\u0903" * 5_000) == "a" + "\u0903" * MARKS_PER_BASE
    assert safe_line("a" + "\u0903" * 20) == "a\u0903"
    assert safe_line("a" + "\u20e0" * 20 + "\u0301") == "a\u20e0\u0301"
    assert safe_line("\u0915\u093f\u0938\u094d\u0928\u093e") == "\u0915\u093f\u0938\u094d\u0928\u093e"


def test_floods_are_folded_quickly() -> None:
    """T09: a long line, a million line ends, a tower of marks."""
    began = time.process_time()
    assert len(safe_body("x" * 10_000_000)) <= BODY_LIMIT + 40
    assert safe_body("\n" * 1_000_000).count("\n") <= LINE_LIMIT
    assert len(safe_body("a" + "\u0301" * 1_000_000)) < 100
    assert len(safe_line("\u0301" * 1_000_000)) <= NAME_LIMIT
    assert time.process_time() - began < 1.0


def test_markup_is_only_text() -> None:
    """T11: brackets are not touched here and not parsed later."""
    assert safe_body(MARKUP) == MARKUP
