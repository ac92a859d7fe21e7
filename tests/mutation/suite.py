"""Runs tests with one module replaced by a mutant or none.

A mutant that differs in functions only is planted into a process that has imported and collected
everything already: that takes a hundredth of the time of a process that begins anew.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from types import CodeType, FrameType, FunctionType
from typing import Final, NamedTuple

import hypothesis
import pytest

from tests.mutation.children import bound_memory, bound_time, silence, tell, told
from tests.mutation.mutants import ROOT, Mutant
from tests.mutation.planting import Finder, Key, differing, functions_below, key_of, plant, plantable

_CODE: Final = ROOT / "securemsg"
_IMPORTS: Final = "imports"
"""The name under which is told what the imports of a package call."""

_COLLECTING: Final = 60
_LEAST: Final = 5
_TIMES_LONGER: Final = 10
"""Seconds of the processor for collecting; for a test; and how often as long as without a mutant."""

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


class Verdict(NamedTuple):
    """What came of a mutant."""

    status: int
    failed: str
    """The test that failed first, if it was one."""

    @property
    def killed(self) -> bool:
        """Whether it was noticed: by a failure, an import that failed, a limit or a crash."""
        return self.status != pytest.ExitCode.OK


@dataclass(slots=True)
class Known:
    """What is known of each test: how soon to try it, how long it takes (ms), which functions it calls."""

    longest: float = inf
    """Tests that take longer (ms) are left out."""

    order: dict[str, int] = field(default_factory=dict)
    durations: dict[str, int] = field(default_factory=dict)
    calls: dict[str, frozenset[Key]] = field(default_factory=dict)

    def tries(self, item: pytest.Item) -> bool:
        """Whether a test is tried at all."""
        return self.durations.get(item.nodeid, 0) <= self.longest

    def promote(self, name: str) -> None:
        """Try a test first from now on: it killed."""
        if name in self.order:
            self.order[name] = min(self.order.values()) - 1


@dataclass(slots=True)
class _Plugin:
    """Puts tests in order, bounds each, and tells the first that fails."""

    known: Known
    pipe: int
    failed: bool = False

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Come after the settings of the tests' own conftest."""
        hypothesis.settings.register_profile("mutation", _SETTINGS)
        hypothesis.settings.load_profile("mutation")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort by the place that each test was given; unknown ones come last."""
        items[:] = filter(self.known.tries, items)
        items.sort(key=lambda item: self.known.order.get(item.nodeid, sys.maxsize))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Give each test its time."""
        bound_time(_LEAST + _TIMES_LONGER * self.known.durations.get(nodeid, 60_000) / 1000)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell which test failed."""
        if report.failed and not self.failed:
            self.failed = True
            tell(self.pipe, report.nodeid)


@dataclass(slots=True)
class _Observer(_Plugin):
    """Tells how long each test takes, and what it calls."""

    package: str = ""
    calls: set[CodeType] = field(default_factory=set)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Tell first what imports call."""
        self._begin()
        for file in sorted((ROOT / self.package).rglob("*.py")):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        self._tell(_IMPORTS, 0)

    def pytest_runtest_logstart(self, nodeid: str) -> None:  # noqa: ARG002  # the name is pytest's
        """Count calls anew."""
        self._begin()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell what a test called, and how long it took."""
        if report.when == "call":
            self._tell(report.nodeid, int(report.duration * 1000))

    def _begin(self) -> None:
        self.calls.clear()
        sys.setprofile(self._note)

    def _tell(self, name: str, milliseconds: int) -> None:
        sys.setprofile(None)
        ours = [key_of(code) for code in self.calls if code.co_filename.startswith(f"{_CODE}/")]
        tell(self.pipe, (name, milliseconds, ours))

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self.calls.add(frame.f_code)


@dataclass(slots=True)
class _Planter(_Plugin):
    """Tries mutants in place of running the tests."""

    mutants: Sequence[Mutant] = ()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Tell the verdict of each mutant that can be planted."""
        functions = functions_below(_CODE)
        # A fault that is planted comes too late for what a function did at the import.
        for key in self.known.calls[_IMPORTS]:
            functions.pop(key, None)
        for number, mutant in enumerate(self.mutants):
            codes = differing(mutant.original, mutant.code)
            if plantable(codes, functions):
                verdict = self._tried(codes, functions, session.items)
                self.known.promote(verdict.failed)
                tell(self.pipe, (number, verdict))
        return True

    def _tried(
        self,
        codes: Sequence[CodeType],
        functions: Mapping[Key, Sequence[FunctionType]],
        items: Sequence[pytest.Item],
    ) -> Verdict:
        keys = frozenset(map(key_of, codes))
        concerned = [item for item in items if keys & self.known.calls.get(item.nodeid, frozenset())]
        concerned.sort(key=lambda item: self.known.order[item.nodeid])

        def run(pipe: int) -> int:
            plant(codes, functions)
            bound_memory()
            self.pipe = pipe
            for item, following in zip(concerned, [*concerned[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.failed:
                    return int(pytest.ExitCode.TESTS_FAILED)
            return int(pytest.ExitCode.OK)

        return _verdict(list(told(run)))


def observe(tests: Sequence[str], package: str, longest: float) -> Known:
    """Run the tests without a mutant: they must pass. Those longer than `longest` (ms) are left out later."""

    def run(pipe: int) -> int:
        return _pytest(tests, _Observer(Known(), pipe, package=package))

    *reports, status = told(run)
    if status != pytest.ExitCode.OK:
        raise SystemExit(f"without a mutant these fail already: {' '.join(tests)}")
    known = Known(longest)
    for name, milliseconds, calls in reports:
        known.calls[name] = frozenset((file, inside, line) for file, inside, line in calls)
        known.durations[name] = known.order[name] = milliseconds
    return known


def planted(tests: Sequence[str], known: Known, mutants: Sequence[Mutant]) -> Iterator[tuple[int, Verdict]]:
    """Yield the verdicts on those mutants that need no new import, by their places."""

    def run(pipe: int) -> int:
        return _pytest(tests, _Planter(known, pipe, mutants=mutants))

    for line in told(run):
        if isinstance(line, list):
            number, verdict = line
            yield number, Verdict(*verdict)
        elif line != pytest.ExitCode.OK:
            raise SystemExit(f"pytest could not run {' '.join(tests)}")


def imported(tests: Sequence[str], known: Known, mutant: Mutant) -> Verdict:
    """Run the tests until the first fails, with the mutant from the import on."""

    def run(pipe: int) -> int:
        bound_memory()
        bound_time(_COLLECTING)
        sys.meta_path.insert(0, Finder(mutant))
        return _pytest(tests, _Plugin(known, pipe))

    verdict = _verdict(list(told(run)))
    if verdict.status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"pytest could not run {' '.join(tests)}")
    known.promote(verdict.failed)
    return verdict


def _verdict(lines: Sequence[str | int]) -> Verdict:
    *failed, status = lines
    return Verdict(int(status), str(failed[0]) if failed else "")


def _pytest(tests: Sequence[str], plugin: _Plugin) -> int:
    silence()
    return int(pytest.main([*_OPTIONS, *tests], plugins=[plugin]))
