"""Published test vectors, read from `$SECUREMSG_VECTORS` (default: beside the repository)."""

import functools
import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_SUFFIX = ".json.gz"
_BESIDE = Path(__file__).parents[3] / "shared" / "vectors"


@functools.cache
def load(name: str) -> Any:  # noqa: ANN401  # every publisher has a shape of its own
    """Return the JSON of `name`, such as `wycheproof/x25519_test.json.gz`.

    Skips the test where the vectors are absent, except in CI, where that is a failure.
    """
    with gzip.open(_path(name)) as file:
        return json.load(file)


def _path(name: str) -> Path:
    path = Path(os.environ.get("SECUREMSG_VECTORS", _BESIDE)) / name
    if not path.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"no vectors at {path}")
    return path


@dataclass(frozen=True, slots=True)
class Case:
    """One Wycheproof case together with its group."""

    group: dict[str, Any]
    fields: dict[str, Any]

    def octets(self, name: str) -> bytes:
        """Return the hexadecimal field `name` of the case."""
        return bytes.fromhex(self.fields[name])

    @property
    def number(self) -> int:
        """The case's number in its file."""
        return int(self.fields["tcId"])

    @property
    def valid(self) -> bool:
        """Whether the publisher calls the case valid; "acceptable" counts as not."""
        return bool(self.fields["result"] == "valid")

    @property
    def invalid(self) -> bool:
        """Whether the publisher wants the case refused; "acceptable" counts as not."""
        return bool(self.fields["result"] == "invalid")

    @property
    def flags(self) -> frozenset[str]:
        """What the case is about, in the publisher's words."""
        return frozenset(self.fields.get("flags", []))


def wycheproof_files() -> set[str]:
    """Return the names of all files of Wycheproof that there are, such as `x25519_test`."""
    return {path.name.removesuffix(_SUFFIX) for path in _path("wycheproof").iterdir()}


def wycheproof_count(name: str) -> int:
    """Return how many cases Wycheproof's `name` says that it has."""
    return int(load(f"wycheproof/{name}{_SUFFIX}")["numberOfTests"])


def wycheproof(name: str) -> Iterator[Case]:
    """Yield every case of Wycheproof's `name`, such as `x25519_test`."""
    for group in load(f"wycheproof/{name}{_SUFFIX}")["testGroups"]:
        for fields in group["tests"]:
            yield Case(group, fields)
