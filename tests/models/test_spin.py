"""Outbox, relay queue and acknowledgement: a model searched whole by Spin, and with faults planted in it.

A property that no planted fault can break would prove nothing: each is broken by at least one.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

MODEL: Final = Path(__file__).resolve().parents[2] / "specs/models/delivery.pml"
PROPERTIES: Final = ("kept", "once", "ordered", "committed_first", "stored_once", "delivered")
PLANTED: Final = (
    ("ACCEPTED_BEFORE_DURABLE", "kept"),
    ("ACKNOWLEDGED_BEFORE_COMMIT", "committed_first"),
    ("ACKNOWLEDGED_BEFORE_COMMIT", "kept"),
    ("SEEN_BEFORE_STORED", "kept"),
    ("SUBMIT_ID_NOT_KEPT", "once"),
    ("NO_SEEN_IDS", "once"),
    ("NO_SUBMIT_IDS", "stored_once"),
    ("SUBMIT_IDS_GO_WITH_MESSAGES", "stored_once"),
    ("MANY_UNANSWERED", "ordered"),
    ("TAKEOVER_RESUMES", "delivered"),
    ("NO_CURSOR_CHECK", "delivered"),
)
MISSING: Final = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
DEEPEST: Final = 20_000
"""Steps of one run that the whole search may follow; it says so when that is too few."""
SHALLOW: Final = 400
"""Steps within which every planted fault shows: a shallow search finds it sooner."""

pytestmark = pytest.mark.skipif(
    bool(MISSING) and os.environ.get("CI") != "true", reason=f"not installed: {', '.join(MISSING)}"
)


def run(folder: Path, *command: str) -> str:
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    output = finished.stdout + finished.stderr
    assert finished.returncode == 0, output
    return output


def build(folder: Path, *options: str) -> None:
    """Make the verifier `pan`; options that begin with -D plant a fault, those with -O go to the compiler."""
    planted = [option for option in options if option.startswith("-D")]
    optimised = [option for option in options if option.startswith("-O")]
    run(folder, "spin", *planted, "-a", str(MODEL))
    run(folder, "gcc", "-w", *optimised, "-o", "pan", "pan.c")


def search(folder: Path, claim: str, depth: int) -> str:
    output = run(folder, "./pan", "-a", "-N", claim, f"-m{depth}")
    assert f"never claim         \t+ ({claim})" in output
    return output


def errors(output: str) -> int:
    found = re.search(r"errors: (\d+)", output)
    assert found is not None, output
    return int(found[1])


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    build(folder, "-O1")
    return folder


@pytest.mark.parametrize("claim", PROPERTIES)
def test_every_run_of_the_model_keeps_the_promise(verifier: Path, claim: str) -> None:
    """CL-2, CL-3, CL-5, MB-7, MB-8: whatever crashes between commit, answer and acknowledgement."""
    output = search(verifier, claim, DEEPEST)
    assert errors(output) == 0
    assert "max search depth too small" not in output
    stored = re.search(r"(\d+) states, stored", output)
    assert stored is not None
    assert int(stored[1]) > 50_000, "the model has lost most of its behaviour"


@pytest.mark.parametrize(("fault", "claim"), PLANTED)
def test_a_planted_fault_is_found(tmp_path: Path, fault: str, claim: str) -> None:
    build(tmp_path, f"-D{fault}", "-O0")
    assert errors(search(tmp_path, claim, SHALLOW)) == 1


def test_every_promise_can_be_broken_and_every_fault_is_planted_somewhere() -> None:
    text = MODEL.read_text(encoding="utf-8")
    assert set(re.findall(r"^ltl (\w+)", text, re.MULTILINE)) == set(PROPERTIES)
    assert {claim for _, claim in PLANTED} == set(PROPERTIES)
    switches = set(
        re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", " ".join(re.findall(r"^#(?:el)?if.*", text, re.MULTILINE)))
    )
    assert switches == {fault for fault, _ in PLANTED}
