"""QR codes in pictures: ours are taken, of others it is said that they are not (ID-14, T16, T23)."""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import segno

from client_tui.pictures import codes
from client_tui.pictures.codes import LINK, VERIFICATION, link_in, picture_named, verification_in
from client_tui.pictures.decoder import TOO_LARGE, Decoder, usual_command
from client_tui.pictures.limits import LONGEST_CODE, MOST_BYTES, MOST_CODES
from client_tui.pictures.scanning import codes as decoded
from securemsg.errors import LocalError
from tests.client_tui.hostile_pictures import WHOLE

A_LINK = "SECUREMSG:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 18
A_CODE = "SECUREMSG-SN:" + "AE" * 52


def drawn(folder: Path, *texts: str) -> Path:
    """Write a picture of codes side by side."""
    from PIL import Image  # noqa: PLC0415 - as in the program, where it may be missing

    pictures = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.png"
        segno.make(text, error="l", micro=False).save(str(path), scale=3, border=6)
        with Image.open(path) as found:
            pictures.append(found.convert("L"))
    whole = Image.new("L", (sum(each.width for each in pictures), max(each.height for each in pictures)), 255)
    left = 0
    for each in pictures:
        whole.paste(each, (left, 0))
        left += each.width
    path = folder / "codes.jpg"
    whole.rotate(7, expand=True, fillcolor=255).save(path)
    return path


def packed(said: Sequence[bytes]) -> bytes:
    """Return an answer of the decoder."""
    return bytes([len(said)]) + b"".join(len(each).to_bytes(2) + each for each in said)


def test_a_link_and_a_safety_number_are_read_from_pictures(tmp_path: Path) -> None:
    """ID-6, ID-14: through the real decoder, from a photograph that is not straight."""
    decoder = Decoder(usual_command())
    assert asyncio.run(link_in(decoder, str(drawn(tmp_path, A_LINK)))) == A_LINK
    both = str(drawn(tmp_path, A_CODE, "https://example.org/"))
    assert asyncio.run(verification_in(decoder, both)) == A_CODE
    with pytest.raises(LocalError, match="no contact link"):
        asyncio.run(link_in(decoder, both))


def test_no_more_codes_are_read_than_are_looked_at(tmp_path: Path) -> None:
    texts = [f"https://example.org/{number}" for number in range(MOST_CODES + 1)]
    said = decoded(drawn(tmp_path, *texts).read_bytes())
    assert len(codes._parsed(said)) == MOST_CODES
    assert codes._parsed(decoded(WHOLE["png"])) == []
    long = drawn(tmp_path, "A" * (LONGEST_CODE + 1), "B" * LONGEST_CODE)
    assert codes._parsed(decoded(long.read_bytes())) == ["B" * LONGEST_CODE]


@pytest.mark.parametrize(
    ("found", "wanted", "sentence"),
    [
        ([], LINK, codes.NO_CODE),
        (["https://evil.example/"], LINK, codes.FOREIGN),
        (["https://evil.example/"], VERIFICATION, codes.FOREIGN),
        ([A_LINK], VERIFICATION, codes.NO_VERIFICATION),
        ([A_CODE], LINK, codes.NO_LINK),
        ([A_LINK, A_LINK[:-1]], LINK, codes.SEVERAL),
        ([A_CODE, A_CODE[:-1]], VERIFICATION, codes.SEVERAL),
        ([A_CODE + "\n"], VERIFICATION, codes.FOREIGN),
        ([A_CODE + "\x1b[2J"], VERIFICATION, codes.FOREIGN),
        (["securemsg:\x1b]52;c;aGk=\x07"], LINK, codes.FOREIGN),
        ([" " + A_LINK], LINK, codes.FOREIGN),
        (["SECUREMSG:\u017f" + A_LINK], LINK, codes.FOREIGN),
    ],
)
def test_of_what_is_not_wanted_nothing_is_shown(
    found: list[str], wanted: re.Pattern[str], sentence: str
) -> None:
    """ID-14: hostile words in a code never come as far as the screen."""
    other = codes.NO_LINK if wanted is LINK else codes.NO_VERIFICATION
    with pytest.raises(LocalError) as refused:
        codes._only(found, wanted, other)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\1",
        b"\1\0",
        b"\1\0\0",
        b"\1\0\2a",
        b"\0a",
        b"\1\0\1ab",
        b"\2\0\1a",
        packed([b"a"] * (MOST_CODES + 1)),
        packed([b"a" * (LONGEST_CODE + 1)]),
        b"\xff" * 40,
    ],
)
def test_an_answer_that_is_no_list_is_a_sentence(said: bytes) -> None:
    """T16."""
    with pytest.raises(LocalError, match="failed"):
        codes._parsed(said)


def test_an_answer_at_the_limits_is_taken() -> None:
    said = [bytes([65 + number]) * LONGEST_CODE for number in range(MOST_CODES)]
    assert codes._parsed(packed(said)) == [each.decode() for each in said]
    assert codes._parsed(packed([b"\xff\x1b[2J"])) == ["\N{REPLACEMENT CHARACTER}\x1b[2J"]
    assert codes._parsed(packed([])) == []


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    """T15: nothing waits at a pipe, and no large file is read."""
    os.mkfifo(tmp_path / "pipe")
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    nobody = Decoder(("/nowhere/at/all",))
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nothing", "/dev/zero", "a\0b"):
        with pytest.raises(LocalError, match="no such file"):
            asyncio.run(link_in(nobody, str(path)))
    with pytest.raises(LocalError, match=TOO_LARGE):
        asyncio.run(link_in(nobody, str(large)))


def test_a_link_is_never_taken_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("securemsg:abc", "photo.jpg"):
        (tmp_path / name).touch()
    assert picture_named("photo.jpg") == "photo.jpg"
    assert picture_named(" ~/photo.jpg ") == str(tmp_path / "photo.jpg")
    assert picture_named(f"'{tmp_path}/photo.jpg'") == str(tmp_path / "photo.jpg")
    for text in ("securemsg:abc", " SECUREMSG:abc", "", "nothing.jpg", ".", "a\0b", "x" * 5_000, "~nobody/x"):
        assert picture_named(text) == ""
