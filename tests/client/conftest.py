"""Settings for this folder's tests, and people with a post office between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.client.post import PostOffice

# Time limits on single examples fail on a busy machine and find nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    office = PostOffice(tmp_path)
    yield office
    office.close()
