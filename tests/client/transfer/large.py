"""Large files through programs of their own, whose memory is measured."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.client.live import friends
from tests.client.transfer import killed
from tests.support.programs import ROOT, RelayProgram, environment

PIECE = bytes(range(256)) * 4_096


@dataclass(frozen=True)
class Peaks:
    """The greatest sizes of the programs that sent, and that fetched and saved (KiB)."""

    sending: int
    fetching: int


def write_large(path: Path, size: int) -> None:
    """Write a file of `size` bytes, a multiple of a mebibyte, each mebibyte of it another."""
    with path.open("wb") as file:
        for number in range(size // len(PIECE)):
            file.write(number.to_bytes(8, "big") + PIECE[8:])


def is_large(path: Path, size: int) -> bool:
    """Tell whether a file is what `write_large` wrote."""
    with path.open("rb") as file:
        for number in range(size // len(PIECE)):
            if file.read(len(PIECE)) != number.to_bytes(8, "big") + PIECE[8:]:
                return False
        return not file.read(1)


def carry(folder: Path, relay: RelayProgram, size: int, seconds: float) -> Peaks:
    """Send a large file, fetch and save it as `folder`/saved/large; check it, and return what it took."""
    source, target = folder / "large", folder / "saved"
    write_large(source, size)
    target.mkdir()
    with friends(folder, relay.address, "ann", "ben") as (ann, _):
        row = ann.queue_file(ann.find_contact("ben").contact, str(source)).row
    killed.until(folder / "ben", lambda _: True)
    sending = _run(seconds, folder / "ann", row)
    killed.until(folder / "ben", lambda profile: bool(profile.files()))
    with killed.opened(folder / "ben") as ben:
        offer = ben.files()[0].row
        ben.fetch_file(offer)
    fetching = _run(seconds, folder / "ben", offer, target)
    assert is_large(target / "large", size)
    return Peaks(sending, fetching)


def _run(seconds: float, *arguments: object) -> int:
    command = [sys.executable, "-m", "tests.client.transfer.killed", *map(str, arguments)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=seconds, check=True
    )
    return int(ended.stdout.split()[-1])
