"""A restore of people's files that fails, and is run again (Spec: RL-11, RL-64)."""

import argparse
import errno
import os
import shutil
from dataclasses import replace
from io import BufferedReader, BufferedWriter
from pathlib import Path

import pytest

from relay import commands
from relay.blobs.files import BlobFiles
from relay.blobs.places import Places
from relay.config import Config
from securemsg.errors import LocalError
from securemsg.mailbox.answers import Done, ErrorCode, Failed
from tests.relay.blobs import Blob, joined
from tests.relay.client import Mailbox
from tests.relay.stored import NOW
from tests.relay.test_blob_room import QUOTA
from tests.relay.test_relay_command import run
from tests.relay.test_relay_start import filled


def test_a_restore_without_room_for_files_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-64: it left a relay without them and refused to fill it; half a file is never taken for a whole."""
    filled(tmp_path / "data")
    files = BlobFiles(Places(tmp_path / "data" / "blobs"), QUOTA)
    blob = Blob(Mailbox(), 10_000)
    assert files.create(blob.creation, NOW) == Done()
    assert files.put(blob.puts(), NOW).answers == [Done()]
    assert run(tmp_path / "data", "backup", str(tmp_path / "copy"))[0] == 0
    target = replace(Config.default(), data=tmp_path / "target")
    asked = argparse.Namespace(source=tmp_path / "copy", json=True)

    def fails(source: BufferedReader, copy: BufferedWriter, _length: int) -> None:
        copy.write(source.read(8_192))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", fails)
        with pytest.raises(LocalError, match="No space left on device; run it again"):
            commands.restore(target, asked)
    found = BlobFiles(Places(tmp_path / "target" / "blobs"), QUOTA)
    assert found.look(blob.look, NOW) == Failed(ErrorCode.REFUSED)
    assert {path.name for path in target.data.iterdir()} == {"blobs"}
    assert run(target.data, "restore", str(tmp_path / "copy"))[0] == 0
    assert joined(found.read(blob.gets(), NOW)) == blob.content
    assert run(target.data, "restore", str(tmp_path / "copy"))[0] == 1
