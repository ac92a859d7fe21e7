"""The tables of the guide, made from the commands: `python -m tests.client_tui.guide` writes them."""

import re
from pathlib import Path
from typing import Final

from client_tui.plain.table import COMMANDS as LINES
from client_tui.registry import COMMANDS, Command, Place, shown_keys
from client_tui.text.language import _, language, use_language

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
GUIDES: Final = {"en": DOCS / "guide.md", "fr": DOCS / "guide.fr.md"}
HEADINGS: Final = {"en": ("key", "command", "does"), "fr": ("touche", "commande", "effet")}


def with_tables(text: str) -> str:
    """Return a guide with its three tables made anew, in the language in use."""
    tables = {"keys": keys(), "commands": commands(), "lines": lines()}
    for name, table in tables.items():
        inside = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text, count = inside.subn(lambda found, table=table: f"{found[1]}{table}{found[2]}", text)  # type: ignore[misc]
        if count != 1:
            raise ValueError(name)
    return text


def keys() -> str:
    """Return a table of keys for each place."""
    parts = []
    for place in Place:
        rows = [(_keys_of(each), _(each.help)) for each in COMMANDS if each.place is place and _keys_of(each)]
        if rows:
            parts.append(f"**{_(place.value)}**\n\n{_table(HEADINGS[language()][::2], rows)}")
    return "\n" + "\n".join(parts) + "\n"


def commands() -> str:
    """Return a table of what can be written after a slash."""
    rows = []
    for each in COMMANDS:
        if each.slash is not None:
            takes = f" *{_(each.slash.takes)}*" if each.slash.takes else ""
            rows.append((f"{_names(each.slash.english, each.slash.french)}{takes}", _(each.help)))
    return f"\n{_table(HEADINGS[language()][1:], rows)}\n"


def lines() -> str:
    """Return a table of the commands that only the line mode has."""
    known = {each.slash.english for each in COMMANDS if each.slash is not None}
    rows = []
    for each in LINES:
        if each.slash.english not in known:
            takes = f" *{_(each.takes)}*" if each.takes else ""
            rows.append((f"{_names(each.slash.english, each.slash.french)}{takes}", _(each.help)))
    return f"\n{_table(HEADINGS[language()][1:], rows)}\n"


def _names(english: str, french: str) -> str:
    ordered = (french, english) if language() == "fr" else (english, french)
    return " ".join(f"`/{name}`" for name in dict.fromkeys(ordered))


def _keys_of(command: Command) -> str:
    twin = f"^X {command.after}" if command.after else ""
    return ", ".join(f"`{key}`" for key in (*shown_keys(command.keys).split(", "), twin) if key)


def _table(headings: tuple[str, ...], rows: list[tuple[str, str]]) -> str:
    head = f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}\n"
    return head + "".join(f"| {left} | {right} |\n" for left, right in rows)


def main() -> None:
    """Write the tables of both guides."""
    for code, path in GUIDES.items():
        use_language(code)
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
