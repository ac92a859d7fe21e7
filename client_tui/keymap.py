"""Which keys run which commands: the table's own, a keymap's, the person's, in this order.

A key that would mean two things in one place, or that nobody could type a letter without, is refused when the
keymap is loaded, with a warning; the table's own keys stay for that command.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from client_tui.registry import COMMANDS, Command, Place, command_named, in_place
from client_tui.settings import FILE, Settings
from client_tui.text.language import N_
from securemsg.errors import Sentence

KEYMAPS: Final = Path(__file__).parent / "keymaps"

NEEDED: Final = frozenset({"submit", "leave", "back"})
"""Without these nobody could write, or get away."""

KEY: Final = re.compile(r"(?:(?:ctrl|shift|alt|super)\+){0,3}(?:[a-z][a-z0-9_]{1,40}|[A-Za-z0-9])")

NO_COMMAND: Final = N_("{file}: there is no command `{name}` to give keys to.")
NO_KEY: Final = N_("{file}: `{key}` is no key for `{name}`; `/keys test` shows the names of keys.")
TWICE: Final = N_("{file}: `{key}` would mean two things; `{name}` keeps its usual keys.")

Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of commands that have others than the table's; `warnings` say what was refused."""

    keys: Keys = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def keys_of(self, command: Command) -> tuple[str, ...]:
        """Return the keys of `command`."""
        return self.keys.get(command.name, command.keys)


class _InUse:
    """The keymap now; there is one keyboard."""

    def __init__(self) -> None:
        self.keymap = Keymap()


_in_use = _InUse()


def keys_of(command: Command) -> tuple[str, ...]:
    """Return the keys that run `command` now."""
    return _in_use.keymap.keys_of(command)


def use_keymap(keymap: Keymap) -> None:
    """Let `keymap` hold from now on; `rebind` brings it to widgets that are there already."""
    _in_use.keymap = keymap


def command_of(key: str, *places: Place) -> Command | None:
    """Return the command that `key` runs in `places`."""
    return next((command for command in in_place(*places) if key in keys_of(command)), None)


def load_keymap(settings: Settings) -> Keymap:
    """Return the keymap that the settings describe."""
    chosen = {**_shipped(settings.keymap), **_enter(settings.enter)}
    warnings: list[str] = []
    for name, keys in settings.keys.items():
        if complaint := _complaint(name, keys):
            warnings.append(complaint)
        else:
            chosen[name] = keys
    while twice := _twice(Keymap(chosen)):
        for name, key in twice.items():
            del chosen[name]
            warnings.append(Sentence(TWICE, file=FILE, key=key, name=name))
    return Keymap(chosen, tuple(warnings))


def rebind(node: DOMNode) -> None:
    """Give a widget that binds commands of the table the keys that they have now."""
    merged = type(node)._merged_bindings or BindingsMap()  # noqa: SLF001 - Textual's own keymaps compute at each key
    names = {command.name for command in COMMANDS}
    places = {
        command_named(each.id).place for _key, each in merged if each.id is not None and each.id in names
    }
    if places:
        others = [each for _key, each in merged if each.id not in names]
        node._bindings = BindingsMap([*_bindings(places), *others])  # noqa: SLF001 - as above


def _bindings(places: set[Place]) -> list[Binding]:
    return [
        Binding(
            ",".join(keys),
            command.action,
            show=False,
            priority=command.place is Place.EVERYWHERE,
            id=command.name,
        )
        for command in in_place(*places)
        if (keys := keys_of(command))
    ]


def _shipped(name: str) -> dict[str, tuple[str, ...]]:
    file = KEYMAPS / f"{name}.toml"
    if not file.exists():
        return {}
    import tomllib  # noqa: PLC0415 - for those who want another keymap

    return {command: tuple(keys) for command, keys in tomllib.loads(file.read_text()).items()}


def _enter(meaning: str) -> dict[str, tuple[str, ...]]:
    return {"submit": ("ctrl+j",), "newline": ("enter",)} if meaning == "newline" else {}


def _complaint(name: str, keys: tuple[str, ...]) -> str:
    command = next((each for each in COMMANDS if each.name == name), None)
    if command is None:
        return Sentence(NO_COMMAND, file=FILE, name=name)
    if not keys and name in NEEDED:
        return Sentence(NO_KEY, file=FILE, key="", name=name)
    typed = command.place in {Place.EVERYWHERE, Place.WRITING}
    for key in keys:
        letter = len(key) == 1 or key.startswith("shift+") or key == "space"
        if KEY.fullmatch(key) is None or (letter and typed):
            return Sentence(NO_KEY, file=FILE, key=key, name=name)
    return ""


def _twice(keymap: Keymap) -> dict[str, str]:
    """Return commands with changed keys that collide in some place, with the key."""
    collided: dict[str, str] = {}
    for place in set(Place) - {Place.EVERYWHERE}:
        commands = in_place(Place.EVERYWHERE, place)
        counts = Counter(key for command in commands for key in set(keymap.keys_of(command)))
        for command in commands:
            double = [key for key in keymap.keys_of(command) if counts[key] > 1]
            if double and command.name in keymap.keys:
                collided[command.name] = double[0]
    return collided
