"""What the client starts with."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A contact that a new account starts with."""

    link: str
    alias: str


@dataclass(frozen=True, slots=True)
class Start:
    """The home, and what is known before the person is asked; `passphrase` comes from a file."""

    home: Path
    passphrase: str | None = None
    relay: str = ""
    acquaintances: tuple[Acquaintance, ...] = ()
