"""The blobs that a configuration means."""

from pathlib import Path

from relay.blobs.files import BlobFiles, Quota
from relay.blobs.places import Places
from relay.config import MEBIBYTE, Config
from securemsg.errors import LocalError


def blob_folder(config: Config) -> Path:
    """Where blobs lie."""
    return config.blobs.folder or config.data / "blobs"


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
