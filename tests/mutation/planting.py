"""Two ways to put a mutant in the place of its module: as it is imported, or later, function by function."""

import gc
import importlib.abc
import importlib.machinery
import inspect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TypeAlias

from tests.mutation.mutants import Mutant

Key: TypeAlias = tuple[str, str, int]
"""What finds a function: its file, its name in it, and its first line."""


def key_of(code: CodeType) -> Key:
    """Return what finds the function that runs `code`."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with the code of its mutant."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, _fullname: str) -> CodeType:
        """Return the mutant's code."""
        return self._code


@dataclass(frozen=True, slots=True)
class Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant in place of its module."""

    mutant: Mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the module comes from, if it is the mutated one."""
        if fullname != self.mutant.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return spec
        spec.loader = _Loader(fullname, spec.origin, self.mutant.code)
        return spec


def differing(original: CodeType, mutated: CodeType) -> list[CodeType]:
    """Return the functions of `mutated` that differ; none where what runs at the import differs too."""
    if _bare(original) != _bare(mutated):
        return []
    found = []
    for old, new in zip(_inner(original), _inner(mutated), strict=True):
        if old == new:
            continue
        # The body of a class is code as well, but runs at the import.
        inside = [new] if new.co_flags & inspect.CO_OPTIMIZED else differing(old, new)
        if not inside:
            return []
        found += inside
    return found


def _inner(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]


def _bare(code: CodeType) -> CodeType:
    return code.replace(
        co_consts=tuple(None if isinstance(value, CodeType) else value for value in code.co_consts)
    )


def functions_below(root: Path) -> dict[Key, list[FunctionType]]:
    """Return all functions that exist of the files below `root`."""
    found = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(f"{root}/"):
            found[key_of(each.__code__)].append(each)
    return found


def plant(codes: Sequence[CodeType], functions: Mapping[Key, Sequence[FunctionType]]) -> None:
    """Let the functions that exist run the code of a mutant."""
    for code in codes:
        for function in functions[key_of(code)]:
            function.__code__ = code


def plantable(codes: Sequence[CodeType], functions: Mapping[Key, Sequence[FunctionType]]) -> bool:
    """Whether a mutant can be planted so."""
    return bool(codes) and all(
        functions.get(key_of(code))
        and all(each.__code__.co_freevars == code.co_freevars for each in functions[key_of(code)])
        for code in codes
    )
