"""Every numbered requirement of the specifications is named by code, a test or a vector (Spec: HO-5)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFINITION = re.compile(r"^\*\*([A-Z]{2}-\d+)\*\*", re.MULTILINE)
MENTION = re.compile(r"\b([A-Z]{2})-(\d+)(?:\.\.(?:[A-Z]{2}-)?(\d+))?\b")
SOURCES = (
    ("securemsg", "*.py"),
    ("relay", "*.py"),
    ("client_tui", "*.py"),
    ("tests", "*.py"),
    ("specs/vectors", "*.json"),
)


def defined() -> list[str]:
    return [
        name
        for path in sorted((ROOT / "specs").glob("*.md"))
        for name in DEFINITION.findall(path.read_text())
    ]


def mentioned() -> set[str]:
    names = set()
    for folder, pattern in SOURCES:
        for path in (ROOT / folder).rglob(pattern):
            for prefix, first, last in MENTION.findall(path.read_text(encoding="utf-8")):
                names |= {f"{prefix}-{number}" for number in range(int(first), int(last or first) + 1)}
    return names


def test_requirement_numbers_are_unique() -> None:
    names = defined()
    assert len(names) == len(set(names))


def test_every_requirement_is_named_by_code_or_a_test_or_a_vector() -> None:
    assert sorted(set(defined()) - mentioned()) == []


def test_code_names_no_requirement_that_does_not_exist() -> None:
    known = set(defined())
    prefixes = {name.split("-")[0] for name in known}
    assert sorted(name for name in mentioned() if name.split("-")[0] in prefixes and name not in known) == []
