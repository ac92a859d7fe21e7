"""A source that the disk gives up while it is read (FI-7)."""

import os
from pathlib import Path

import pytest

from securemsg.client.transfer.failures import TransferFailed
from securemsg.client.transfer.source import Mark, Reader


def test_a_source_that_is_lost_while_it_is_read_fails_the_transfer_alone(tmp_path: Path) -> None:
    """R10: whichever call the disk refuses, nothing else ends with it."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"words")
    descriptor = os.open(path, os.O_RDONLY)
    reader = Reader(descriptor, Mark.of(descriptor))
    os.close(descriptor)
    with pytest.raises(TransferFailed, match="cannot be read"):
        Mark.of(descriptor)
    with pytest.raises(TransferFailed, match="cannot be read"):
        reader.fill(memoryview(bytearray(1)))
    with pytest.raises(TransferFailed, match="cannot be read"):
        reader.end()
