"""The mutants that are known to survive, each with its reason."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Mutant, Name

FILE: Final = Path(__file__).with_name("survivors.toml")


def excused() -> dict[Name, str]:
    """Return the reason of each mutant that may survive, by its name."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {_name(entry): entry["reason"] for entry in table.get("survivor", [])}


def _name(entry: dict[str, str | int]) -> Name:
    module, place, line, change = (str(entry[key]) for key in ("module", "place", "line", "change"))
    return module, place, line, change, int(entry.get("repeat", 1))


def as_entries(survivors: Iterable[Mutant]) -> str:
    """Return `survivors` as the file would list them, without reasons."""
    return "\n".join(map(_entry, survivors))


def _entry(mutant: Mutant) -> str:
    texts = {"module": mutant.module, "place": mutant.place, "line": mutant.line, "change": mutant.change}
    lines = ["[[survivor]]", *(f"{key} = {_quoted(text)}" for key, text in texts.items())]
    if mutant.repeat > 1:
        lines.append(f"repeat = {mutant.repeat}")
    return "\n".join([*lines, 'reason = ""', ""])


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
