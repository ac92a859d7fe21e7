"""The administrator's guide names what is there (Spec: RL-49)."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.config import Config
from relay.main import _parser
from relay.settings import shown
from tests.support.programs import ROOT

GUIDE = ROOT / "relay" / "README.md"


def subparsers() -> dict[str, argparse.ArgumentParser]:
    (found,) = (action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command of the relay in the guide, by its name, with its options."""
    for said in re.findall(r"securemsg-relay ((?:--\w+ \S+ )*[a-z-]+[^`\n&|]*)", GUIDE.read_text()):
        words = re.sub(r"^(--\w+ \S+ )*", "", said.partition("#")[0]).split()
        yield words[0], [word for word in words[1:] if word.startswith("--")]


def test_every_command_and_option_in_the_guide_is_one() -> None:
    known = subparsers()
    # Where the name of the unit, a user or a file follows that of the program, no command does.
    named = [(name, options) for name, options in commands() if name in known or options]
    assert {name for name, _ in named} == set(known)
    for name, options in named:
        assert set(options) <= set(known[name]._option_string_actions), name


def test_every_command_has_its_line_in_the_table() -> None:
    rows = re.findall(r"^\| `securemsg-relay ([a-z-]+)", GUIDE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(subparsers())


@pytest.mark.parametrize("number", range(7))
def test_every_piece_of_configuration_in_the_guide_is_good(tmp_path: Path, number: int) -> None:
    pieces = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(pieces) == 7
    file = tmp_path / "relay.toml"
    file.write_text(pieces[number])
    assert Config.load(file) != Config.default()


def test_every_setting_that_the_guide_names_exists() -> None:
    known = {"data", "synchronous_standby_names", "pg_basebackup"}
    for name, value in shown(Config.default()).items():
        known |= {name} | set(value if isinstance(value, dict) else ())
    for name, table in re.findall(r"`(\w+)` in `\[(\w+)\]`", GUIDE.read_text()):
        assert name in shown(Config.default())[table]
    for name in re.findall(r"`(\w+_\w+)`", GUIDE.read_text()):
        assert name in known


def test_every_link_in_the_guide_leads_somewhere() -> None:
    text = GUIDE.read_text()
    anchors = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors
        else:
            assert (GUIDE.parent / target).exists(), target


def test_every_file_of_the_deployment_is_named_in_the_guide() -> None:
    text = GUIDE.read_text()
    missing = [
        path.name
        for path in (ROOT / "relay" / "deploy").iterdir()
        if path.name not in text and path.name != "container.toml"
    ]
    assert missing == []
