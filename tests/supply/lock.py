"""Reads a lock: a requirements file in which every package has one version and its hashes."""

import re
from dataclasses import dataclass

from packaging.utils import canonicalize_name

_PIN = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[^ ;]+)( *;[^-]*)?(?P<hashes>( *--hash=\S+)*)"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock; `hashes` are SHA-256 in hexadecimal, one for each file of that version."""

    name: str
    version: str
    hashes: frozenset[str]


def pins(text: str) -> dict[str, Pin]:
    """Return the packages of a lock by name; raises `ValueError` for a line that pins none."""
    found: dict[str, Pin] = {}
    for line in text.replace("\\\n", "").splitlines():
        statement = line.split("#")[0].strip()
        if not statement:
            continue
        match = _PIN.fullmatch(statement)
        if match is None:
            raise ValueError(f"not pinned: {statement[:60]}")
        name = canonicalize_name(match["name"])
        hashes = frozenset(re.findall(r"--hash=sha256:(\S+)", match["hashes"]))
        found[name] = Pin(name, match["version"], hashes)
    return found
