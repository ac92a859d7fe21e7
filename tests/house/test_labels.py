"""Labels keep purposes apart: each stands in one place of the code (catalogue K29)."""

import ast
import re
from collections import Counter

from tests.house.comparisons import ROOT

SIGNERS = {
    "securemsg/handshake/manifest.py": 1,
    "securemsg/identity/certificate.py": 1,
    "securemsg/mailbox/hello.py": 2,
}
"""Where anything is signed: `manifest`; `device`; `relay-hello` and `prove`."""


def trees(folder: str) -> dict[str, ast.AST]:
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def calls(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in found if getattr(call.func, "attr", getattr(call.func, "id", "")) in names]


def literals(argument: ast.expr) -> list[bytes]:
    found = (node.value for node in ast.walk(argument) if isinstance(node, ast.Constant))
    return [value for value in found if isinstance(value, bytes) and value]


def test_nothing_is_signed_but_under_the_four_labels() -> None:
    """K29, PR-9, PR-11: each label stands in one place, and the specification names them all."""
    signing = {
        file: len(calls(tree, {"sign", "sign_exact"}))
        for file, tree in (trees("securemsg") | trees("relay")).items()
        if not file.startswith("securemsg/crypto/")
    }
    assert {file: count for file, count in signing.items() if count} == SIGNERS
    text = (ROOT / "specs" / "02-primitives.md").read_text(encoding="utf-8")
    named = re.findall(r"Labels(?: in use)?: ([^.]+)\.", text)
    assert sorted(re.findall(r"`([a-z-]+)`", " ".join(named))) == [
        "device",
        "manifest",
        "prove",
        "relay-hello",
    ]


def test_the_protocol_with_relays_can_sign_and_hash_and_nothing_else() -> None:
    """K29: it has no means to encrypt, agree or derive, so that no relay can ask for it."""
    imported = {
        f"{node.module}.{alias.name}"
        for tree in trees("securemsg/mailbox").values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("securemsg.crypto")
        for alias in node.names
    }
    harmless = ("securemsg.crypto.ed25519.", "securemsg.crypto.entropy.")
    others = {name for name in imported if not name.startswith(harmless)}
    assert others == {"securemsg.crypto.kdf.same", "securemsg.crypto.kdf.sha256"}


def test_no_two_derivations_have_one_label() -> None:
    """K29: a label that stands in two places would give two layers one key."""
    used: Counter[bytes] = Counter()
    for file, tree in trees("securemsg").items():
        if not file.startswith("securemsg/crypto/"):
            for call in calls(tree, {"kdf", "prf"}):
                used.update(label for argument in call.args for label in literals(argument))
    assert used
    assert [label for label, count in used.items() if count > 1] == []
