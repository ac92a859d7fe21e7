"""A fresh vault for each test, opened and closed around it."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from securemsg.store.slots import open_slots
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


@pytest.fixture
def derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive the key of the same slots once: a thousand derivations would take all of the time."""
    monkeypatch.setattr("securemsg.store.vault.open_slots", functools.cache(open_slots))
