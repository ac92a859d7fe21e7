"""Arrows point one way, and errors fork by fault (Spec: HO-1, HO-4)."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest
from importlinter.cli import lint_imports

import securemsg
from securemsg.errors import LocalError, RemoteError, SecuremsgError


def modules(package: ModuleType) -> list[ModuleType]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [
        package,
        *(importlib.import_module(each.name) for each in found if not each.name.endswith("__main__")),
    ]


def test_every_import_contract_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """HO-1: layers, one importer for each primitive, a relay that cannot decrypt (RL-10)."""
    assert lint_imports() == 0, capsys.readouterr().out


def test_every_error_class_of_the_library_says_whose_fault_it_is() -> None:
    """HO-4: nothing of ours is raised that is neither our caller's fault nor a peer's."""
    undecided = {
        error.__qualname__
        for module in modules(securemsg)
        for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, BaseException)
        and error.__module__.startswith("securemsg")
        and not issubclass(error, LocalError | RemoteError)
        and error is not SecuremsgError
    }
    assert undecided == set()
