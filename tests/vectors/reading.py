"""Reads specs/vectors/*.json in the shape that its README describes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from securemsg.errors import AuthenticationError, FrameError, LocalError, RemoteError
from securemsg.handshake.errors import UnknownPrekey
from securemsg.mailbox.errors import VersionError
from securemsg.ratchet.errors import Replayed, SessionExhausted, TooManySkipped, Unrecognised
from securemsg.store.errors import VaultDamaged, WrongPassphrase
from tests.reference.make_vectors import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ERRORS: dict[str, type[Exception]] = {
    "FrameError": FrameError,
    "AuthenticationError": AuthenticationError,
    "Unrecognised": Unrecognised,
    "Replayed": Replayed,
    "TooManySkipped": TooManySkipped,
    "UnknownPrekey": UnknownPrekey,
    "SessionExhausted": SessionExhausted,
    "LocalError": LocalError,
    "LinkError": LocalError,
    "TextError": LocalError,
    "VersionError": VersionError,
    "WrongPassphrase": WrongPassphrase,
    "VaultDamaged": VaultDamaged,
    "RemoteError": RemoteError,
}


def name_of(error: type[Exception]) -> str:
    """Return the name by which the vectors call an error of ours: the narrowest of those that fit."""
    return max((len(known.__mro__), name) for name, known in ERRORS.items() if issubclass(error, known))[1]


NotRaised = pytest.fail.Exception
"""What pytest raises where an error was expected; it is no `Exception`."""

PLACES: dict[str, Path] = {}
"""Where a file is read from that does not lie in specs/vectors."""


@functools.cache
def load(name: str) -> Any:  # noqa: ANN401  # JSON has no better type
    """Return the JSON of specs/vectors/`name`.json, or of the file that `use` put in its place."""
    return json.loads(PLACES.get(name, DIRECTORY / f"{name}.json").read_text(encoding="ascii"))


def use(path: Path) -> None:
    """Read this file in place of the one of the same name."""
    PLACES[path.stem] = path
    load.cache_clear()


def joined(value: Any) -> bytes:  # noqa: ANN401  # a string or a list of pieces
    """Return the bytes that stand in a file."""
    if isinstance(value, str):
        return bytes.fromhex(value)
    return b"".join(
        bytes.fromhex(piece) if isinstance(piece, str) else bytes.fromhex(piece["repeat"]) * piece["times"]
        for piece in value
    )


@dataclass(frozen=True, slots=True)
class Vector:
    """One test of a file."""

    file: str
    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # whatever stands there
        """Return a field as it stands."""
        return self.fields[name]

    def octets(self, name: str) -> bytes:
        """Return a field of bytes, taken from another test or changed where the file says so."""
        value = self.fields[name]
        if not isinstance(value, dict):
            return joined(value)
        raw = bytearray(one(self.file, value["copy"]).octets(name))
        if "at" in value:
            raw[value["at"]] ^= int(value["xor"], 16)
        return bytes(raw)

    @property
    def error(self) -> type[Exception]:
        """What is raised instead of a result."""
        return ERRORS[self.fields["error"]]


def select(name: str, ops: str, valid: object = None) -> list[Vector]:
    """Return the tests of those operations, all or only the valid or the invalid ones."""
    wanted = ops.split()
    found = [Vector(name, test) for test in load(name)["tests"] if test["op"] in wanted]
    return [vector for vector in found if valid is None or vector["valid"] is valid]


def one(name: str, ident: str) -> Vector:
    """Return the test of that id."""
    return next(Vector(name, test) for test in load(name)["tests"] if test["id"] == ident)


Check = Callable[[Vector], None]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the vectors of some operations of a file mean for our library."""

    file: str
    ops: tuple[str, ...]
    valid: bool | None
    check: Check

    def concerns(self, vector: Vector) -> bool:
        """Whether it says something about this vector."""
        known = vector.file == self.file and vector["op"] in self.ops
        return known and self.valid in {None, vector["valid"]}


INTERPRETATIONS: list[Interpretation] = []


def vectors(name: str, ops: str, *, valid: bool | None = None) -> Callable[[Check], Check]:
    """Run a test once for each vector of those operations, here and from the command line (`run`)."""
    found = select(name, ops, valid)
    assert found, f"no vector of {ops} in {name}"

    def once_for_each(check: Check) -> Check:
        INTERPRETATIONS.append(Interpretation(name, tuple(ops.split()), valid, check))
        mark = pytest.mark.parametrize("vector", found, ids=[str(vector["id"]) for vector in found])
        marked: Check = mark(check)
        return marked

    return once_for_each


class Draws:
    """An `Entropy` that gives the named draws of a vector; a draw is known by its length, each taken once."""

    def __init__(self, draws: Sequence[bytes]) -> None:
        """Hold these draws, of lengths that differ."""
        self._draws = {len(draw): draw for draw in draws}
        assert len(self._draws) == len(draws)

    def __call__(self, count: int, /) -> bytes:
        """Give the draw of that length, once."""
        return self._draws.pop(count)

    @property
    def spent(self) -> bool:
        """Whether every draw was taken."""
        return not self._draws
