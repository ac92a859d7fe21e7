"""The folder of the ciphertexts, in which somebody else may have been (FI-7, FI-15)."""

import os
from pathlib import Path

import pytest

from securemsg.client.transfer.spool import Spool

NAME = bytes(range(16))


def test_a_pipe_in_the_place_of_a_ciphertext_holds_nobody_up(tmp_path: Path) -> None:
    """FI-10: neither one that is read nor one that is written to, whoever is at its other end."""
    spool = Spool(tmp_path)
    os.close(spool.create(NAME))
    spool.remove(NAME)
    pipe = tmp_path / "files" / NAME.hex()
    os.mkfifo(pipe)
    for step in (spool.read, spool.extend):
        with pytest.raises(OSError):  # noqa: PT011  # any error of the disk will do
            step(NAME)
    other = os.open(pipe, os.O_RDWR)
    for step in (spool.read, spool.extend):
        with pytest.raises(OSError):  # noqa: PT011  # any error of the disk will do
            step(NAME)
    os.close(other)


def test_only_ciphertexts_are_swept_away(tmp_path: Path) -> None:
    """FI-15: also where the folder is a link to another."""
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "files").symlink_to(other)
    (other / "thesis.odt").write_bytes(b"years of work")
    spool = Spool(tmp_path)
    for name in (NAME, NAME[::-1]):
        os.close(spool.create(name))
    spool.sweep({NAME})
    assert sorted(path.name for path in other.iterdir()) == [NAME.hex(), "thesis.odt"]
