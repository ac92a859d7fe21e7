"""French as the French write it: dates, plurals, sizes, and spaces that do not break."""

import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import client_tui
from client_tui.plain.table import COMMANDS as LINES
from client_tui.text.language import _, ngettext, use_language
from client_tui.text.sentences import translated
from client_tui.text.sizes import size_words
from client_tui.text.when import brief, day
from securemsg.client.alarms import span_in_words
from securemsg.instant import HOUR, Instant

CATALOGUE = Path(client_tui.__file__).parent / "locales" / "fr" / "LC_MESSAGES" / "securemsg.po"


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak French, at Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    use_language("fr")
    yield
    use_language("en")
    monkeypatch.undo()
    time.tzset()


def at(*moment: int) -> Instant:
    return Instant(int(datetime(*moment, tzinfo=UTC).timestamp() * 1000))  # type: ignore[arg-type,misc]  # year to minute


NOW = at(2026, 10, 14, 8, 41)


@pytest.mark.parametrize(
    ("instant", "heading", "short"),
    [
        (at(2026, 10, 14, 7, 5), "Aujourd'hui", "07:05"),
        (at(2026, 10, 13, 9, 0), "Hier", "hier"),
        (at(2026, 10, 9, 9, 0), "vendredi 9 octobre", "ven."),
        (at(2026, 10, 1, 9, 0), "jeudi 1er octobre", "1 oct."),
        (at(2025, 2, 3, 9, 0), "lundi 3 f\u00e9vrier 2025", "2025"),
    ],
)
def test_days_are_said_in_french(instant: Instant, heading: str, short: str) -> None:
    assert (day(instant, NOW), brief(instant, NOW)) == (heading, short)


def test_sentences_name_the_commands_of_line_mode_in_french() -> None:
    english = {each.slash.english for each in LINES} - {each.slash.french for each in LINES}
    named = re.compile(rf"(?<![\w/.-])/({'|'.join(sorted(english))})(?![\w/-])")
    blocks = CATALOGUE.read_text(encoding="utf-8").split("\n\n")
    said = [block.partition("\nmsgstr")[2] for block in blocks]
    assert [found[0] for each in said for found in named.finditer(each)] == []


def test_none_is_singular() -> None:
    counts = [ngettext("{n} message", "{n} messages", n).format(n=n) for n in (0, 1, 2)]
    assert counts == ["0 message", "1 message", "2 messages"]


def test_sizes_have_a_comma_and_octets() -> None:
    assert size_words(1_536_000) in {"1,5 Mo", "1,5\u00a0Mo"}


def test_two_points_stand_apart_without_breaking() -> None:
    assert _("{name}: {text}") == "{name}\u00a0: {text}"


def test_a_span_in_a_sentence_of_the_library_is_translated_too() -> None:
    assert translated(span_in_words(3 * HOUR)) == "3 heures"
    assert os.environ["TZ"] == "UTC"
