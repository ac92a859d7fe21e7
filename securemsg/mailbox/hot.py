"""The two frames that come by the thousand, read and written at fixed places.

A submit's fields have fixed widths up to its envelope, so that comparing the marks
between them replaces the general decoder, which takes three times as long. Whatever
does not look like this goes to the general decoder, which judges it.
"""

from struct import Struct
from typing import Final

from securemsg.ids import MailboxId, SubmitId
from securemsg.mailbox.requests import Submit
from securemsg.mailbox.tokens import SendToken

_SUBMIT: Final = b"\x96\x04"
_FIELDS: Final = Struct("2s 16s 2s 32s 2s 16s")
_FIELD_MARKS: Final = (b"\xc4\x10", b"\xc4\x20", b"\xc4\x10")
_LEAST_WIDTH: Final = len(_SUBMIT) + 1 + _FIELDS.size + 2

# First byte -> width of the rest, and the least number that is written so (Spec: WI-2).
_NUMBER_FORMS: Final = dict.fromkeys(range(0x80), (0, 0)) | {
    0xCC: (1, 2**7),
    0xCD: (2, 2**8),
    0xCE: (4, 2**16),
}
_LENGTH_FORMS: Final = {0xC4: (1, 1), 0xC5: (2, 2**8)}
_UNKNOWN: Final = (0, 2**64)


def read_submit(value: bytes) -> tuple[int, Submit] | None:
    """Return number and content of a frame's value if it is a submit in its one encoding."""
    if not value.startswith(_SUBMIT) or len(value) < _LEAST_WIDTH + 4:
        return None
    width, least = _NUMBER_FORMS.get(value[2], _UNKNOWN)
    number = int.from_bytes(value[3 : 3 + width], "big") if width else value[2]
    first, mailbox, second, token, third, submit_id = _FIELDS.unpack_from(value, 3 + width)
    at = 3 + width + _FIELDS.size
    if number < least or (first, second, third) != _FIELD_MARKS:
        return None
    width, least = _LENGTH_FORMS.get(value[at], _UNKNOWN)
    envelope = value[at + 1 + width :]
    if len(envelope) < least or len(envelope) != int.from_bytes(value[at + 1 : at + 1 + width], "big"):
        return None
    return number, Submit(MailboxId(mailbox), SendToken(token), SubmitId(submit_id), envelope)


def accepted_frame(number: int) -> bytes:
    """The whole frame `[130, number]`, prefix included."""
    # u32 length || array of 2 || u8 130 || the shortest form of number
    if number < 2**7:
        return b"\0\0\0\4\x92\xcc\x82" + number.to_bytes(1, "big")
    if number < 2**8:
        return b"\0\0\0\5\x92\xcc\x82\xcc" + number.to_bytes(1, "big")
    if number < 2**16:
        return b"\0\0\0\6\x92\xcc\x82\xcd" + number.to_bytes(2, "big")
    return b"\0\0\0\x08\x92\xcc\x82\xce" + number.to_bytes(4, "big")
