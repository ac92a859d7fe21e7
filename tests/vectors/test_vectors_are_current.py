"""The committed vectors are what the reference implementation writes today."""

from __future__ import annotations

import pytest

from tests.reference.make_vectors import DIRECTORY, FILES

MAX_FILE = 1_100_000  # a file that a person can still open in an editor


@pytest.mark.parametrize("name", FILES)
def test_the_reference_writes_the_committed_file_again(name: str) -> None:
    assert FILES[name]() == (DIRECTORY / name).read_text(encoding="ascii")


def test_there_is_no_other_vector_file_and_none_is_large() -> None:
    assert {path.name for path in DIRECTORY.glob("*.json")} == set(FILES)
    assert max(path.stat().st_size for path in DIRECTORY.glob("*.json")) < MAX_FILE
