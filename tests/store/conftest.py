"""A fresh vault for each test, opened and closed around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from securemsg.store.vault import Vault
from tests.store.vaults import create


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def vault(home: Path) -> Iterator[Vault]:
    vault = create(home)
    yield vault
    vault.close()
