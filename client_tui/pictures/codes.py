"""QR codes in pictures that the person chose: ours or none. Nothing of any other code is shown.

What a code says is hostile until the library has parsed it; here it is only sorted by its first word.
"""

import os
import re
import stat
from pathlib import Path
from typing import Final

from client_tui.pictures.decoder import FAILED, TOO_LARGE, Decoder
from client_tui.pictures.limits import LONGEST_CODE, MOST_BYTES, MOST_CODES
from client_tui.text.language import N_
from client_tui.text.pasted import dropped_file
from securemsg.errors import LocalError

SCHEME: Final = "securemsg:"
LINK: Final = re.compile(r"securemsg:[a-z2-7.]+", re.IGNORECASE | re.ASCII)
VERIFICATION: Final = re.compile(r"SECUREMSG-SN:[A-Z2-7]+", re.ASCII)

_LENGTH: Final = 2

NO_FILE: Final = N_("There is no such file, or it cannot be read.")
NO_CODE: Final = N_("No QR code was found: take the picture again, nearer and without reflections.")
FOREIGN: Final = N_("The QR code in this picture is none of this program.")
NO_LINK: Final = N_("The QR code in this picture is for comparing safety numbers: it is no contact link.")
NO_VERIFICATION: Final = N_("The QR code in this picture is a contact link: scan that of the safety number.")
SEVERAL: Final = N_("Several such QR codes are in this picture: cut it to the one that you mean.")


def picture_named(text: str) -> str:
    """Return the path of the file that `text` names, empty where it names none or is a link."""
    if text.strip().lower().startswith(SCHEME):
        return ""
    try:
        path = dropped_file(text) or Path(text.strip()).expanduser()
        return str(path) if path.is_file() else ""
    except (OSError, RuntimeError, ValueError):
        return ""


async def link_in(decoder: Decoder, path: str) -> str:
    """Return the contact link, perhaps an invitation, in a picture; raises `LocalError`."""
    return _only(await _codes_in(decoder, path), LINK, NO_LINK)


async def verification_in(decoder: Decoder, path: str) -> str:
    """Return the code of a safety number in a picture; raises `LocalError` (Spec: ID-14)."""
    return _only(await _codes_in(decoder, path), VERIFICATION, NO_VERIFICATION)


async def _codes_in(decoder: Decoder, path: str) -> list[str]:
    most = 1 + MOST_CODES * (_LENGTH + LONGEST_CODE)
    return _parsed(await decoder.answer(("codes",), _read(path), most))


def _only(found: list[str], wanted: re.Pattern[str], other: str) -> str:
    """Return the one code that is wanted; raises `LocalError` where there is none, or more than one."""
    ours = [text for text in found if wanted.fullmatch(text)]
    if len(ours) == 1:
        return ours[0]
    if ours:
        raise LocalError(SEVERAL)
    if not found:
        raise LocalError(NO_CODE)
    known = any(LINK.fullmatch(text) or VERIFICATION.fullmatch(text) for text in found)
    raise LocalError(other if known else FOREIGN)


def _parsed(said: bytes) -> list[str]:
    """Return the texts of an answer, taken only if it is exactly one; what is not ASCII is not ours."""
    texts, left = [], said[1:]
    for _ in range(said[0] if said else 0):
        length = int.from_bytes(left[:_LENGTH])
        text, left = left[_LENGTH : _LENGTH + length], left[_LENGTH + length :]
        if not 0 < length == len(text) <= LONGEST_CODE:
            raise LocalError(FAILED)
        texts.append(text.decode("ascii", "replace"))
    if not said or left or len(texts) > MOST_CODES:
        raise LocalError(FAILED)
    return texts


def _read(path: str) -> bytes:
    """Return the bytes of a file that the person chose; a pipe in its place does not hold us up."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise LocalError(NO_FILE)
            # Some that the system makes up as they are read have nothing yet.
            picture = file.read(MOST_BYTES + 1) or b""
    except (OSError, ValueError):
        raise LocalError(NO_FILE) from None
    if len(picture) > MOST_BYTES:
        raise LocalError(TOO_LARGE)
    return picture


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
