"""What a program asks of a profile about files; each is one transaction (Spec: 12)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

from securemsg.client import present
from securemsg.client.core import ProfileCore
from securemsg.client.lifetimes import lifetime_for
from securemsg.client.transfer import steps, wishes
from securemsg.client.transfer.failures import MISSING, TransferFailed, of_disk
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.kinds import NOTE, media_type, tells_much
from securemsg.client.transfer.saving import save
from securemsg.client.transfer.sealing import open_file
from securemsg.client.transfer.source import mark
from securemsg.client.transfer.spool import Spool
from securemsg.client.transfer.steps import Said
from securemsg.client.views import MessageView
from securemsg.client.wording import answer_to
from securemsg.errors import LocalError
from securemsg.store.files import FileRecord, FileState, Sealed, Source
from securemsg.store.ids import ContactId, MessageRow
from securemsg.wire.files import padded_size, saved_name

NAMED: Final = 2
"""Files looked for under the beginning of an id: two are one too many."""

_FEWEST_DIGITS: Final = 4


class Metadata(Enum):
    """What happens to what a picture tells besides itself (Spec: FI-14)."""

    AS_SET = "as set"
    REMOVED = "removed"
    KEPT = "kept"


class FileCalls(ProfileCore):
    """Sends, fetches and saves files."""

    def queue_file(
        self,
        contact: int,
        path: str,
        *,
        caption: str = "",
        reply_to: int | None = None,
        metadata: Metadata = Metadata.AS_SET,
    ) -> MessageView:
        """Store a message with a file; an `Engine` encrypts and sends it, so leave the file until then.

        Raises `LocalError`.

        Spec: FI-7, FI-8.
        """
        found, name = mark(path), saved_name(Path(path).name)
        padded_size(found.size)
        with self.step() as step:
            strip = metadata is Metadata.REMOVED or (
                metadata is Metadata.AS_SET and step.vault.settings.get("strip_metadata") != "off"
            )
            source = Source(
                _writable(Path(path).absolute()),
                name,
                media_type(name),
                found.size,
                found.changed,
                int(strip),
            )
            to = ContactId(contact)
            quoted = answer_to(step, to, None if reply_to is None else MessageRow(reply_to))
            row = steps.queue_file(step, to, source, Said(caption, quoted, lifetime_for(step, to, 0)))
            return present.message_views(step, [step.vault.messages.get(row)])[0]

    def file_note(self, path: str) -> str:
        """Return a sentence to show before a file is sent, empty for nothing (Spec: FI-14)."""
        return NOTE if tells_much(Path(path).name) else ""

    def fetch_file(self, row: int, *, limit: int = wishes.USUAL_LIMIT) -> None:
        """Have a file fetched that somebody sent; raises `LocalError` (Spec: FI-10)."""
        room = Spool(self.home).room()
        self.decide(lambda step: wishes.fetch(step, MessageRow(row), room, limit))

    def pause_file(self, row: int) -> None:
        """Let a transfer rest; raises `LocalError` where nothing moves."""
        self.decide(lambda step: wishes.pause(step, MessageRow(row)))

    def resume_file(self, row: int) -> None:
        """Go on with one of ours that rests or failed; raises `LocalError` where there is none."""
        self.decide(lambda step: wishes.resume(step, MessageRow(row)))

    def cancel_file(self, row: int) -> None:
        """Give a transfer up: ours goes with its message, theirs stays an offer; raises `LocalError`."""
        self.decide(lambda step: wishes.cancel(step, MessageRow(row)))

    def save_file(self, row: int, folder: str) -> str:
        """Put a plain copy of a file that is here into a folder; return its path. Raises `LocalError`.

        It takes as long as the file is large, without holding up other calls.

        Spec: FI-12.
        """
        return self.save_until(row, folder, Halt())

    def save_until(self, row: int, folder: str, halt: Halt) -> str:
        """Do the same until `halt` is called; raises `Halted` then, and nothing is left."""
        record = self.decide(lambda step: step.vault.files.get(MessageRow(row)))
        with _opened(record, Spool(self.home)) as (ciphertext, sealed):
            path = save(ciphertext, sealed, record.name, folder, halt)
        with self.step() as step:
            step.vault.files.saved(MessageRow(row), path.encode(errors="replace").decode())
            step.changes.contacts.add(record.contact)
        return path

    def read_until(self, row: int, most: int, halt: Halt) -> bytes:
        """Return a file that is here, all of it checked, without a copy on the disk (Spec: FI-5, FI-13).

        Raises `LocalError` where it is not here or has more than `most` bytes, and `Halted`.
        """
        record = self.decide(lambda step: step.vault.files.get(MessageRow(row)))
        with _opened(record, Spool(self.home)) as (ciphertext, sealed):
            if sealed.size > most:
                raise LocalError("This file is too large to be shown here: save a copy.")
            try:
                return b"".join(bytes(block) for block in open_file(ciphertext, sealed, halt))
            except OSError as error:
                raise of_disk(error) from error

    def files(self, contact: int | None = None, *, limit: int = 50) -> list[MessageView]:
        """Return the newest messages with files, of one contact or of all, the newest first."""
        whose = None if contact is None else ContactId(contact)
        with self.step() as step:
            rows = [record.message for record in step.vault.files.latest(whose, limit)]
            return present.message_views(step, [step.vault.messages.get(row) for row in rows])

    def find_file(self, beginning: str) -> MessageView:
        """Return the message with a file whose id begins with these digits; raises `LocalError`."""
        if len(beginning) < _FEWEST_DIGITS or set(beginning.lower()) - set("0123456789abcdef"):
            raise LocalError(
                "Name a file by at least four hexadecimal digits of its id: `securemsg files` shows it."
            )
        with self.step() as step:
            found = step.vault.files.named(beginning, NAMED)
            if len(found) != 1:
                raise LocalError(
                    "No file has an id that begins so."
                    if not found
                    else "Several files have an id that begins so."
                )
            return present.message_views(step, [step.vault.messages.get(found[0].message)])[0]


def _writable(path: Path) -> str:
    """Return a path as the vault can keep it; raises `LocalError` for bytes that are no text."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LocalError("The name of the file contains half a character.") from None
    return text


@contextmanager
def _opened(record: FileRecord, spool: Spool) -> Iterator[tuple[int, Sealed]]:
    """Give a descriptor of the ciphertext of a file that is here, and what opens it."""
    if record.state is FileState.SENT:
        raise LocalError("This file is yours: it is where you sent it from.")
    if record.state is not FileState.SAVED or record.key is None:
        raise LocalError("This file is not here yet: fetch it first.")
    try:
        ciphertext = spool.read(record.spool)
    except OSError:
        raise TransferFailed(MISSING) from None
    try:
        yield ciphertext, Sealed(record.key, record.digest, record.size, record.stored, "")
    finally:
        os.close(ciphertext)
