"""Real relay, real vaults, and the client in a terminal of the test's choice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client_tui.text.language import use_language
from tests.client_tui.tmux import Tmux, running_tmux
from tests.support.programs import RelayProgram, running_relay


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio only."""
    return "asyncio"


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProgram]:
    """One relay for all tests of this folder."""
    with running_relay(tmp_path_factory.mktemp("relay")) as running:
        yield running


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own account is ever touched."""
    for variable in ("SECUREMSG_HOME", "SECUREMSG_PASSPHRASE_FILE", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SECUREMSG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-settings"))
    monkeypatch.setenv("SECUREMSG_LANGUAGE", "en")
    use_language("en")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A terminal of the test's own."""
    with running_tmux(tmp_path) as server:
        yield server
