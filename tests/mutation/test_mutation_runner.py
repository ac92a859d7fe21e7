"""The faults that are planted are the ones meant, and the list of survivors is about code that exists."""

import ast
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.mutation import mutants as of_modules
from tests.mutation.mutants import ROOT, Mutant, mutants, names
from tests.mutation.run import TESTS, Hunt, _judged
from tests.mutation.survivors import excused

MODULE = textwrap.dedent(
    '''
    """Doc."""
    from os import path

    LIMIT: int = 3
    __slots__ = ("a",)

    def clipped(data: bytes, least: int = 1) -> bytes:
        """Doc."""
        if not data or len(data) < least:
            raise ValueError("message")
        total = least + LIMIT
        return data[least:total]
    '''
)


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Mutant]:
    """Return the mutants of `MODULE`."""
    monkeypatch.setattr(of_modules, "ROOT", tmp_path)
    path = tmp_path / "clipping.py"
    path.write_text(MODULE)
    return list(mutants(path))


def test_every_operator_plants_its_faults(found: list[Mutant]) -> None:
    changes = {mutant.change for mutant in found}
    assert changes >= {
        "3 -> 4",
        "3 -> 2",
        "1 -> 2",
        "len(data) < least -> len(data) <= least",
        "len(data) < least -> len(data) >= least",
        "not data -> data",
        "not data or len(data) < least -> not data and len(data) < least",
        "least + LIMIT -> least - LIMIT",
        "total = least + LIMIT -> pass",
        "raise ValueError('message') -> pass",
        "return data[least:total] -> return",
        "[least:total] -> [:total]",
        "[least:total] -> [least:]",
        "if not data or len(data) < least: -> pass",
    }


def test_texts_and_hints_are_left_alone(found: list[Mutant]) -> None:
    """Nobody tests what an error says word by word, and annotations do nothing."""
    assert not [mutant for mutant in found if "Doc" in mutant.change or "X" in mutant.change]
    assert all(mutant.module == "clipping" for mutant in found)
    assert len({mutant.name for mutant in found}) == len(found)


def test_each_mutant_is_its_own_code(found: list[Mutant]) -> None:
    original = compile(ast.parse(MODULE), "clipping.py", "exec").co_consts
    assert all(mutant.code.co_consts != original or mutant.code.co_code for mutant in found)
    (mutant,) = [mutant for mutant in found if mutant.change == "[least:total] -> [:total]"]
    space: dict[str, object] = {}
    exec(mutant.code, space)  # noqa: S102  # our own mutant of our own text
    clipped = space["clipped"]
    assert callable(clipped)
    assert clipped(b"abcdef") == b"abcd"


def test_every_table_entry_names_tests_and_code_that_exist() -> None:
    for package, tests in TESTS.items():
        assert (ROOT / package).is_dir()
        assert all((ROOT / test).exists() for test in tests)


def test_every_listed_survivor_is_a_mutant_of_today_and_has_a_reason() -> None:
    """A list that outlives its code would excuse what nobody looked at."""
    files = {f"{module.replace('.', '/')}.py" for module, *_ in excused()}
    existing = {name for file in files for name in names(ROOT / file)}
    assert excused().keys() <= existing
    assert all(len(reason) > 20 for reason in excused().values())


@pytest.mark.slow
def test_a_planted_fault_is_killed() -> None:
    """The whole way: child processes, import hook, verdict."""
    command = [
        sys.executable,
        "-m",
        "tests.mutation.run",
        "securemsg/wire/fields.py",
        "--match",
        "Fields.end",
        "--tests",
        "tests/wire/test_fields.py",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"([1-9]\d*) mutants, \1 killed, 0 survive", done.stdout)


def test_a_survivor_without_a_reason_fails_the_command(
    found: list[Mutant], capsys: pytest.CaptureFixture[str]
) -> None:
    hunt = Hunt((), found, survivors=found[:1])
    assert _judged(hunt) == 1
    assert "1 of these without a reason" in capsys.readouterr().out
    assert _judged(Hunt((), found)) == 0
