"""What is installed is what `requirements/` names, by version and hash."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply.lock import Pin, pins

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS: dict[str, list[str]] = PROJECT["dependency-groups"]
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
POSTGRES, IMAGES = EXTRAS["postgres"], EXTRAS["images"]

ASKED = {
    "build": GROUPS["build"],
    "developer": RUNTIME + IMAGES + POSTGRES + GROUPS["build"] + GROUPS["dev"] + GROUPS["bench"],
    "fuzz": GROUPS["fuzz"],
    "relay": RUNTIME + POSTGRES,
    "release": GROUPS["release"],
    "runtime": RUNTIME,
}
"""What pyproject.toml asks for in each of the files."""


def locked(name: str) -> dict[str, Pin]:
    return pins((LOCKS / f"{name}.txt").read_text())


def test_there_is_one_lock_for_each_use() -> None:
    assert {path.stem for path in LOCKS.iterdir()} == set(ASKED)
    groups = {asked for lists in ASKED.values() for asked in lists}
    assert {one for group in GROUPS.values() for one in group} <= groups


@pytest.mark.parametrize("name", ASKED)
def test_everything_asked_for_is_locked_within_its_range(name: str) -> None:
    """A change of pyproject.toml without `make lock` fails here."""
    found = locked(name)
    for asked in map(Requirement, ASKED[name]):
        pin = found[canonicalize_name(asked.name)]
        assert asked.specifier.contains(pin.version), f"{asked}: {pin.version} is locked; run `make lock`"


@pytest.mark.parametrize("name", ASKED)
def test_every_locked_package_has_hashes(name: str) -> None:
    for pin in locked(name).values():
        assert pin.hashes, pin.name
        assert all(re.fullmatch("[0-9a-f]{64}", hash_) for hash_ in pin.hashes)


@pytest.mark.parametrize("name", ASKED)
def test_no_two_locks_name_different_versions(name: str) -> None:
    developer = locked("developer")
    for pin in locked(name).values():
        assert developer.get(pin.name, pin) == pin


def test_make_installs_by_hash_only() -> None:
    text = (ROOT / "Makefile").read_text()
    assert text.count("-m pip") == 1
    assert "LOCKED := $(PIP) --require-hashes --only-binary :all:" in text
    assert "OURS   := $(PIP) --no-index --no-deps --no-build-isolation --editable ." in text
    assert not re.findall(r"^\t.*\$\(PIP\)", text, re.MULTILINE)


def test_the_build_needs_only_what_is_locked() -> None:
    assert PROJECT["build-system"]["requires"] == GROUPS["build"]


def test_a_line_without_a_version_is_not_a_lock() -> None:
    with pytest.raises(ValueError, match="not pinned"):
        pins("anyio>=4\n")
