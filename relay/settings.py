"""Settings as frozen dataclasses: each field says what may stand in the file for it.

A TOML table is read by such a class, a field that is one itself is a table of its own. Every error names
the file, the table, the key and what is allowed; no value is repeated, for some are nobody's business
(Spec: RL-40).
"""

import difflib
import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Protocol,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from securemsg.errors import LocalError


class Settings(Protocol):
    """A frozen dataclass of settings with defaults.

    A field may be a bool, a text, a `Path` (absolute), `Path | None` (written as an empty text for none), a
    member of an enum (written by its name in small letters), `Annotated[int, Whole(least, most)]`,
    `Annotated[tuple[str, ...], Texts(most)]`, or such a class again, which is a table.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]


_S = TypeVar("_S", bound=Settings)


class Rule(Protocol):
    """What one setting may be."""

    @property
    def allowed(self) -> str:
        """The same in words."""
        ...

    def read(self, written: object) -> object:
        """The value of what is written; raises `ValueError` for what is not allowed."""
        ...

    def show(self, value: Any) -> object:  # noqa: ANN401  # what `read` made
        """What would be written for a value."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between bounds."""

    least: int
    most: int

    @property
    def allowed(self) -> str:
        """The bounds in words."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, written: object) -> int:
        """Refuse what is out of bounds with `ValueError`."""
        if type(written) is not int or not self.least <= written <= self.most:
            raise ValueError
        return written

    def show(self, value: int) -> object:
        """The same, as it is written."""
        return value


class _Flag:
    allowed: str = "true or false"

    def read(self, written: object) -> bool:
        if type(written) is not bool:
            raise ValueError
        return written

    def show(self, value: bool) -> object:  # noqa: FBT001  # the value itself
        return value


class _Text:
    allowed: str = "a text in quotes"

    def read(self, written: object) -> str:
        if not isinstance(written, str) or not written.isprintable():
            raise ValueError
        return written

    def show(self, value: str) -> object:
        return value


class _Folder:
    allowed: str = "the name of a folder in quotes, from / on"

    def read(self, written: object) -> Path:
        path = Path(_Text().read(written))
        if not path.is_absolute():
            raise ValueError
        return path

    def show(self, value: Path) -> object:
        return str(value)


class _File:
    allowed: str = "the name of a file in quotes, from / on"

    def read(self, written: object) -> Path | None:
        return None if written == "" else _Folder().read(written)

    def show(self, value: Path | None) -> object:
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class _Choice:
    kind: type[Enum]

    @property
    def allowed(self) -> str:
        return " or ".join(f'"{name}"' for name in self._names())

    def read(self, written: object) -> object:
        names = self._names()
        if not isinstance(written, str) or written not in names:
            raise ValueError
        return names[written]

    def show(self, value: Enum) -> object:
        return value.name.lower()

    def _names(self) -> Mapping[str, Enum]:
        return {member.name.lower(): member for member in self.kind}


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of so many texts at most."""

    most: int

    @property
    def allowed(self) -> str:
        """The bounds in words."""
        return f"up to {self.most} texts in brackets"

    def read(self, written: object) -> tuple[str, ...]:
        """Refuse what is out of bounds with `ValueError`."""
        if not isinstance(written, list) or len(written) > self.most:
            raise ValueError
        return tuple(_Text().read(one) for one in written)

    def show(self, value: tuple[str, ...]) -> object:
        """The same, as it is written."""
        return list(value)


_PLAIN: Final[Mapping[object, Rule]] = {
    bool: _Flag(),
    str: _Text(),
    Path: _Folder(),
    Path | None: _File(),
}


def _rule_of(hint: Any) -> Rule | None:  # noqa: ANN401  # whatever a field may be annotated with
    """The rule of a field by its type; none for a table of its own."""
    if get_origin(hint) is Annotated:
        return cast("Rule", get_args(hint)[1])
    if hint in _PLAIN:
        return _PLAIN[hint]
    if issubclass(hint, Enum):
        return _Choice(hint)
    if is_dataclass(hint):
        return None
    raise AssertionError("a number or list in the settings has its bounds beside it")


@functools.cache
def _rules(kind: type[Settings]) -> Mapping[str, Rule | None]:
    hints = get_type_hints(kind, include_extras=True)
    return {one.name: _rule_of(hints[one.name]) for one in fields(kind)}


def read(kind: type[_S], written: object, source: str, table: str = "") -> _S:
    """Make a `kind` of a table of the file `source`; raises `LocalError`."""
    if not isinstance(written, dict):
        raise LocalError(f"{source}: {table} must be a table; write [{table}] on a line by itself.")
    rules = _rules(kind)
    values: dict[str, object] = {}
    for name, value in written.items():
        if name not in rules:
            raise _unknown(name, rules, source, table)
        rule = rules[name]
        if rule is None:
            values[name] = read(get_type_hints(kind)[name], value, source, name)
        else:
            values[name] = _read_one(rule, value, source, _place(table, name))
    return kind(**values)


def _read_one(rule: Rule, written: object, source: str, place: str) -> object:
    try:
        return rule.read(written)
    except ValueError:
        raise LocalError(f"{source}: {place} must be {rule.allowed}.") from None


def check(settings: Settings, source: str, table: str = "") -> None:
    """Hold settings that were not read against the same rules; raises `LocalError`."""
    for name, rule in _rules(type(settings)).items():
        value = getattr(settings, name)
        if rule is None:
            check(value, source, name)
        else:
            _read_one(rule, rule.show(value), source, _place(table, name))


def shown(settings: Settings) -> dict[str, Any]:
    """What would be written for all of `settings`, tables last."""
    rules = _rules(type(settings))
    values = {name: getattr(settings, name) for name in rules}
    plain = {name: rule.show(values[name]) for name, rule in rules.items() if rule}
    return plain | {name: shown(values[name]) for name, rule in rules.items() if not rule}


def _unknown(name: str, known: Iterable[str], source: str, table: str) -> LocalError:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
    return LocalError(f"{source}: {_place(table, repr(name))} is not known; {hint}")


def _place(table: str, name: str) -> str:
    return f"in [{table}], {name}" if table else name


def toml_of(table: Mapping[str, Any]) -> str:
    """What `shown` gave, as TOML; its tables have none in them."""
    plain = [f"{name} = {_toml(value)}" for name, value in table.items() if not isinstance(value, dict)]
    tables = [f"\n[{name}]\n{toml_of(value)}" for name, value in table.items() if isinstance(value, dict)]
    return "\n".join(plain + tables)


def _toml(value: object) -> str:
    # Texts here are printable: JSON's way to write them is one of TOML's.
    return json.dumps(value, ensure_ascii=False)
