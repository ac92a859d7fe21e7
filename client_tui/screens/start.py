"""What the client starts with."""

from dataclasses import dataclass
from pathlib import Path

from securemsg.client import Engine, Profile


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A contact that a new account starts with."""

    link: str
    alias: str


@dataclass(frozen=True, slots=True)
class Start:
    """The home, and what is known before the person is asked; `passphrase` comes from a file.

    `profile` was opened before the screen was there; `engine` takes the place of one that dials.
    """

    home: Path
    passphrase: str | None = None
    profile: Profile | None = None
    engine: Engine | None = None
    relay: str = ""
    acquaintances: tuple[Acquaintance, ...] = ()
