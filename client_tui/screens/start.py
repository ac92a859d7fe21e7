"""What the client starts with."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from client_tui.settings import Settings, settings_file
from securemsg.client import Engine, Profile


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A contact that a new account starts with."""

    link: str
    alias: str


@dataclass(frozen=True, slots=True)
class Start:
    """The home, and what is known before the person is asked; `passphrase` comes from a file.

    `profile` was opened before the screen was there; `engine` takes the place of one that dials, and
    `engine_after` makes those of later openings.
    What is changed in the settings goes to the file `settings_kept`.
    `invitation` is a link that the person was given; `warnings` tell what was wrong with the settings.
    """

    home: Path
    passphrase: str | None = None
    profile: Profile | None = None
    engine: Engine | None = None
    engine_after: Callable[[Profile], Engine] = Engine
    relay: str = ""
    acquaintances: tuple[Acquaintance, ...] = ()
    invitation: str = ""
    settings: Settings = field(default_factory=Settings)
    settings_kept: Path = field(default_factory=lambda: settings_file(os.environ))
    warnings: tuple[str, ...] = ()

    def without_secrets(self) -> Self:
        """Return what the next unlocking starts with."""
        return replace(self, passphrase=None, profile=None, engine=None, invitation="", warnings=())

    def on_device(self, settings: Settings, warnings: tuple[str, ...]) -> Self:
        """Return this start on a device with these settings."""
        return replace(self, settings=settings, warnings=warnings)
