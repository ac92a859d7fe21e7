"""A relay for the tests of this folder, and both event loops."""

from collections.abc import Iterator

import pytest

from tests.support.programs import RelayProgram, running_relay


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProgram]:
    """A relay program that the tests of one module share."""
    with running_relay(tmp_path_factory.mktemp("relay")) as relay:
        yield relay
