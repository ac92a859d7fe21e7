"""Why a file does not go on, as a word that the vault keeps and a sentence for the person."""

import errno
from typing import Final

from securemsg.client.reasons import sentence as sentence_of_relay
from securemsg.errors import LocalError

CHANGED: Final = "changed"
GONE: Final = "gone"
DISK_FULL: Final = "disk_full"
DISK: Final = "disk"
SPOILT: Final = "spoilt"
EXPIRED: Final = "expired"
ELSEWHERE: Final = "elsewhere"
IMPOSSIBLE: Final = "impossible"
LOST: Final = "lost"
MISSING: Final = "missing"
PICTURE: Final = "picture"
PICTURE_SIZE: Final = "picture_size"
TOO_LARGE: Final = "too_large"
FULL: Final = "full"

_SENTENCES: Final = {
    CHANGED: "The file changed while it was being read: nothing was sent; send it again.",
    GONE: "The file cannot be read: nothing was sent; look where it is, and send it again.",
    DISK_FULL: "The disk is full: make room, then try again.",
    DISK: "The disk refused to read or write: check it, then try again.",
    SPOILT: (
        "What the relay returned is not what was sent: it was deleted; try again, and tell your"
        " administrator if that does not help."
    ),
    EXPIRED: "The relay does not have this file any more: ask for it again.",
    ELSEWHERE: "This file is said to be at another relay than yours: it is not fetched from there.",
    IMPOSSIBLE: "What this message says about its file cannot be: it cannot be fetched.",
    LOST: "The encrypted copy in the home is gone: send the file again.",
    MISSING: "The encrypted copy in the home is gone: ask for the file again.",
    PICTURE: (
        "This picture is damaged or unusual, so that what it tells about you cannot be removed:"
        " send it as it is (keep its metadata), or save it anew with another program first."
    ),
    PICTURE_SIZE: (
        "This picture is too large for removing what it tells about you (more than 32 MiB):"
        " send it as it is (keep its metadata), or make it smaller first."
    ),
    FULL: (
        "The relay has no room for more files to this contact: it is tried again;"
        " ask them to fetch or give up the ones that wait for them."
    ),
    TOO_LARGE: "The file is larger than the relay of this contact takes.",
}


class TransferFailed(LocalError):  # noqa: N818  # named after what happened
    """A transfer cannot go on until the person does something; `word` says why."""

    def __init__(self, word: str) -> None:
        super().__init__(sentence(word))
        self.word = word


def of_disk(error: OSError) -> TransferFailed:
    """Return what an error of the file system means."""
    return TransferFailed(DISK_FULL if error.errno in {errno.ENOSPC, errno.EDQUOT} else DISK)


def sentence(word: str) -> str:
    """Return the sentence for a word, empty for none."""
    return _SENTENCES[word] if word in _SENTENCES else sentence_of_relay(word)
