"""Files by command: `send --file`, `files`, `save` (FI-8, FI-10, FI-12)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client_tui.text.picture_words import WORDS, removed_words
from securemsg.client.transfer.pictures import strip
from tests.client.transfer import images
from tests.client.transfer.carrying import contents
from tests.support.programs import Person, acquainted, running_relay


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Person]]:
    folder = tmp_path_factory.mktemp("people")
    with running_relay(folder) as relay:
        yield acquainted(folder, relay, "ann", "ben")


def test_a_file_goes_from_folder_to_folder_by_commands(people: list[Person], tmp_path: Path) -> None:
    """T14, T15, T17: sent, listed, saved under a name that harms nothing."""
    ann, ben = people
    source, folder = tmp_path / "-rf report.pdf", tmp_path / "in"
    source.write_bytes(contents(300_000))
    folder.mkdir()
    sent = ann.run("send", "ben", "look", "--file", str(source))
    assert "keeps what it says about its author" in sent.stderr
    assert (sent.lines[-1]["state"], sent.lines[-1]["file"]["state"]) == ("accepted", "sent")
    (received,) = ben.do("receive", "--wait", "5")
    assert (received["text"], received["file"]["name"]) == ("look", "rf report.pdf")
    assert [line["state"] for line in ben.do("files", "ann")] == ["offered"]
    saved = ben.do("save", received["id"][:8], "--to", str(folder))[-1]
    assert (saved["path"], saved["size"]) == (str(folder / "rf report.pdf"), 300_000)
    assert (folder / "rf report.pdf").read_bytes() == contents(300_000)


def test_a_picture_loses_what_it_tells_and_the_person_is_told(people: list[Person], tmp_path: Path) -> None:
    """FI-14: on the other side nothing of it is left."""
    ann, ben = people
    (tmp_path / "photo.jpg").write_bytes(images.telling_jpeg())
    sent = ann.run("send", "ben", "--file", str(tmp_path / "photo.jpg"))
    assert "place (GPS)" in sent.stderr
    received = ben.do("receive", "--wait", "5")[-1]
    refused = ben.run("save", received["id"], "--to", str(tmp_path / "nowhere"))
    assert (refused.status, "no such folder" in refused.stderr) == (1, True)
    saved = ben.do("save", received["id"], "--to", str(tmp_path))[-1]
    assert Path(saved["path"]).read_bytes() == images.jpeg()


def test_nothing_is_no_message(people: list[Person]) -> None:
    assert people[0].run("send", "ben").status == 2
    assert people[0].run("send", "ben", "--file", "/nowhere/at/all").status == 1


def test_every_word_of_what_is_removed_can_be_translated() -> None:
    removed = {*strip(images.telling_jpeg()).removed, *strip(images.telling_png()).removed}
    assert removed | set(strip(images.telling_webp()).removed) == set(WORDS)
    assert removed_words("Exif, texts") == "Exif, texts"
    assert removed_words("") == ""
