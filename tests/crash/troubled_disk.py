"""The relay on a disk with troubles that a test switches on, by files beside the relay's data.

While `slow` lies there no sync comes to its end; `failing` lets the next sync fail, and is gone then.
`python -m tests.crash.troubled_disk DATA LISTEN` serves like the real program, with a VFS of ours under
SQLite.
"""

import sys
import time
from pathlib import Path
from typing import Final

import apsw
from typing_extensions import override

from relay.main import main

_LOOK_SECONDS: Final = 0.01


class TroubledDisk(apsw.VFS):
    """The disk of the machine, with trouble at its syncs."""

    def __init__(self, switches: Path) -> None:
        """Register as the VFS that is used when none is named."""
        super().__init__("troubled disk", "unix", makedefault=True)
        self.switches = switches

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        assert name is not None
        return _File(self.switches, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, switches: Path, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._slow, self._failing = switches / "slow", switches / "failing"

    @override
    def xSync(self, flags: int) -> None:
        while self._slow.exists():
            time.sleep(_LOOK_SECONDS)
        if self._failing.exists():
            self._failing.unlink()
            raise apsw.IOError
        super().xSync(flags)


if __name__ == "__main__":
    folder, address = sys.argv[1:]
    DISK: Final = TroubledDisk(Path(folder).parent)
    sys.exit(main(["--data", folder, "serve", "--listen", address, "--json"]))
