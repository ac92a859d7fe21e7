"""Finds texts that would be shown in English to everybody: literals that reach the screen without a mark."""

import ast
import re
from collections.abc import Iterator

from tests.messages.extract import MARKS, SENTENCE, called, docstrings, literal, trees

SHOWING = frozenset(
    {
        *(
            "Content",
            "Static",
            "Label",
            "Title",
            "Said",
            "Field",
            "Entry",
            "SafeText",
            "CheckView",
            "Judgement",
        ),
        *(
            "notify",
            "say",
            "_say",
            "tell",
            "show",
            "update",
            "styled",
            "assemble",
            "append",
            "fail",
            "remark",
        ),
        *(
            "LocalError",
            "input",
            "_ask",
            "add_argument",
            "add_parser",
            "add_subparsers",
            "CommandLine",
            "Sentence",
        ),
    }
)
"""Calls whose arguments people read."""

NAMING = frozenset({"add_argument", "add_parser", "CheckView"})

MARKERS = frozenset({*MARKS, "ngettext"})

WORD = re.compile(r"[A-Za-z\u00e0-\u00ff]{2,}")

NO_WORDS = re.compile(
    r"(?:(?:not )?(?:bold|dim|italic|reverse|underline|on|strike)\b ?|\$[a-z-]+(?: \d+%)? ?|#[0-9a-f]{6} ?)*"
)
"""A style is no text."""

SILENT_KEYWORDS = frozenset(
    {"id", "action", "metavar", "dest", "type", "nargs", "prog", "classes", "style", "name"}
)

NO_TEXT = frozenset({"securemsg", "store_true", "Enter", "Esc"})

EXEMPT = ("client_tui/newcomer/", "client_tui/demo/")
"""The demonstration for developers, and what invented people say."""


def unmarked() -> list[str]:
    """Return `file:line: text` of each literal that people would read in English."""
    found = []
    for file, tree in trees("client_tui"):
        if not file.startswith(EXEMPT):
            found += [f"{file}:{node.lineno}: {text}" for node, text in _unmarked_in(tree)]
    return found


def _unmarked_in(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    silent = docstrings(tree) | _marked_nodes(tree)
    shown = _shown_nodes(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr) or (text := literal(node)) is None:
            continue
        if id(node) in silent or text in NO_TEXT or not WORD.search(text):
            continue
        if SENTENCE.fullmatch(text) or (id(node) in shown and not NO_WORDS.fullmatch(text)):
            yield node, text


def _marked_nodes(tree: ast.AST) -> set[int]:
    """Return the ids of texts within a mark."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in MARKERS)
    return {id(inner) for call in calls for argument in call.args for inner in ast.walk(argument)}


def _shown_nodes(tree: ast.AST) -> set[int]:
    """Return the ids of texts in the arguments of calls that show them, not in calls within those."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SHOWING:
            keywords = [each.value for each in node.keywords if each.arg not in SILENT_KEYWORDS]
            # Names of arguments and of checks come first there: programs read them.
            positional = node.args[1:] if called(node) in NAMING else node.args
            for argument in (*positional, *keywords):
                found |= set(_texts(argument))
    return found


def _texts(node: ast.expr) -> Iterator[int]:
    match node:
        case ast.Constant():
            yield id(node)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.JoinedStr(values=parts):
            for part in parts:
                yield from _texts(part)
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            yield from _texts(left)
            yield from _texts(right)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _texts(part)
        case _:
            pass
