"""A release: wheel, source distribution, bill of materials and their sums, in `dist/`.

`python -m tests.supply.release`, from a clean tree. Everything is built twice, in circumstances
as different as one machine allows, and must be the same bytes. The wheel is then installed beside nothing but
what the lock names, and its programs are run.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any, Final

from tests.supply.building import (
    ROOT,
    Archives,
    Circumstances,
    build,
    build_from_sdist,
    copy_source,
    surprises,
    tracked,
)

DIST: Final = ROOT / "dist"
SUMS: Final = "SHA256SUMS"


def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def objections(status: str, changes: str, version: str) -> list[str]:
    """Return why there can be no release: `status` is what git says, `changes` the list of changes."""
    found = [f"not committed: {line}" for line in status.splitlines()]
    if not re.search(rf"^## {re.escape(version)}\b", changes, re.MULTILINE):
        found.append(f"specs/CHANGES.md says nothing of {version}")
    return found


def twice(folder: Path) -> Archives:
    """Build in two places, and the wheel from the source distribution too; return what is the same."""
    first = Circumstances(folder / "first", 0o022, 1, "UTC", 1)
    second = Circumstances(folder / "second, longer", 0o077, 1_700_000_000, "Asia/Tokyo", 2)
    third = Circumstances(folder / "third", 0o002, 2_000_000_000, "America/Lima", 3)
    files = build(copy_source(first), first)
    again = build(copy_source(second), second)
    wheel = build_from_sdist(files.sdist, third).wheel
    for one, other in [*zip(files, again, strict=True), (files.wheel, wheel)]:
        if one.read_bytes() != other.read_bytes():
            sys.exit(f"{one.name} is not the same when it is built again")
    return files


def try_out(wheel: Path, folder: Path) -> None:
    """Install the wheel with what the lock names and nothing else, and run its programs."""
    venv.create(folder, with_pip=True)
    install = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    locked = ["--require-hashes", "--only-binary", ":all:", "--requirement"]
    subprocess.run([*install, *locked, str(ROOT / "requirements" / "relay.txt")], check=True)
    subprocess.run([*install, "--no-index", "--no-deps", str(wheel)], check=True)
    subprocess.run([*install[:3], "check"], check=True, stdout=subprocess.DEVNULL)
    said = [
        subprocess.run(
            [str(folder / "bin" / words[0]), *words[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for words in (("securemsg", "--version"), ("securemsg", "--help"), ("securemsg-relay", "--help"))
    ]
    if said[0] != f"securemsg {project()['version']}\n" or not all(said):
        sys.exit(f"the installed programs say {said}")


def publish(files: Archives) -> None:
    """Put `files`, the bill of materials and the sums of all into `dist/`."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    for path in files:
        shutil.copyfile(path, DIST / path.name)
    bill = DIST / f"securemsg-{project()['version']}.cdx.json"
    subprocess.run([sys.executable, "-m", "tests.supply.bill", "--output", str(bill)], cwd=ROOT, check=True)
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(DIST.iterdir())
    ]
    (DIST / SUMS).write_text("".join(f"{line}\n" for line in sums))
    sys.stdout.write((DIST / SUMS).read_text())


def main() -> None:
    """Build, compare, look inside, try, and put into `dist/`."""
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = objections(status.stdout, (ROOT / "specs" / "CHANGES.md").read_text(), project()["version"])
    if found:
        sys.exit("\n".join(found))
    with tempfile.TemporaryDirectory() as folder:
        files = twice(Path(folder))
        if found := surprises(files, set(tracked())):
            sys.exit("\n".join(found))
        try_out(files.wheel, Path(folder) / "installed")
        publish(files)
    sys.stdout.write(
        f"Sign it with a key of your own: minisign -S -m dist/{SUMS} (or gpg --detach-sign --armor)\n"
    )


if __name__ == "__main__":
    main()
