"""Builds wheel and source distribution from what git tracks, and says what is in them."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("securemsg/", "relay/", "client_tui/")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What must not show in the result: the folder, its modes, the time, and the builder's habits."""

    folder: Path
    umask: int
    changed_at: int
    zone: str
    hash_seed: int


class Archives(NamedTuple):
    """What a build gives."""

    wheel: Path
    sdist: Path


def tracked() -> list[str]:
    """Return the names of all files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def commit_time() -> int:
    """Return the time of the last commit, in seconds since 1970."""
    shown = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, check=True)
    return int(shown.stdout)


def copy_source(circumstances: Circumstances) -> Path:
    """Copy what git tracks into the folder; return where it is."""
    source = circumstances.folder / "source"
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
        target.chmod((0o777 if os.access(ROOT / name, os.X_OK) else 0o666) & ~circumstances.umask)
        os.utime(target, (circumstances.changed_at, circumstances.changed_at))
    return source


def build(source: Path, circumstances: Circumstances) -> Archives:
    """Build what lies in `source`."""
    output = circumstances.folder / "dist"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--directory",
            str(output),
            "-t",
            "wheel",
            "-t",
            "sdist",
        ],
        cwd=source,
        env=os.environ
        | {
            "SOURCE_DATE_EPOCH": str(commit_time()),
            "TZ": circumstances.zone,
            "PYTHONHASHSEED": str(circumstances.hash_seed),
        },
        umask=circumstances.umask,
        capture_output=True,
        check=True,
    )
    return Archives(next(output.glob("*.whl")), next(output.glob("*.tar.gz")))


def build_from_sdist(sdist: Path, circumstances: Circumstances) -> Archives:
    """Build what the source distribution holds, as whoever gets no wheel does."""
    with tarfile.open(sdist) as archive:
        archive.extractall(circumstances.folder / "unpacked", filter="data")
    (source,) = (circumstances.folder / "unpacked").iterdir()
    return build(source, circumstances)


def surprises(built: Archives, names: set[str]) -> list[str]:
    """What the archives hold and should not, or should hold and do not; empty when all is well.

    The wheel has those of `names` that lie in the three packages and its own records, the source
    distribution has all.
    """
    with zipfile.ZipFile(built.wheel) as archive:
        installed = {name for name in archive.namelist() if ".dist-info/" not in name}
    with tarfile.open(built.sdist) as archive:
        shipped = {member.name.partition("/")[2] for member in archive if member.isfile()} - {"PKG-INFO"}
    expected = {name for name in names if name.startswith(PACKAGES)}
    return [f"wheel: {name}" for name in sorted(installed ^ expected)] + [
        f"source distribution: {name}" for name in sorted(shipped ^ names)
    ]
