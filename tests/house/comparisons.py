"""Find comparisons of what may be secret, by the names of what is compared."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

SECRET_WORDS: Final = frozenset(
    {
        "challenge",
        "check",
        "checksum",
        "commitment",
        "digest",
        "expose",
        "fingerprint",
        "hash",
        "hashes",
        "invitation",
        "key",
        "mac",
        "nonce",
        "passphrase",
        "password",
        "pin",
        "private",
        "proof",
        "root",
        "secret",
        "secrets",
        "seed",
        "signature",
        "tag",
        "token",
        "tokens",
        "wrapped",
    }
)
"""Words in names of what decides over access, or is derived from what does.

Identifiers, counters and lengths are none of these: everybody who can time us knows them.
"""

_TRANSPARENT: Final = frozenset(
    {
        "bytearray",
        "bytes",
        "decode",
        "encode",
        "frozenset",
        "hex",
        "join",
        "list",
        "lower",
        "memoryview",
        "repr",
        "set",
        "sorted",
        "str",
        "tuple",
        "upper",
    }
)
"""Calls whose result shows what they are given; any other says in its name what it gives."""

_OPERATORS: Final = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
_METHODS: Final = frozenset(
    {"__contains__", "__eq__", "__ne__", "count", "endswith", "find", "index", "startswith"}
)
_WORD: Final = re.compile(r"[A-Za-z][a-z]*")
_SQL: Final = re.compile(
    r"(\w+)\s*(?:=|<>|!=|\bIS\b|\bIN\b|\bLIKE\b)\s*\(?\s*(?:[?:]|asked\.)", re.IGNORECASE
)


def _is_secret(name: str) -> bool:
    return not SECRET_WORDS.isdisjoint(word.lower() for word in _WORD.findall(name))


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that say what the value of an expression is."""
    parts: list[ast.AST] = []
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Call():
            parts = _parts_of_call(node)
        case ast.Subscript(value=value):
            parts = [value]
        case ast.Compare():
            pass
        case _:
            parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _names(part)


def _parts_of_call(call: ast.Call) -> list[ast.AST]:
    """Return the function, and what it is given where its result shows that."""
    if _TRANSPARENT.isdisjoint(_names(call.func)):
        return [call.func]
    owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    return [*owner, *call.args]


def _operands(node: ast.AST) -> list[ast.expr]:
    """Return what `node` compares in time that depends on the contents, if it does."""
    match node:
        case ast.Compare(left=left, ops=operators, comparators=others):
            if any(isinstance(operator, _OPERATORS) for operator in operators):
                return [left, *others]
        case ast.Call(func=ast.Attribute(value=owner, attr=method), args=arguments) if method in _METHODS:
            return [owner, *arguments]
        case ast.Match(subject=subject, cases=cases):
            if any(isinstance(case.pattern, ast.MatchValue) for case in cases):
                return [subject]
        case _:
            pass
    return []


def suspicious(source: str) -> list[str]:
    """Return the text of every comparison in Python `source` of which an operand has a secret's name.

    Comparisons that SQL in strings makes with parameters count too.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if any(_is_secret(name) for operand in _operands(node) for name in _names(operand)):
            found.append(" ".join((ast.get_source_segment(source, node) or "").split()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [match[0] for match in _SQL.finditer(node.value) if _is_secret(match[1])]
    return found


def comparisons(package: str) -> Counter[tuple[str, str]]:
    """Count (file, text) of every suspicious comparison below `package`."""
    return Counter(
        (str(path.relative_to(ROOT)), text)
        for path in sorted((ROOT / package).rglob("*.py"))
        for text in suspicious(path.read_text(encoding="utf-8"))
    )


def importers(package: str, module: str) -> set[str]:
    """Return the files below `package` that import `module` or from it."""
    found = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if module in names or (isinstance(node, ast.ImportFrom) and node.module == module):
                found.add(str(path.relative_to(ROOT)))
    return found
