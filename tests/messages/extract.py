"""Finds every text that people read: what the program marks, and the sentences of the library.

The library speaks English and marks nothing: a text in it that begins with a capital letter and ends like
a sentence, or that is given to `Sentence`, is for people; everything else is for programmers.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

OURS = "client_tui"
LIBRARY = "securemsg"

SENTENCE = re.compile(r"[A-Z{][^\n]* [^\n]*[.?!]")
"""One line that begins with a capital letter or a value, has a space, and ends like a sentence."""

MARKS = frozenset({"_", "N_", "LocalError", "Sentence"})
"""The last two are translated where they are shown (`client_tui.text.sentences`)."""


@dataclass(frozen=True, order=True)
class Text:
    """One text for the catalogues; `many` is the plural, empty where there is none."""

    one: str
    many: str = ""


def trees(folder: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the path and tree of every module below `folder`."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def called(call: ast.Call) -> str:
    """Return the name of what is called."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def literal(node: ast.expr) -> str | None:
    """Return the text that `node` is, if it is one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def docstrings(tree: ast.AST) -> set[int]:
    """Return the ids of the nodes that are only documentation: texts that stand alone."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def marked(tree: ast.AST) -> Iterator[Text]:
    """Yield what is marked for the catalogues."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = literal(node.args[0])
        if called(node) in MARKS and first:
            yield Text(first)
        if called(node) == "ngettext" and first:
            yield Text(first, literal(node.args[1]) or "")


def sentences(tree: ast.AST) -> Iterator[Text]:
    """Yield what the library says to people."""
    spoken = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "Sentence" and node.args
    }
    silent = docstrings(tree)
    for node in ast.walk(tree):
        text = literal(node) if isinstance(node, ast.expr) else None
        if text and id(node) not in silent and (id(node) in spoken or SENTENCE.fullmatch(text)):
            yield Text(text)


def all_texts() -> dict[Text, list[str]]:
    """Return every text with the files that say it."""
    found: dict[Text, set[str]] = {}
    for folder, finder in ((OURS, marked), (LIBRARY, sentences)):
        for file, tree in trees(folder):
            for text in finder(tree):
                found.setdefault(text, set()).add(file)
    return {text: sorted(files) for text, files in sorted(found.items())}
