"""All mutants of a module: where each is, what it changes, and its code."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Final, TypeAlias

from tests.mutation.operators import deletions, replacements

ROOT: Final = Path(__file__).parents[2]

_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_SKIPPED_FIELDS: Final = frozenset({"annotation", "returns", "decorator_list", "type_comment"})
"""What tells readers and checkers, not the interpreter; what decorators promise, `test_layers` looks at."""

Name: TypeAlias = tuple[str, str, str, str, int]
"""Module, place, line, change, and which of several alike: finds a mutant again when lines have moved."""

Slot: TypeAlias = tuple[ast.AST, str, int]
"""Where a node hangs: its parent, the field, and where in the field; -1 for a field that is no list."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What is around a node: the names of its functions and classes."""

    name: str = ""
    in_function: bool = False

    def inside(self, node: ast.AST) -> "_Place":
        """Return the place of what is in `node`."""
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            return self
        name = ".".join(filter(None, (self.name, node.name)))
        return _Place(name, self.in_function or isinstance(node, _FUNCTIONS))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one module; two mutants with equal first five fields are the same."""

    module: str
    place: str
    line: str
    change: str
    repeat: int
    number: int = field(compare=False)
    original: CodeType = field(compare=False, repr=False)
    code: CodeType = field(compare=False, repr=False)

    @property
    def name(self) -> Name:
        """What finds it again when lines have moved."""
        return self.module, self.place, self.line, self.change, self.repeat


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of the module in `path`, a file below the root."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    original = compile(tree, str(path), "exec")
    for name, number, slot, new in _changes(path, tree):
        yield Mutant(*name, number, original, _compiled(tree, slot, new, path))


def names(path: Path) -> set[Name]:
    """Return the names of the mutants of the module in `path`; without their code this takes no time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for name, *_ in _changes(path, tree)}


def _changes(path: Path, tree: ast.Module) -> Iterator[tuple[Name, int, Slot, ast.AST]]:
    """Yield name, number of the line, slot and new content of each."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    lines = path.read_text(encoding="utf-8").splitlines()
    seen: Counter[tuple[str, str, str]] = Counter()
    for slot, place in _slots(tree, _Place()):
        old = _get(slot)
        number = getattr(old, "lineno", getattr(slot[0], "lineno", 0))
        # A statement is forgotten in a function only: a module without its names fails at once.
        forgotten = list(deletions(old)) if place.in_function else []
        for new in [*replacements(old), *forgotten]:
            change = f"{_shown(old)} -> {_shown(new)}"
            name = place.name, lines[number - 1].strip(), change
            seen[name] += 1
            yield (module, *name, seen[name]), number, slot, new


def _compiled(tree: ast.Module, slot: Slot, new: ast.AST, path: Path) -> CodeType:
    old = _get(slot)
    _set(slot, ast.copy_location(new, old))
    try:
        ast.fix_missing_locations(tree)
        return compile(tree, str(path), "exec")
    finally:
        _set(slot, old)


def _slots(node: ast.AST, place: _Place) -> Iterator[tuple[Slot, _Place]]:
    """Yield every slot below `node` that may be mutated."""
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED_FIELDS:
            continue
        for at, child in enumerate(value) if isinstance(value, list) else ((-1, value),):
            if not isinstance(child, ast.AST) or _says_nothing(child):
                continue
            inner = place.inside(child)
            yield (node, name, at), inner
            # What an error says is for people; that it is raised is what counts.
            if not isinstance(child, ast.Raise):
                yield from _slots(child, inner)


def _says_nothing(node: ast.AST) -> bool:
    """Tell whether nothing that runs depends on `node`: texts for people, and what only checkers read."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign(value=None) | ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.Assign(targets=[ast.Name(id="__slots__" | "__all__")]):
            return True
        case (
            ast.Expr(value=ast.Call(func=ast.Name(id=name)))
            | ast.Assign(value=ast.Call(func=ast.Name(id=name)))
        ):
            return name in {"assert_never", "TypeVar"}
        case _:
            return False


def _get(slot: Slot) -> ast.AST:
    parent, name, at = slot
    value = getattr(parent, name)
    found: ast.AST = value if at < 0 else value[at]
    return found


def _set(slot: Slot, node: ast.AST) -> None:
    parent, name, at = slot
    if at < 0:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[at] = node


def _shown(node: ast.AST) -> str:
    """Return the first line of the source of `node`."""
    if isinstance(node, ast.Slice):
        node = ast.Subscript(value=ast.Name(id=""), slice=node)
    return ast.unparse(node).partition("\n")[0]
