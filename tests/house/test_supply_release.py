"""What a release is made of is the same bytes wherever it is built, and holds what it should."""

import subprocess
import sys
from typing import Any

import pytest

from tests.supply.bill import LOCK, missing
from tests.supply.building import Archives, surprises, tracked
from tests.supply.lock import Pin, pins
from tests.supply.release import objections, project, twice
from tests.support.programs import environment

VERSION = project()["version"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """Wheel and source distribution, found the same when built again."""
    return twice(tmp_path_factory.mktemp("built"))


def test_two_builds_are_the_same_bytes_and_hold_what_is_tracked(built: Archives) -> None:
    """Another folder, umask, time, zone and hash seed; the wheel also from the source distribution."""
    assert [path.name for path in built] == [
        f"securemsg-{VERSION}-py3-none-any.whl",
        f"securemsg-{VERSION}.tar.gz",
    ]
    assert surprises(built, set(tracked())) == []


def test_an_archive_with_too_much_or_too_little_is_noticed(built: Archives) -> None:
    names = {*tracked(), "relay/forgotten.service"} - {"relay/py.typed"}
    assert surprises(built, names) == [
        f"{archive}: relay/{name}"
        for archive in ("wheel", "source distribution")
        for name in ("forgotten.service", "py.typed")
    ]


def test_what_is_not_committed_or_not_listed_is_not_released() -> None:
    changes = f"# Changes\n\n## {VERSION}\n"
    assert objections("", changes, VERSION) == []
    assert objections(" M relay/main.py\n", changes, VERSION) == ["not committed:  M relay/main.py"]
    assert len(objections("", changes, f"{VERSION}.1")) == 1
    assert len(objections("", "", VERSION)) == 1


def bill_of(lock: dict[str, Pin]) -> dict[str, Any]:
    return {
        "components": [
            {
                "name": pin.name,
                "version": pin.version,
                "externalReferences": [
                    {"hashes": [{"alg": "SHA-256", "content": hash_} for hash_ in pin.hashes]}
                ],
            }
            for pin in lock.values()
        ]
    }


def test_a_bill_must_name_every_locked_package_with_its_hashes() -> None:
    lock = pins(LOCK.read_text())
    assert missing(bill_of(lock), lock) == []
    bill = bill_of(lock)
    bill["components"][0]["externalReferences"][0]["hashes"].pop()
    bill["components"][1]["version"] = "0"
    bill["components"].pop()
    names = list(lock)
    assert missing(bill, lock) == sorted([names[0], names[1], names[-1]])


def test_the_command_says_its_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "client_tui", "--version"],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    assert done.stdout in {f"securemsg {VERSION}\n", "securemsg (not installed)\n"}
