"""The user guide says what the program does."""

from collections.abc import Iterator

import pytest

from client_tui.text.language import use_language
from tests.client_tui.guide import GUIDES, with_tables


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_language("en")


@pytest.mark.parametrize("code", sorted(GUIDES))
def test_the_tables_of_the_guide_are_current(code: str) -> None:
    """A changed command comes with the tables that `make guide` writes."""
    use_language(code)
    text = GUIDES[code].read_text(encoding="utf-8")
    assert with_tables(text) == text


def test_both_guides_have_the_same_chapters() -> None:
    shapes = [
        [line.count("#") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        for path in GUIDES.values()
    ]
    assert shapes[0] == shapes[1]
