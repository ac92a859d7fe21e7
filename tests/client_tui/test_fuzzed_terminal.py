"""What reaches the terminal, byte by byte, when every text is hostile; `make fuzz-terminal` takes longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_tui.terminal.crash import scrubbed
from securemsg.errors import LocalError
from tests.client_tui.fuzzing.grammar import Grammar
from tests.client_tui.fuzzing.run import run
from tests.client_tui.fuzzing.strict import LINES, SCREEN, ObeyedError, Strict
from tests.client_tui.hostile_text import ATTACKS, MARKUP, OBEYED, mixed_text

PAINTED = (
    "\x1b[?1049h\x1b[?25l\x1b[>25u\x1b[2;1H\x1b[38;2;213;218;240;48;2;22;22;30mClaire \u2714 "
    "\U0001f469\u200d\U0001f4bb\x1b[0m\n\x1b[24;80H\x1b[1;3;38;2;1;2;3mhello\x1b[0m\x1b]22;default\x07"
    "\x1b]777;notify;securemsg;Ann: hi\x07\x07\x1b]52;c;aGVsbG8=\x07"
    "\x1b[?1049l\x1b[?25hsecuremsg: Internal error.\n"
)


def refused(text: str, *, printed: bool = False) -> bool:
    """Tell whether a terminal that was sent `text` would be said to have obeyed it."""
    strict = Strict(LINES) if printed else Strict(SCREEN, 24, 80)
    try:
        strict.feed(text.encode("utf-8", "surrogatepass"))
        strict.close()
    except ObeyedError:
        return True
    return False


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack is not MARKUP])
def test_the_reader_refuses_what_a_terminal_would_obey(attack: str) -> None:
    assert refused(f"before {attack} behind")
    assert refused(f"before {attack} behind", printed=True)


@pytest.mark.parametrize(
    "sent",
    [
        "\x1b[31m",
        "\x1b[5m",
        "\x1b[25;1H",
        "\x1b[1;81H",
        "\x1b[6n",
        "\x1b]0;x\x07",
        "a\nb",
        "\x1b]8;;\x1b\\",
        "\x08",
    ],
)
def test_the_reader_knows_the_sequences_of_this_client_only(sent: str) -> None:
    assert refused(f"\x1b[0m{sent}\x1b[0m")


@given(st.integers(1, len(PAINTED.encode())))
def test_the_reader_takes_what_the_client_sends_however_it_is_cut(size: int) -> None:
    strict, sent = Strict(SCREEN, 24, 80), PAINTED.encode()
    for place in range(0, len(sent), size):
        strict.feed(sent[place : place + size])
    strict.close()
    assert strict.sequences == 17


def test_the_texts_are_hostile_and_the_same_for_the_same_seed() -> None:
    grammar, again = Grammar(3), Grammar(3)
    texts = [grammar.text() for _ in range(2_000)]
    assert texts == [again.text() for _ in range(2_000)]
    assert sum(OBEYED.search(text) is not None for text in texts) > 1_500
    for sign in (
        *"\x1b\x9b\x9d\x90\x00\x7f\x85\u2028\u202e\u200b\u200d\ufe0f\U0001f469",
        "\x1b]52;",
        "\x1b[",
        "\u0301\u0301",
    ):
        assert any(sign in text for text in texts), repr(sign)


@given(mixed_text)
def test_what_ends_the_program_quotes_nothing_that_is_obeyed(text: str) -> None:
    """T05, T20: on its way out there is no gate behind this one."""
    for error in (LocalError("There is no {name} here.", name=text), LocalError(text), RuntimeError(text)):
        assert not OBEYED.search(scrubbed(error))


def test_nothing_that_is_printed_lets_a_control_through() -> None:
    """T01-T07, T09-T11, T24: commands, JSON, plain mode, refusals, notifications, clipboard."""
    seen = run("lines", seed=7, count=300)
    assert seen.texts >= 300


def test_nothing_on_the_screen_lets_a_control_through() -> None:
    """T01-T07, T09-T11, T20, T24: all places of the main screen, all sheets, and a failure that ends it."""
    seen = run("screens", seed=7, count=2_300)
    assert seen.texts >= 500
    assert seen.end.startswith(b"securemsg: There is no ")
