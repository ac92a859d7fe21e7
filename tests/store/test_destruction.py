"""A home is destroyed with its slots first (Spec: ST-13)."""

import os
from pathlib import Path

import pytest

from securemsg.crypto.entropy import SystemEntropy
from securemsg.store.destruction import destroy
from securemsg.store.errors import HomeInUse, StorageFailed
from securemsg.store.home import Home, HomeLock


def zeros(count: int) -> bytes:
    """Return no entropy: the test looks at what is written."""
    return bytes(count)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder like a home, with ciphertexts and half a change of passphrase in it."""
    folder = tmp_path / "home"
    (folder / "files").mkdir(parents=True)
    for name in ("vault.db", "vault.db-wal", "vault.slots", "vault.slots.new", "files/00ff"):
        (folder / name).write_bytes(b"secret" * 9)
    return folder


def test_nothing_is_left_of_a_home(home: Path) -> None:
    destroy(home, zeros)
    assert not home.exists()


def test_a_home_that_is_open_is_left_alone(home: Path) -> None:
    lock = HomeLock.take(Home(home))
    with pytest.raises(HomeInUse):
        destroy(home, zeros)
    lock.release()
    assert (home / "vault.slots").read_bytes() == b"secret" * 9


def test_the_slots_are_overwritten_and_gone_before_anything_else(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-13: also those of a second name, which a backup by links would keep."""
    os.link(home / "vault.slots", home.parent / "kept")

    def fail(_folder: object) -> None:
        raise OSError

    monkeypatch.setattr("shutil.rmtree", fail)
    with pytest.raises(StorageFailed):
        destroy(home, zeros)
    assert (home.parent / "kept").read_bytes() == bytes(54)
    assert not list(home.glob("vault.slots*"))
    assert (home / "files" / "00ff").exists()


def test_a_pipe_called_like_the_slots_does_not_hold_wiping_up(home: Path) -> None:
    """ST-13: the slots themselves are gone by then."""
    (home / "vault.slots.new").unlink()
    os.mkfifo(home / "vault.slots.new")
    with pytest.raises(StorageFailed):
        destroy(home, zeros)
    assert not (home / "vault.slots").exists()


def test_links_in_a_home_lead_nowhere(home: Path, tmp_path: Path) -> None:
    """What somebody linked into the folder is not destroyed with it."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis").write_text("words")
    (home / "elsewhere").symlink_to(precious)
    destroy(home, zeros)
    assert (precious / "thesis").read_text() == "words"


def test_something_large_called_like_the_slots_is_overwritten_whole(home: Path) -> None:
    """ST-13: more than a generator gives at once."""
    (home / "vault.slots.new").write_bytes(b"secret" * 180_000)
    os.link(home / "vault.slots.new", home.parent / "kept")
    destroy(home, SystemEntropy())
    kept = (home.parent / "kept").read_bytes()
    assert (len(kept), b"secret" in kept) == (1_080_000, False)
    assert not home.exists()
