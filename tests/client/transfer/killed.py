"""A program that carries one file and ends: `python -m tests.client.transfer.killed HOME ROW [FOLDER]`.

Where a folder is named it saves the file there. It prints `open`, and at its end its greatest size in KiB.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio

from securemsg.client import Profile
from securemsg.client.views import FileState
from securemsg.store.vault import Vault
from tests.client.live import PATIENCE, running
from tests.store.vaults import PASSPHRASE

AT_REST = (FileState.SENT, FileState.SAVED, FileState.FAILED, FileState.EXPIRED)


@contextmanager
def opened(home: Path) -> Iterator[Profile]:
    """Open a home for the length of the block."""
    profile = Profile(Vault.open(home, PASSPHRASE))
    try:
        yield profile
    finally:
        profile.close()


def until(home: Path, condition: Callable[[Profile], bool]) -> None:
    """Run an engine until something holds."""
    with opened(home) as profile:
        anyio.run(partial(_until, profile, condition))


async def _until(profile: Profile, condition: Callable[[Profile], bool]) -> None:
    async with running(profile) as (engine,):
        with anyio.fail_after(PATIENCE):
            await engine.published()
            while not await engine.perform(condition):  # noqa: ASYNC110  # what is waited for sets no event
                await anyio.sleep(0.02)
            await engine.idle()


def at_rest(row: int, profile: Profile) -> bool:
    """Tell whether a file does not move any more."""
    file = profile.message(row).file
    return file is not None and file.state in AT_REST


def main(home: str, row: str, folder: str = "") -> None:
    """Say that the home is open, then carry the file."""
    with opened(Path(home)) as profile:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        anyio.run(partial(_until, profile, partial(at_rest, int(row))))
        if folder:
            profile.save_file(int(row), folder)
    # Not what getrusage says: that counts the program from which this one was forked.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    sys.stdout.write(f"{peak}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
