"""The bill of materials of a release: CycloneDX, made from the lock of the relay, and checked against it.

`python -m tests.supply.bill --output FILE`
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.supply.building import ROOT, commit_time
from tests.supply.lock import Pin, pins

LOCK: Final = ROOT / "requirements" / "relay.txt"
"""Everything that any of our programs loads: the client's packages are among the relay's."""


def make(output: Path) -> None:
    """Write the bill to `output`, the same bytes for the same commit."""
    subprocess.run(
        [
            *(sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCK)),
            *(
                "--pyproject",
                str(ROOT / "pyproject.toml"),
                "--output-reproducible",
                "--output-format",
                "JSON",
            ),
            *("--output-file", str(output)),
        ],
        env={"SOURCE_DATE_EPOCH": str(commit_time()), "PYTHONWARNINGS": "ignore"},
        cwd=ROOT,
        check=True,
    )


def missing(bill: Mapping[str, Any], lock: Mapping[str, Pin]) -> list[str]:
    """Return the packages of `lock` that `bill` does not name with this version and all hashes."""
    named = {
        Pin(
            component["name"],
            component["version"],
            frozenset(
                hash_["content"]
                for reference in component.get("externalReferences", ())
                for hash_ in reference.get("hashes", ())
                if hash_["alg"] == "SHA-256"
            ),
        )
        for component in bill["components"]
    }
    return sorted(pin.name for pin in lock.values() if pin not in named)


def main() -> None:
    """Make the bill and check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    output: Path = parser.parse_args().output.absolute()
    output.parent.mkdir(parents=True, exist_ok=True)
    make(output)
    lock = pins(LOCK.read_text())
    left_out = missing(json.loads(output.read_text()), lock)
    if left_out:
        sys.exit(f"{output.name} does not name {', '.join(left_out)} as locked")
    sys.stdout.write(f"{output.name}: {len(lock)} packages with their hashes\n")


if __name__ == "__main__":
    main()
