"""The relay on a disk whose syncs take five seconds for as long as a file `slow` lies beside its data.

`python -m tests.crash.slow_disk DATA LISTEN` serves like the real program, with a VFS of ours under SQLite.
"""

import sys
import time
from pathlib import Path
from typing import Final

import apsw
from typing_extensions import override

from relay.main import main

SECONDS: Final = 5.0


class SlowDisk(apsw.VFS):
    """The disk of the machine, whose syncs sometimes take long."""

    def __init__(self, switch: Path) -> None:
        """Register as the VFS that is used when none is named."""
        super().__init__("slow disk", "unix", makedefault=True)
        self.switch = switch

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        assert name is not None
        return _File(self.switch, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, switch: Path, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._switch = switch

    @override
    def xSync(self, flags: int) -> None:
        if self._switch.exists():
            time.sleep(SECONDS)
        super().xSync(flags)


if __name__ == "__main__":
    folder, address = sys.argv[1:]
    DISK: Final = SlowDisk(Path(folder).with_name("slow"))
    sys.exit(main(["--data", folder, "serve", "--listen", address, "--json"]))
