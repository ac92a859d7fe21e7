"""Every state of the client, in both languages, three themes and two sizes, against the committed pages."""

import difflib

import anyio
import pytest

from tests.client_tui.snapshots.gallery import PAGES, gallery, names

SHOWN = 60
"""Lines of a difference that are printed: the first few screens say what changed."""


@pytest.mark.slow
def test_every_screen_is_as_it_was() -> None:
    """One test, because one process takes all pictures; `make snapshots` commits a wanted change."""
    taken = anyio.run(gallery, backend="asyncio")
    before = {path.stem: path.read_text(encoding="utf-8") for path in PAGES.glob("*.txt")}
    assert set(before) == set(names()) == set(taken)
    lines = [
        line
        for name in sorted(taken)
        for line in difflib.unified_diff(before[name].splitlines(), taken[name].splitlines(), name, n=1)
    ]
    assert not lines, "\n".join(["the screen changed", *lines[:SHOWN]])
