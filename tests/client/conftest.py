"""Settings for this folder's tests, and people with a post office between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.client.post import PostOffice
from tests.support.programs import RelayProgram, running_relay

# Time limits on single examples fail on a busy machine and find nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    office = PostOffice(tmp_path)
    yield office
    office.close()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProgram]:
    """A relay program that the tests of one module share."""
    with running_relay(tmp_path_factory.mktemp("relay")) as relay:
        yield relay
