"""The folder of blobs: whose it is, and what tells it from others (Spec: RL-60, RL-65)."""

import os
from pathlib import Path

import pytest

from relay.blobs.files import BlobFiles
from relay.blobs.looking import copy_blobs
from relay.blobs.opening import mark_of, open_blobs
from relay.blobs.places import Places
from relay.blobs.settings import BlobSettings
from securemsg.errors import LocalError
from securemsg.mailbox.answers import Done
from tests.relay.blobs import Blob
from tests.relay.client import ENTROPY, Mailbox
from tests.relay.running import Setting
from tests.relay.stored import NOW
from tests.relay.test_blob_room import QUOTA


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o1777])
@pytest.mark.parametrize("inner", ["", "content", "charged"])
def test_a_folder_into_which_others_write_is_refused(tmp_path: Path, mode: int, inner: str) -> None:
    """RL-60: a neighbour's pipe in the place of a blob would stop all that write."""
    folder = tmp_path / "files"
    Places(folder).prepare()
    (folder / inner).chmod(mode)
    config = Setting(blobs=BlobSettings(folder=folder)).config(tmp_path)
    with pytest.raises(LocalError, match="open to them"):
        open_blobs(config)


def test_nobody_else_looks_into_the_folder(tmp_path: Path) -> None:
    """RL-60: the names in it tell how many blobs there are for whom."""
    folder = tmp_path / "files"
    folder.mkdir(mode=0o755)
    open_blobs(Setting(blobs=BlobSettings(folder=folder)).config(tmp_path))
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "content", folder / "charged")} == {
        0o700
    }


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    """RL-60: a sweep would remove what it does not know, and nobody else could look into it any more."""
    folder = tmp_path / "pages"
    page = folder / "content" / "ab" / "page"
    page.parent.mkdir(parents=True)
    folder.chmod(0o755)
    page.write_text("page")
    config = Setting(blobs=BlobSettings(folder=folder)).config(tmp_path)
    with pytest.raises(LocalError, match="something else is in it"):
        open_blobs(config)
    assert (page.read_text(), folder.stat().st_mode & 0o777) == ("page", 0o755)
    assert [path.name for path in folder.iterdir()] == ["content"]


@pytest.mark.parametrize("names", [[], ["lost+found"], ["lock"], ["lock", "content"]])
def test_a_folder_that_is_empty_or_was_begun_is_taken(tmp_path: Path, names: list[str]) -> None:
    """RL-60: a disk of its own, and what a relay left that was killed while it made the folder."""
    folder = tmp_path / "files"
    folder.mkdir(mode=0o700)
    for name in names:
        (folder / name).touch() if name == "lock" else (folder / name).mkdir(mode=0o700)
    open_blobs(Setting(blobs=BlobSettings(folder=folder)).config(tmp_path))
    assert (folder / "charged").is_dir()


def test_copies_of_blobs_are_as_private_as_they_are(tmp_path: Path) -> None:
    """RL-60: those of a backup, and those that a restore puts back."""
    files, blob = BlobFiles(Places(tmp_path / "blobs"), QUOTA), Blob(Mailbox(), 1_000)
    assert files.create(blob.creation, NOW) == Done()
    assert files.put(blob.puts(), NOW).answers == [Done()]
    assert copy_blobs(files.places.path, tmp_path / "copy") == 1
    copies = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o777 for path in copies] == [0o600] * 3


def test_a_mark_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RL-65: a node that dies while it makes one leaves none, and of two that make one both see the same."""
    places = Places(tmp_path / "blobs")
    places.prepare()

    def dies(_path: Path, _other: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "hardlink_to", dies)
        with pytest.raises(KeyboardInterrupt):
            mark_of(places, ENTROPY)
    assert not places.mark.exists()
    first = mark_of(places, ENTROPY)
    assert mark_of(places, ENTROPY) == first
    assert len(first) == 16
    os.truncate(places.mark, 0)
    with pytest.raises(LocalError, match="damaged"):
        mark_of(places, ENTROPY)
