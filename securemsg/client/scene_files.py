"""Files in a rehearsed vault: as far as they are said to have come, without any bytes of them."""

from dataclasses import dataclass
from typing import Final

from securemsg.client.views import Direction, FileState
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.stream import StreamKey
from securemsg.instant import DAY, Instant, after
from securemsg.mailbox.address import RelayAddress
from securemsg.store.files import SPOOL_WIDTH, Files, Offer, Place, Sealed, Source
from securemsg.store.files import FileState as Stored
from securemsg.store.ids import MessageRow

WIDTH: Final = 32
BLOB: Final = 16
KEPT: Final = 30 * DAY
"""How long the relay of the play keeps files."""

NOWHERE: Final = ("relay.invalid", 7443)
"""A host that no resolver may ever find (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a message, `done` of whose bytes have come or gone; `reason` is a word of the vault."""

    name: str
    type: str
    size: int
    state: FileState
    done: int = 0
    removed: str = ""
    reason: str = ""


def attach(
    files: Files, row: MessageRow, sent: tuple[Direction, Instant], file: Attachment, entropy: Entropy
) -> None:
    """Write the file of message `row`, which was `sent` by somebody at an instant."""
    direction, at = sent
    sealed = Sealed(StreamKey(entropy(WIDTH)), entropy(WIDTH), file.size, file.size, file.removed)
    spool = entropy(SPOOL_WIDTH)
    if direction is Direction.IN:
        place = Place(RelayAddress(*NOWHERE, entropy(WIDTH)), entropy(BLOB), entropy(WIDTH))
        files.add_offer(row, spool, Offer(place, sealed, file.name, file.type, after(at, KEPT)))
    else:
        files.add_source(row, spool, Source(file.name, file.name, file.type, file.size, 0, 1))
        files.sealed(row, sealed)
    files.move(row, Stored[file.state.name], file.reason)
    files.reached(row, file.done)
