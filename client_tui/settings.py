"""The settings of this device: `tui.toml` in the folder for settings. Nothing of people or chats is in it.

Whatever stands there is looked at strictly: what is not understood is said and left out, never an error.
"""

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from client_tui.text.language import LANGUAGES, N_
from securemsg.errors import Sentence

FILE: Final = "tui.toml"

LARGEST: Final = 65_536
"""Bytes read: somebody who puts another file there gets an answer."""


# No dataclass: the module that makes them takes a quarter of the time to the question for the passphrase.
class Settings(NamedTuple):
    """What this device does; `keys` maps names of commands to keys in place of the keymap's."""

    language: str = ""
    theme: str = "night"
    keymap: str = "default"
    enter: str = "send"
    mouse: str = "on"
    ascii: bool = False
    plain: bool = False
    screen_reader: bool = False
    notifications: str = "bell"
    notification_content: str = "generic"
    quiet_hours: str = ""
    editor: str = ""
    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    warnings: tuple[str, ...] = ()


CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "language": ("", *LANGUAGES),
    "theme": ("night", "day", "contrast", "ansi"),
    "keymap": ("default", "vim", "emacs"),
    "enter": ("send", "newline"),
    "mouse": ("on", "click", "off"),
    "notifications": ("off", "bell", "osc", "desktop"),
    "notification_content": ("generic", "sender", "full"),
}
"""The words that a setting may have, the usual one first or in the middle of its meaning."""

UNKNOWN: Final = N_("{file}: `{name}` is not a setting of this version; it is left out.")
UNFIT: Final = N_("{file}: `{name}` does not take this value; the usual one is used.")
UNREADABLE: Final = N_("{file} cannot be read as TOML; the usual settings are used.")


def settings_file(environment: Mapping[str, str]) -> Path:
    """Return where the settings of this device are."""
    folder = environment.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 - does not raise where there is no home
    return Path(folder) / "securemsg" / FILE


def load_settings(file: Path) -> Settings:
    """Return what `file` says; `warnings` tell what was not understood."""
    text = _read(file)
    if not text.strip():
        return Settings()
    import tomllib  # noqa: PLC0415 - most devices have no such file

    try:
        return parse_settings(tomllib.loads(text))
    except (ValueError, RecursionError):
        # Not only what is no TOML: a number of thousands of digits is none to Python.
        return Settings(warnings=(Sentence(UNREADABLE, file=FILE),))


def parse_settings(found: Mapping[str, object]) -> Settings:
    """Return the settings that a table describes."""
    taken: dict[str, Any] = {}
    warnings: list[str] = []
    known = {*Settings._fields} - {"warnings"}
    for name, value in found.items():
        if name not in known:
            warnings.append(Sentence(UNKNOWN, file=FILE, name=name))
        elif name == "keys":
            taken["keys"], unfit = _keys(value)
            warnings += [Sentence(UNFIT, file=FILE, name=f"keys.{each}") for each in unfit]
        elif is_fit(name, value):
            taken[name] = value
        else:
            warnings.append(Sentence(UNFIT, file=FILE, name=name))
    return Settings(**taken, warnings=tuple(warnings))


def is_fit(name: str, value: object) -> bool:
    """Tell whether the setting `name` takes `value`."""
    if name in CHOICES:
        return value in CHOICES[name]
    if name == "quiet_hours":
        return isinstance(value, str) and (not value or hours_of(value) is not None)
    return type(value) is type(getattr(Settings(), name))


def hours_of(text: str) -> tuple[int, int] | None:
    """Return minutes of the day from `22:00-07:30`; `None` where it is not like this."""
    try:
        (begin_hour, begin), (end_hour, end) = (
            (int(hour), int(minute)) for hour, minute in (part.split(":") for part in text.split("-"))
        )
    except ValueError:
        return None
    fit = all(0 <= hour < 24 for hour in (begin_hour, end_hour)) and all(0 <= m < 60 for m in (begin, end))  # noqa: PLR2004 - hours and minutes
    return (begin_hour * 60 + begin, end_hour * 60 + end) if fit else None


def change_setting(file: Path, name: str, value: str | bool) -> None:  # noqa: FBT001 - the value of a setting
    """Write one setting, leaving every other line of the file as it is; raises `OSError`.

    A file that cannot be read is not written either: what the person wrote there would be lost.
    """
    line = f"{name} = {'true' if value is True else 'false' if value is False else _quoted(value)}"
    lines = _lines(file)
    tables = [place for place, each in enumerate(lines) if each.lstrip().startswith("[")]
    end = tables[0] if tables else len(lines)
    own = [place for place in range(end) if lines[place].partition("=")[0].strip() == name]
    if own:
        lines[own[0]] = line
    else:
        lines.insert(end, line)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    beside.chmod(0o600)
    os.replace(beside, file)  # noqa: PTH105 - the one call that replaces in one step


def _quoted(value: str) -> str:
    import json  # noqa: PLC0415 - when something is changed only

    # A JSON string without characters beyond ASCII is a TOML string.
    return json.dumps(value)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST).decode()
    except (OSError, UnicodeDecodeError):
        return ""


def _lines(file: Path) -> list[str]:
    """Return all lines; raises `OSError` where they cannot be written back as they are."""
    try:
        with file.open("rb") as stream:
            found = stream.read(LARGEST + 1)
        if len(found) > LARGEST:
            raise OSError(errno.EFBIG)
        # Not `splitlines`: other line ends may stand within a string.
        return found.decode().removesuffix("\n").split("\n") if found else []
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise OSError(errno.EILSEQ) from None


def _keys(found: object) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    if not isinstance(found, dict):
        return {}, [""]
    keys, unfit = {}, []
    for name, value in found.items():
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(key, str) for key in listed):
            keys[str(name)] = tuple(listed)
        else:
            unfit.append(str(name))
    return keys, unfit
