"""Asynchronous tests of the relay run on trio, as the relay does."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "trio"
