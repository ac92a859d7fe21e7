"""The blobs that a configuration means."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from relay.blobs.files import BlobFiles, Quota
from relay.blobs.places import Places
from relay.config import MEBIBYTE, Config
from relay.folder import sync_folder, write_private
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError

_MARK_BYTES: Final = 16


def blob_folder(config: Config) -> Path:
    """Where blobs lie."""
    return config.blobs.folder or config.data / "blobs"


def mark_of(places: Places, entropy: Entropy) -> bytes:
    """What tells this folder from all others: random, and made once. Raises `LocalError`."""
    mark = entropy(_MARK_BYTES)
    # Whole before it has its name: another node, or we after a crash, would take half of it for all.
    fresh = places.mark.with_name(f"{places.mark.name}-{mark.hex()}")
    try:
        if not places.mark.exists():
            write_private(fresh, mark)
            with suppress(FileExistsError):
                places.mark.hardlink_to(fresh)
            fresh.unlink()
            sync_folder(places.path)
        found = places.mark.read_bytes()
    except OSError as error:
        raise LocalError(f"The folder of blobs {places.path} cannot be used: {error.strerror}.") from None
    if len(found) != _MARK_BYTES:
        raise LocalError(f"{places.mark} is damaged; delete it, and run `securemsg-relay restored`.")
    return found


def open_blobs(config: Config) -> BlobFiles | None:
    """Make the folder where it is not there; `None` for a relay without blobs. Raises `LocalError`."""
    blobs = config.blobs
    if not blobs.enabled:
        return None
    quota = Quota(
        blobs.largest_mebibytes * MEBIBYTE,
        blobs.mailbox_mebibytes * MEBIBYTE,
        blobs.mailbox_blobs,
        blobs.keep_free_mebibytes * MEBIBYTE,
        config.retention.hours,
    )
    try:
        return BlobFiles(Places(blob_folder(config)), quota)
    except OSError as error:
        raise LocalError(
            f"The folder of blobs {blob_folder(config)} cannot be used: {error.strerror};"
            " name another in [blobs], or write enabled = false there."
        ) from None
