"""Plain copies are made where nothing is harmed (FI-12, FI-13)."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from securemsg.client.transfer.failures import TransferFailed
from securemsg.client.transfer.halt import Halt, Halted
from securemsg.client.transfer.saving import save
from securemsg.client.transfer.sealing import seal_file
from securemsg.crypto.stream import StreamKey
from securemsg.errors import LocalError
from securemsg.store.files import Sealed
from securemsg.wire.files import blob_size
from tests.crypto.streams import Feed

KEY = StreamKey(bytes(range(32)))
WORDS = b"#!/bin/sh\necho harmed\n" * 4_000


class Ciphertext:
    """A ciphertext on disk, and what its message says of it."""

    def __init__(self, folder: Path, words: bytes = WORDS) -> None:
        self.path = folder / "ciphertext"
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        digest = seal_file(descriptor, KEY, len(words), Feed(words), Halt())
        os.close(descriptor)
        self.sealed = Sealed(KEY, digest, len(words), blob_size(len(words)), "")

    def save(self, name: str, folder: Path, halt: Halt | None = None) -> Path:
        """Save it under a name."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            return Path(save(descriptor, self.sealed, name, str(folder), halt or Halt()))
        finally:
            os.close(descriptor)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def ciphertext(tmp_path: Path) -> Ciphertext:
    return Ciphertext(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "saved").mkdir()
    return tmp_path / "saved"


def test_a_saved_file_is_whole_and_its_owner_s_alone(ciphertext: Ciphertext, folder: Path) -> None:
    """T17: whatever it is called, it may not be executed."""
    saved = ciphertext.save("run.sh", folder)
    assert saved == folder / "run.sh"
    assert saved.read_bytes() == WORDS
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert names_in(folder) == ["run.sh"]


@pytest.mark.parametrize(
    "name", ["../../.bashrc", "/etc/passwd", "~/x", "-rf", "a\0b", "CON", "x" * 300 + ".pdf"]
)
def test_no_name_leads_out_of_the_folder(ciphertext: Ciphertext, folder: Path, name: str) -> None:
    """T14: everything that is made is made in the folder."""
    before = sorted(folder.parent.iterdir())
    saved = ciphertext.save(name, folder)
    assert saved.parent == folder
    assert sorted(folder.parent.iterdir()) == before
    assert names_in(folder) == [saved.name]


def link_to(target: Path) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.symlink_to(target)

    return make


TAKEN: dict[str, Callable[[Path], None]] = {
    "file": Path.touch,
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "dangling link": link_to(Path("nowhere")),
    "link to a device": link_to(Path("/dev/zero")),
    "link outside": link_to(Path("../victim")),
}


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("suffix", ["", ".part"])
def test_what_bears_the_name_is_left_alone(
    ciphertext: Ciphertext, folder: Path, taken: str, suffix: str
) -> None:
    """T15: links, pipes, devices and folders are neither opened nor followed nor replaced."""
    victim = folder.parent / "victim"
    victim.write_bytes(b"mine")
    TAKEN[taken](folder / f"a.txt{suffix}")
    before = (folder / f"a.txt{suffix}").lstat()
    saved = ciphertext.save("a.txt", folder)
    after = (folder / f"a.txt{suffix}").lstat()
    assert (before.st_ino, before.st_size, before.st_mode) == (after.st_ino, after.st_size, after.st_mode)
    assert victim.read_bytes() == b"mine"
    assert saved.name == ("a.txt" if suffix else "a (2).txt")
    assert saved.read_bytes() == WORDS


def test_numbers_go_on(ciphertext: Ciphertext, folder: Path) -> None:
    names = [ciphertext.save("a.txt", folder).name for _ in range(3)]
    assert names == ["a.txt", "a (2).txt", "a (3).txt"]


def test_a_folder_that_is_moved_meanwhile_is_still_the_one(ciphertext: Ciphertext, folder: Path) -> None:
    """T15: everything happens relative to the folder as it was opened."""

    class Mover(Halt):
        def check(self) -> None:
            if folder.exists() and not folder.is_symlink():
                folder.rename(folder.parent / "elsewhere")
                folder.symlink_to("/")

    ciphertext.save("a.txt", folder, Mover())
    assert names_in(folder.parent / "elsewhere") == ["a.txt"]


@pytest.mark.parametrize("at", [0, 40, 100, 70_000, -1])
def test_nothing_is_left_of_what_is_spoilt(ciphertext: Ciphertext, folder: Path, at: int) -> None:
    """N24: no part of it ever bears the name."""
    raw = bytearray(ciphertext.path.read_bytes())
    raw[at] ^= 1
    ciphertext.path.write_bytes(raw)
    with pytest.raises(TransferFailed):
        ciphertext.save("a.txt", folder)
    assert names_in(folder) == []


def test_a_ciphertext_of_another_file_is_refused_by_its_digest(ciphertext: Ciphertext, folder: Path) -> None:
    """N24: sealed under the same key by its sender, and still not what the message says."""
    other = Ciphertext(folder.parent, WORDS[:-1] + b"!")
    assert other.sealed.digest != ciphertext.sealed.digest
    with pytest.raises(TransferFailed):
        ciphertext.save("a.txt", folder)
    assert names_in(folder) == []


def test_no_empty_file_is_left_under_the_name(ciphertext: Ciphertext, folder: Path) -> None:
    """FI-12: somebody takes the part away while it is written, so that it cannot be renamed."""

    class Thief(Halt):
        def check(self) -> None:
            (folder / "a.txt.part").unlink(missing_ok=True)

    with pytest.raises(TransferFailed):
        ciphertext.save("a.txt", folder, Thief())
    assert names_in(folder) == []


def test_what_is_halted_leaves_nothing(ciphertext: Ciphertext, folder: Path) -> None:
    halt = Halt()
    halt.call()
    with pytest.raises(Halted):
        ciphertext.save("a.txt", folder, halt)
    assert names_in(folder) == []


def test_a_folder_that_is_none_is_refused_with_a_sentence(ciphertext: Ciphertext, folder: Path) -> None:
    for place in (folder / "missing", ciphertext.path, Path("a\0b")):
        with pytest.raises(LocalError, match="no such folder"):
            ciphertext.save("a.txt", place)


def test_nothing_is_ever_given_to_a_program() -> None:
    """T16, T17: the code of transfers starts none, knows no shell and unpacks nothing."""
    words = (
        "subprocess",
        "os.system",
        "popen",
        "execv",
        "startfile",
        "webbrowser",
        "zipfile",
        "tarfile",
        "shell",
    )
    transfer = Path(__file__).parents[3] / "securemsg" / "client" / "transfer"
    for file in transfer.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], file
