"""What the administrator asks about blobs; it needs no relay that runs (Spec: RL-64)."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from relay.blobs.opening import blob_folder
from relay.blobs.places import FANS, FRESH, Charge, Places, make_folder, payer_of
from relay.blobs.record import HEADER, Record
from relay.blobs.sweep import faults_in, files_in
from relay.config import Config
from relay.folder import sync_folder
from relay.holdings import hour_text
from securemsg.errors import LocalError
from securemsg.ids import BlobId, MailboxId

FOLDER = "blobs"
"""The name of the copies in a backup."""


def blobs_held(config: Config, mailbox: str) -> list[dict[str, Any]]:
    """The blobs that count in the quota of a mailbox, for programs."""
    places = Places(blob_folder(config))
    return [
        {
            "id": charge.blob.hex(),
            "bytes": charge.size,
            "expires": hour_text(charge.expires_hour),
            "whole": places.whole(charge.blob).exists(),
        }
        for charge in sorted(places.charges(payer_of(MailboxId.fromhex(mailbox))))
    ]


def check_blobs(config: Config) -> None:
    """Look at every blob; raises `LocalError` where one is not what it was."""
    try:
        found = list(faults_in(Places(blob_folder(config))))
    except OSError as error:
        raise LocalError(f"The folder of blobs cannot be read: {error.strerror}.") from None
    if found:
        raise LocalError(
            f"Of people's files {len(found)} are damaged ({found[0]}); their readers will refuse them."
            " Restore them from a backup, or leave them until their time is over."
        )


def copy_blobs(source: Path, target: Path) -> int:
    """Copy every whole blob of one folder into another one, and count it there; returns their number.

    Blobs that are deleted meanwhile are left out. Raises `OSError`.
    """
    before, after = Places(source), Places(target)
    copied = 0
    if not source.is_dir():
        return copied
    after.prepare()
    for fan in FANS:
        for path in files_in(before.content_fan(fan)):
            with suppress(FileNotFoundError):
                copied += _copy(path, after)
    return copied


def _copy(path: Path, target: Places) -> bool:
    with path.open("rb") as file:
        record = Record.parse(file.read(HEADER))
        if path.suffix or record is None:
            return False
        blob = BlobId(bytes.fromhex(path.name))
        payer, whole = target.payer(record.payer), target.whole(blob)
        # Its header tells of all of the content: nobody may go on with a part of it.
        fresh = whole.with_name(whole.name + FRESH)
        make_folder(payer)
        (payer / Charge(blob, record.expires_hour, record.size).name).touch(0o600)
        sync_folder(payer)
        make_folder(whole.parent)
        file.seek(0)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        fresh.rename(whole)
        sync_folder(whole.parent)
    return True
