"""A mutant is planted into functions that exist only where that is as good as an import."""

import gc
import importlib.util
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation import mutants as of_modules
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.planting import differing, functions_below, plant, plantable

MODULE = textwrap.dedent(
    """
    import functools

    LIMIT = 30

    class Box:
        width: int = 40

        @property
        def half(self) -> int:
            return self.width // 2

        def __init__(self, least: int = 50) -> None:
            self.least = least

    @functools.lru_cache
    def total(more: int) -> int:
        return sum(each + 60 for each in range(more))

    def outer() -> int:
        def inner() -> int:
            return 70
        return inner()
    """
)


@pytest.fixture
def boxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return `MODULE`, imported."""
    monkeypatch.setattr(of_modules, "ROOT", tmp_path)
    path = tmp_path / "boxes.py"
    path.write_text(MODULE)
    spec = importlib.util.spec_from_file_location("boxes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del module
    gc.collect()


def mutant_of(module: ModuleType, change: str) -> Mutant:
    assert module.__file__ is not None
    (found,) = [mutant for mutant in mutants(Path(module.__file__)) if mutant.change == change]
    return found


@pytest.mark.parametrize("change", ["30 -> 31", "40 -> 41", "50 -> 51"])
def test_what_runs_at_the_import_is_not_planted(boxes: ModuleType, change: str) -> None:
    mutant = mutant_of(boxes, change)
    assert differing(mutant.original, mutant.code) == []
    assert not plantable([], {})


@pytest.mark.parametrize(
    ("change", "name"),
    [("self.width // 2 -> self.width * 2", "Box.half"), ("60 -> 61", "total"), ("70 -> 71", "outer")],
)
def test_the_outermost_function_that_differs_is_found(boxes: ModuleType, change: str, name: str) -> None:
    """Also behind a property or a decorator, and around a function within it."""
    mutant = mutant_of(boxes, change)
    (code,) = differing(mutant.original, mutant.code)
    assert code.co_qualname == name


def test_what_is_planted_runs_from_then_on(boxes: ModuleType, tmp_path: Path) -> None:
    functions = functions_below(tmp_path)
    box = boxes.Box()
    assert (box.half, boxes.total(2), boxes.outer()) == (20, 121, 70)
    for change in ("self.width // 2 -> self.width * 2", "60 -> 61", "70 -> 71"):
        mutant = mutant_of(boxes, change)
        codes = differing(mutant.original, mutant.code)
        assert plantable(codes, functions)
        plant(codes, functions)
    assert (box.half, boxes.total(3), boxes.outer()) == (80, 186, 71)


def test_a_function_that_is_not_there_is_not_planted(boxes: ModuleType, tmp_path: Path) -> None:
    mutant = mutant_of(boxes, "60 -> 61")
    codes = differing(mutant.original, mutant.code)
    assert not plantable(codes, functions_below(tmp_path / "elsewhere"))
