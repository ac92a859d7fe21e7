"""Handshake and KEM ratchet as Horn clauses: what an attacker can derive, by the prover SPASS.

A completed search without a derivation means that there is no attack of this kind in the model; a
derivation, that there is one. The attacks are expected too: they show that the models can be attacked at
all, and are what the security notes of the specifications admit.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

MODELS: Final = Path(__file__).resolve().parents[2] / "specs/models"
SECURE: Final = "Completion found."
ATTACK: Final = "Proof found."
MISSING: Final = [tool for tool in ("SPASS", "gcc") if shutil.which(tool) is None]
SETTINGS: Final = (
    "-TPTP -Auto=0 -PGiven=0 -PProblem=0 -Sorts=0 -IORe=1 -IOFc=1 -Select=1"
    " -RFSub=1 -RBSub=1 -RTaut=1 -RObv=1 -RCon=1 -TimeLimit=100"
)
"""Ordered resolution and factoring with selection, and no redundant clauses: complete without equality."""

HANDSHAKE: Final = (
    ("GOAL_SENT", SECURE),
    ("GOAL_SENT KIND=last", SECURE),
    ("GOAL_SENT DH_BROKEN", SECURE),
    ("GOAL_SENT KEM_BROKEN", SECURE),
    ("GOAL_SENT DH_BROKEN KEM_BROKEN", ATTACK),
    ("GOAL_SENT DH_BROKEN_LATER KEM_BROKEN_LATER", ATTACK),
    ("GOAL_ANSWER", SECURE),
    ("GOAL_ANSWER KEM_BROKEN", SECURE),
    ("GOAL_ANSWER DH_BROKEN_LATER", SECURE),
    ("GOAL_ANSWER DH_BROKEN", ATTACK),
    ("GOAL_IMPERSONATED", SECURE),
    ("GOAL_IMPERSONATED KEM_BROKEN", SECURE),
    ("GOAL_IMPERSONATED DH_BROKEN", ATTACK),
    ("GOAL_IMPERSONATED STOLEN_IDENTITY_OF_B", SECURE),
    ("GOAL_IMPERSONATED STOLEN_SIGNED_PREKEY_OF_B", ATTACK),
    ("GOAL_FORGED", SECURE),
    ("GOAL_FORGED DH_BROKEN", ATTACK),
    ("GOAL_FALSE_PEER", SECURE),
    ("GOAL_FALSE_PEER DH_BROKEN", SECURE),
    ("GOAL_FALSE_PEER KEM_BROKEN", SECURE),
    ("GOAL_FALSE_PEER DH_BROKEN KEM_BROKEN", ATTACK),
    ("GOAL_MISATTRIBUTED", SECURE),
    ("GOAL_MISATTRIBUTED NO_TRANSCRIPT", ATTACK),
    ("GOAL_SENT STOLEN_LATER_LONG STOLEN_LATER_WEEKLY", SECURE),
    ("GOAL_SENT KIND=last STOLEN_LATER_LONG", SECURE),
    ("GOAL_SENT KIND=last STOLEN_LATER_LONG STOLEN_LATER_WEEKLY", ATTACK),
)
KEM_RATCHET: Final = (
    ("GOAL=n2", SECURE),
    ("GOAL=n4", SECURE),
    ("GOAL=n4 KEM_BROKEN", SECURE),
    ("GOAL=n4 KEM_BROKEN NO_CHAINING", ATTACK),
    ("GOAL=n1 THEFT_IN=n0 HANDS_OFF", ATTACK),
    ("GOAL=n2 THEFT_IN=n0 HANDS_OFF", SECURE),
    ("GOAL=n2 THEFT_IN=n1 HANDS_OFF", ATTACK),
    ("GOAL=n3 THEFT_IN=n1 HANDS_OFF", SECURE),
    ("GOAL=n4 THEFT_IN=n1", ATTACK),
    ("GOAL=n4 THEFT_IN=n1 HANDS_OFF KEM_BROKEN", ATTACK),
    ("GOAL=n1 THEFT_IN=n3", SECURE),
    ("GOAL=n1 THEFT_IN=n3 KEM_BROKEN", SECURE),
)

pytestmark = pytest.mark.skipif(
    bool(MISSING) and os.environ.get("CI") != "true", reason=f"not installed: {', '.join(MISSING)}"
)


def verdict(folder: Path, model: str, switches: str) -> str:
    """Return what the prover says of a model under some switches."""
    clauses = folder / "clauses.p"
    options = [f"-D{switch}" for switch in switches.split()]
    source = str(MODELS / model)
    subprocess.run(
        ["gcc", "-E", "-P", "-x", "c", "-Werror", *options, source, "-o", clauses], check=True, timeout=20
    )
    finished = subprocess.run(
        ["SPASS", *SETTINGS.split(), clauses], capture_output=True, text=True, timeout=120, check=False
    )
    said = [line for line in finished.stdout.splitlines() if line.startswith("SPASS beiseite: ")]
    assert len(said) == 1, finished.stdout + finished.stderr
    return said[0].removeprefix("SPASS beiseite: ")


@pytest.mark.parametrize(("switches", "expected"), HANDSHAKE)
def test_the_handshake_withstands_what_it_should_and_nothing_more(
    tmp_path: Path, switches: str, expected: str
) -> None:
    """HS-5, HS-7, HS-8, HS-12, HS-13: secrecy, who is at the other end, and stolen or broken keys."""
    assert verdict(tmp_path, "handshake.tptp", switches) == expected


@pytest.mark.parametrize(("switches", "expected"), KEM_RATCHET)
def test_the_kem_ratchet_withstands_what_it_should_and_nothing_more(
    tmp_path: Path, switches: str, expected: str
) -> None:
    assert verdict(tmp_path, "kem_ratchet.tptp", switches) == expected
