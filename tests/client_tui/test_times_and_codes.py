"""Times in words, QR codes, passphrases: the small pieces."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from client_tui.text.passphrase import SHORTEST, complaint, strength
from client_tui.text.qr import QUIET, qr_rows
from client_tui.text.safe import safe_name
from client_tui.text.signs import Sign
from client_tui.text.trust import grouped
from client_tui.text.when import brief, day, full, lasting, left, said, time_of_day
from securemsg.instant import DAY, HOUR, LAST_INSTANT, Instant

NOON = Instant(1_791_980_000_000)
instants = st.integers(0, LAST_INSTANT).map(Instant)


@given(instants, instants)
def test_every_instant_that_a_message_can_carry_has_words(one: Instant, other: Instant) -> None:
    for words in (time_of_day(one), full(one), day(one, other), brief(one, other), said(one, other)):
        assert words
        assert words.isprintable()


def test_near_days_have_names() -> None:
    assert day(NOON, NOON) == "Today"
    assert day(Instant(NOON - DAY), NOON) == "Yesterday"
    assert brief(Instant(NOON - 2 * DAY), NOON) in {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
    assert ":" in brief(NOON, NOON)
    assert said(Instant(NOON - 40 * DAY), NOON) != time_of_day(Instant(NOON - 40 * DAY))
    assert said(NOON, Instant(NOON + HOUR // 60)) == time_of_day(NOON)


def test_a_code_is_drawn_module_by_module() -> None:
    payload = "SECUREMSG-SN:" + "ABCDEFGH234567" * 7
    rows = qr_rows(payload)
    code = [list(line) for line in segno.make(payload, error="l", micro=False).matrix_iter(border=QUIET)]
    assert {len(row) for row in rows} == {len(code[0])}
    for y, line in enumerate(code):
        for x, dark in enumerate(line):
            drawn = rows[y // 2][x]
            assert (drawn in "\u2588\u2580" if y % 2 == 0 else drawn in "\u2588\u2584") == bool(dark)


def test_the_code_of_a_safety_number_fits_the_smallest_usual_terminal() -> None:
    rows = qr_rows("SECUREMSG-SN:" + "A" * 104)
    assert len(rows) <= 22
    assert len(rows[0]) <= 46


def test_a_safety_number_is_read_in_groups_of_five() -> None:
    assert grouped("0123456789" * 6) == ["01234", "56789"] * 6


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaa", "x" * (SHORTEST - 1)])
def test_a_passphrase_that_protects_nothing_is_refused(weak: str) -> None:
    assert complaint(weak)
    assert strength(weak) == "weak"


def test_strength_grows_with_words() -> None:
    order = ["weak", "fair", "good", "strong"]
    phrases = [
        "password123",
        "orange tractor",
        "orange tractor violin",
        "orange tractor violin museum gravel",
    ]
    ranks = [order.index(strength(phrase)) for phrase in phrases]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0
    assert ranks[-1] == len(order) - 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (42, "42 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h 0 min"),
        (601_200, "6 d 23 h"),
    ],
)
def test_what_is_left_of_a_message_has_two_units_at_most(seconds: int, words: str) -> None:
    assert left(Instant(NOON + seconds * 1_000), NOON) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 seconds"), (60, "1 minute"), (3_600, "1 hour"), (86_400, "1 day"), (2_419_200, "4 weeks")],
)
def test_a_lifetime_is_said_in_the_greatest_unit_that_divides_it(seconds: int, words: str) -> None:
    assert lasting(seconds) == words


def test_no_sign_can_stand_in_a_name_and_each_has_a_plain_twin() -> None:
    """T05: what this client says of a person, nobody says in a name."""
    for sign in Sign:
        glyph, twin = sign.value
        assert twin.isascii()
        assert glyph.isascii() or glyph in "\u2026\u00b7" or safe_name(glyph) != glyph
