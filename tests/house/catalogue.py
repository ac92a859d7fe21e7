"""Print which rows of the catalogue of bad inputs and faults have a test that names them.

The rows are listed in specs/catalogue.md; a test covers a row by naming it in its name or docstring.
"""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"\b([EKSRNTO]\d{2})(?:-[EKSRNTO]?(\d{2}))?\b")


def rows_named(text: str) -> set[str]:
    """Return the row ids in `text`; `E02-E04` names three."""
    found = set()
    for first, last in ROW.findall(text):
        number = int(first[1:])
        found |= {f"{first[0]}{value:02}" for value in range(number, int(last or number) + 1)}
    return found


def rows_listed() -> dict[str, str]:
    """Return row id -> milestone mark as the list in the specifications has them."""
    text = (ROOT / "specs" / "catalogue.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| ([EKSRNTO]\d{2}) \| (\S+) \|", text, re.MULTILINE))


def covered() -> dict[str, list[str]]:
    """Return row id -> tests that name it."""
    rows: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for row in rows_named(
                    node.name.replace("_", " ").upper() + " " + (ast.get_docstring(node) or "")
                ):
                    rows[row].append(f"{path.relative_to(ROOT)}::{node.name}")
    return dict(rows)


def main() -> int:
    """Print covered / total, and the rows of this milestone that no test names."""
    listed, tests = rows_listed(), covered()
    missing = sorted(row for row, mark in listed.items() if mark == "now" and row not in tests)
    sys.stdout.write(f"catalogue {len(set(tests) & set(listed))} / {len(listed)} covered\n")
    if missing:
        sys.stdout.write("due and not covered: " + " ".join(missing) + "\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
