"""Files of strangers: pictures to strip, names to save under, ciphertexts to open (12)."""

from typing import Final

from securemsg.client.transfer.pictures import MalformedPicture, is_picture, strip
from securemsg.crypto.stream import StreamKey
from securemsg.wire.files import MAX_SAVED_NAME, saved_name
from tests.client.transfer import images
from tests.crypto.streams import opened, sealed
from tests.fuzz.target import Target, as_text, taken

_KEY: Final = StreamKey(bytes(range(32)))
_FILE: Final = b"words"
_STORED: Final = sealed(_KEY, _FILE)
_NAMES: Final = (
    "report.pdf",
    "../../.bashrc",
    "C:\\CON .txt",
    "e\u200b\u0301\u202egnp.exe",
    "x" * 200 + ".tar.gz",
)


def _picture(data: bytes) -> None:
    if not is_picture(data[:16]):
        return
    try:
        stripped = strip(data)
    except MalformedPicture:
        return
    again = strip(stripped.content)
    assert again.content == stripped.content
    assert set(again.removed) <= {"Exif"}


def _name(data: bytes) -> None:
    saved = saved_name(as_text(data))
    assert saved_name(saved) == saved
    assert 1 <= len(saved.encode()) <= MAX_SAVED_NAME
    assert "/" not in saved


def _ciphertext(data: bytes) -> None:
    file = taken(lambda stored: opened(_KEY, len(_FILE), _STORED[1], stored), data)
    assert file in {None, _FILE}
    assert (file is None) == (data != _STORED[0])


def _pictures() -> list[bytes]:
    telling = (images.telling_jpeg, images.telling_png, images.telling_webp)
    return [make(orientation) for make in telling for orientation in (1, 6)]


TARGETS: Final = (
    Target("picture", _picture, _pictures, tries=2_000),
    Target("saved_name", _name, lambda: [name.encode() for name in _NAMES], longest=400, tries=1_000),
    Target("stored_file", _ciphertext, lambda: [_STORED[0]], longest=2 * len(_STORED[0]), tries=300),
)
