"""The `[blobs]` table of the configuration."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from relay.settings import Whole

_MOST: Final = 2**28
"""Mebibytes: so many fill the sizes that a frame can name."""


@dataclass(frozen=True, slots=True)
class BlobSettings:
    """What a relay takes of files, and where it keeps them, in the data folder where `folder` is empty.

    `keep_free_mebibytes` is what new blobs must leave free on their disk (Spec: RL-62).
    """

    enabled: bool = True
    folder: Path | None = None
    largest_mebibytes: Annotated[int, Whole(1, _MOST)] = 2_048
    mailbox_mebibytes: Annotated[int, Whole(1, _MOST)] = 4_096
    mailbox_blobs: Annotated[int, Whole(1, 10_000)] = 500
    keep_free_mebibytes: Annotated[int, Whole(1, _MOST)] = 1_024
