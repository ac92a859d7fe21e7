"""What a query asks for: words, and filters between them in two languages."""

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client.finding import Wanted, wanted
from securemsg.instant import DAY, Instant
from securemsg.store.messages import Direction
from securemsg.store.search import ALL, Filters
from tests.client.post import Person, PostOffice, settle

NEW_YEAR = Instant(1_767_225_600_000)
"""2026-01-01T00:00Z."""


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let days begin with those of UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody with four contacts, 1 to 4."""
    office = PostOffice(tmp_path_factory.mktemp("office"))
    ann = office.person("ann")
    for alias in ("Claire Dumont", "Jean-Marc", "Marc Le Goff", "Éloïse"):
        ann.add(office.person(alias))
    yield ann
    office.close()


def asked(ann: Person, query: str) -> Wanted:
    """Return what a query asks for."""
    return ann.profile.decide(lambda step: wanted(step, query))


def people(*numbers: int, author: Direction | None = None) -> Filters:
    """Return filters by conversations."""
    return Filters(contacts=frozenset(numbers), author=author)  # type: ignore[arg-type]  # ids are numbers


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("in:claire", people(1)),
        ("dans:DUMONT", people(1)),
        ('in:"claire dumont"', people(1)),
        ('in:"claire dum', people(1)),
        ("in:marc", people(3)),
        ("in:eloise", people()),
        ("in:Élo", people(4)),
        ("in:nobody", people()),
        ("from:me", Filters(author=Direction.OUT)),
        ("de:moi", Filters(author=Direction.OUT)),
        ("de:claire", people(1, author=Direction.IN)),
        ("in:claire from:me", people(1, author=Direction.OUT)),
        ("in:claire from:marc", people(author=Direction.IN)),
        ("before:2026-01-01", Filters(before=NEW_YEAR)),
        ("avant:01/01/2026", Filters(before=NEW_YEAR)),
        ("avant:1.1.2026", Filters(before=NEW_YEAR)),
        ("after:2026-01-02", Filters(after=Instant(NEW_YEAR + DAY))),
        ("Après:2026-1-2", Filters(after=Instant(NEW_YEAR + DAY))),
        ("apres:2026-1-2 avant:2026-01-01", Filters(after=Instant(NEW_YEAR + DAY), before=NEW_YEAR)),
        ("has:file", Filters(has_file=True)),
        ("a:fichier", Filters(has_file=True)),
    ],
)
def test_filters_are_understood_in_english_and_french(ann: Person, query: str, filters: Filters) -> None:
    """CL-38."""
    found = asked(ann, f"budget 2026 {query}")
    assert (found.words.split(), found.filters) == (["budget", "2026"], filters)


@pytest.mark.parametrize(
    "query",
    [
        "in:",
        "from:",
        'in:""',
        "before:yesterday",
        "before:2026-02-30",
        "before:0000-01-01",
        "after:9999999-01-01",
        "has:fun",
        "https://example.org",
        "re:claire",
        "12:30",
        "login:claire",
        "in: \ud800",
        ":",
        "in",
    ],
)
def test_what_is_no_filter_is_a_word(ann: Person, query: str) -> None:
    """CL-38: nobody has to know the rules to look for what was said."""
    assert asked(ann, query) == Wanted(query, ALL)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.one_of(st.text(), st.from_regex(r"(in|de|before|has|a):[ -~]{0,12}( [a-z:\"]*){0,3}")))
def test_nothing_that_is_typed_is_a_mistake(ann: Person, query: str) -> None:
    """CL-38."""
    assert isinstance(ann.profile.search(query), list)


def test_half_a_character_is_no_mistake_either(ann: Person) -> None:
    """CL-38: a command line can carry one."""
    for query in (
        "\ud800",
        "in:\ud800",
        "in:cla\ud800 \ud800x",
        "from:\ud800me",
        "has:\ud800",
        "before:\ud800",
    ):
        assert ann.profile.search(query) == []


def test_a_search_finds_in_pages_what_was_said_by_whom_and_when(office: PostOffice) -> None:
    """CL-38: from a profile, across conversations."""
    ann, ben = office.friends("ann", "ben")
    for number in range(4):
        ann.write("ben", f"meeting {number}")
        settle(ann, ben)
        ben.write("ann", f"meeting {number} is fine")
        settle(ann, ben)
        office.pass_time(DAY)
    first = ann.profile.search("meeting from:me", limit=3)
    assert [view.text for view in first] == ["meeting 3", "meeting 2", "meeting 1"]
    rest = ann.profile.search("meeting from:me", limit=3, before=first[-1].row)
    assert [view.text for view in rest] == ["meeting 0"]
    day = time.strftime("%Y-%m-%d", time.gmtime((office.now - 2 * DAY) // 1_000))
    assert len(ann.profile.search(f"meeting before:{day}")) == 4
    assert len(ann.profile.search(f"after:{day} fine")) == 2
    assert os.environ["TZ"] == "UTC"
