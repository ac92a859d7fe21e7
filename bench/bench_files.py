"""Encrypting 256 MiB beside a plain copy and beside age: `python -m bench.bench_files`.

Everything is in memory and nothing is synced, as with the peers; the client syncs once at the end.
`BENCH_FOLDER` names another place: on a disk its writing back disturbs whoever comes next.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.figures import Figure, show
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.sealing import open_file, seal_file
from securemsg.client.transfer.spool import fill_from, write_all
from securemsg.crypto.stream import StreamKey
from securemsg.store.files import Sealed
from securemsg.wire.files import blob_size

SIZE = 256 * 2**20
ROUNDS = 7
ROOM = 8 * SIZE
BLOCK = 2**20
KEY = StreamKey(bytes(range(32)))


def main() -> None:
    """Measure in turn, and print."""
    with tempfile.TemporaryDirectory(dir=_place()) as folder:
        place = Path(folder)
        source = place / "source"
        with source.open("wb") as file:
            for _ in range(SIZE // BLOCK):
                file.write(os.urandom(BLOCK))  # a file that compresses would flatter nobody here
        digest = _seal(source, place / "sealed")
        sealed = Sealed(KEY, digest, SIZE, blob_size(SIZE), "")
        contenders: dict[str, Callable[[], object]] = {
            "copy": lambda: _copy(source, place / "copy"),
            "cp": lambda: subprocess.run(["cp", "--reflink=never", source, place / "cp"], check=True),
            "seal": lambda: _seal(source, place / "sealed"),
            "open": lambda: _open(place / "sealed", place / "opened", sealed),
        } | _age(place, source)
        _report(_rounds(contenders))


def _place() -> str | None:
    """Return where to measure: in memory where there is room for all the copies."""
    named, memory = os.environ.get("BENCH_FOLDER"), Path("/dev/shm")  # noqa: S108  # a folder is made in it
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return named or (str(memory) if roomy else None)


def _rounds(contenders: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return the seconds of each in every round, measured in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, work in contenders.items():
            start = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _report(seconds: Mapping[str, list[float]]) -> None:
    print({name: round(min(values), 3) for name, values in seconds.items()}, file=sys.stderr)

    def ratio(peer: str, ours: str) -> float:
        return statistics.median(a / b for a, b in zip(seconds[peer], seconds[ours], strict=True))

    for name, ours, age in (("seal", "seal", "age"), ("open", "open", "age_open")):
        show(Figure(f"files_{name}_256MiB", ratio("copy", ours), "copy", "0.5"))
        show(Figure(f"files_{name}_256MiB_cp", ratio("cp", ours), "cp", "0.5"))
        if age in seconds:
            show(Figure(f"files_{name}_256MiB_age", ratio(age, ours), "age", "1"))
    if "age" not in seconds:
        print("# age is not installed (apt-get install age)")


def _copy(source: Path, target: Path) -> None:
    """Read and write, as a program does that looks at what it copies."""
    buffer = memoryview(bytearray(BLOCK))
    with source.open("rb", buffering=0) as reading, target.open("wb", buffering=0) as writing:
        while count := reading.readinto(buffer):
            write_all(writing.fileno(), buffer[:count])


def _seal(source: Path, target: Path) -> bytes:
    with source.open("rb", buffering=0) as reading, target.open("wb", buffering=0) as writing:

        def fill(view: memoryview) -> None:
            fill_from(reading.fileno(), view)

        return seal_file(writing.fileno(), KEY, SIZE, fill, Halt())


def _open(source: Path, target: Path, sealed: Sealed) -> None:
    with source.open("rb", buffering=0) as reading, target.open("wb", buffering=0) as writing:
        for block in open_file(reading.fileno(), sealed, Halt()):
            write_all(writing.fileno(), block)


def _age(place: Path, source: Path) -> dict[str, Callable[[], object]]:
    if not (shutil.which("age") and shutil.which("age-keygen")):
        return {}
    identity, sealed = place / "identity", place / "sealed.age"
    made = subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True, text=True)
    recipient = made.stderr.split()[-1]

    def encrypt() -> None:
        subprocess.run(["age", "-r", recipient, "-o", sealed, source], check=True)

    def decrypt() -> None:
        subprocess.run(["age", "-d", "-i", identity, "-o", place / "age", sealed], check=True)

    encrypt()
    return {"age": encrypt, "age_open": decrypt}


if __name__ == "__main__":
    main()
