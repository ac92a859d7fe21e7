"""What the ending of a name says: a guess at the media type, and whether such files tell of their author."""

from pathlib import PurePath
from typing import Final

NOTE: Final = (
    "This file keeps what it says about its author and its making (names, times, places): look into it first."
)
"""Shown before a file is sent from which nothing is removed (Spec: FI-14)."""

_ENDINGS: Final = (
    "pdf doc docx docm xls xlsx xlsm ppt pptx odt ods odp rtf pages numbers key epub"
    " heic heif avif tif tiff dng cr2 cr3 nef arw gif psd ai svg"
    " mp3 m4a ogg opus flac wav mp4 m4v mov avi mkv webm 3gp"
)
_TELLING: Final = frozenset(_ENDINGS.split())


def media_type(name: str) -> str:
    """Return a guess at the media type, empty where there is none (Spec: FI-6)."""
    import mimetypes  # noqa: PLC0415  # few starts send a file, and its tables take time to make

    # The table of the language alone: what else is installed here is nobody's business.
    return mimetypes.MimeTypes(filenames=()).guess_type(name)[0] or ""


def tells_much(name: str) -> bool:
    """Tell whether files of this kind name authors, devices or places, and keep doing so (Spec: FI-14)."""
    return PurePath(name).suffix.lower().removeprefix(".") in _TELLING
