"""Runs tests in a child of this process, with one module replaced by a mutant or none."""

import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Final

import hypothesis
import pytest

from tests.mutation.mutants import Mutant

_MEMORY: Final = 3 * 2**29
"""Bytes of address space: a mutant that allocates without end dies of it."""

_SETTINGS: Final = hypothesis.settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
"""The same examples for every mutant; the first that fails is enough."""


_OPTIONS: Final = (
    *("-x", "-q", "-p", "no:cacheprovider", "-o", "timeout=0"),
    # This process has imported plugins that pytest would rather rewrite first.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: the first test that failed, and how long each test took (ms)."""

    status: int
    failed: str
    durations: Mapping[str, int]

    @property
    def killed(self) -> bool:
        """Whether the mutant was noticed: by a failure, an import that failed, a limit or a crash."""
        return self.status != pytest.ExitCode.OK


@dataclass(slots=True)
class Plugin:
    """Puts tests in order and tells over a pipe what they did."""

    order: Mapping[str, int]
    pipe: int
    told: set[str] = field(default_factory=set)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Come after the settings of the tests' own conftest."""
        hypothesis.settings.register_profile("mutation", _SETTINGS)
        hypothesis.settings.load_profile("mutation")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort by the place that each test was given; unknown ones come last."""
        items.sort(key=lambda item: self.order.get(item.nodeid, sys.maxsize))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell name, outcome and milliseconds of each test."""
        if report.when == "call" or report.failed:
            line = f"{'F' if report.failed else 'P'} {report.duration * 1000:.0f} {report.nodeid}\n"
            os.write(self.pipe, line.encode())


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with the code of its mutant."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, _fullname: str) -> CodeType:
        """Return the mutant's code."""
        return self._code


@dataclass(frozen=True, slots=True)
class _Finder(importlib.abc.MetaPathFinder):
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


def run(tests: Sequence[str], order: Mapping[str, int], seconds: int, mutant: Mutant | None) -> Outcome:
    """Run `tests` until the first fails; `seconds` bounds both the time and the processor's time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = int(pytest.ExitCode.INTERNAL_ERROR)
        try:
            os.close(reading)
            status = _child(tests, Plugin(order, writing), seconds, mutant)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        reports = [line.rstrip("\n").split(" ", 2) for line in lines]
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"pytest could not run {' '.join(tests)}")
    failed = next((name for outcome, _, name in reports if outcome == "F"), "")
    return Outcome(status, failed, {name: int(taken) for _, taken, name in reports})


def _child(tests: Sequence[str], plugin: Plugin, seconds: int, mutant: Mutant | None) -> int:
    # The default action of both signals ends the process, also where it loops in C.
    signal.setitimer(signal.ITIMER_REAL, 3 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant))
    return int(pytest.main([*_OPTIONS, *tests], plugins=[plugin]))
