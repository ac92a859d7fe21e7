"""What decides over access is compared in constant time, by one function (catalogue N23)."""

import pytest

from tests.house.comparisons import ROOT, comparisons, importers, suspicious

EXPLAINED = {
    (
        "relay/storage/postgres/decide.py",
        "operation.token not in box.tokens",
    ): "as in SQLite (MB-3)",
    ("relay/storage/postgres/load.py", "hash = asked."): "as in SQLite (MB-3)",
    ("relay/storage/postgres/decide.py", "box.owner_key == operation.owner_key"): "a public key (MB-4)",
    (
        "relay/storage/postgres/decide.py",
        'operation.owner not in {b"", box.owner_key}',
    ): "public keys (MB-29)",
    ("relay/storage/postgres/removal.py", 'operation.owner not in {b"", owner_key}'): "public keys (MB-29)",
    ("relay/storage/sqlite/boxes.py", "token in box.tokens"): (
        "SHA-256 of what a sender shows: nobody can come nearer to it byte by byte (MB-3)"
    ),
    ("relay/storage/sqlite/boxes.py", "box.owner_key == operation.owner"): "public keys (MB-29)",
    ("relay/storage/sqlite/boxes.py", "hash = asked."): (
        "the same hash, where the mailbox is not in memory (MB-3)"
    ),
    ("relay/storage/sqlite/registration.py", "hash = ?"): (
        "SHA-256 of an invitation, for the same reason (RL-2)"
    ),
    ("relay/storage/sqlite/registration.py", "owner == operation.owner_key"): "a public key (MB-4)",
    ("relay/census.py", "found.key == request.owner_key"): "a public key (MB-4)",
    ("relay/cluster/registration.py", "operation.owner_key in owners"): "a public key (MB-4)",
    ("securemsg/client/upkeep.py", "token_hash(token) in request.added"): "both are our own",
    ("securemsg/client/upkeep.py", "token_hash(token) in request.revoked"): "both are our own",
    ("securemsg/handshake/shelf.py",): "a hash over public keys, in what every contact can read (HS-4)",
    ("securemsg/identity/invitation.py", "_check(link, body) != check"): (
        "a checksum against typing errors (ID-13)"
    ),
    ("securemsg/identity/link.py", "_check(checked) != check"): "a checksum against typing errors (ID-6)",
    ("securemsg/identity/trust.py",): "hashes of certificates, which every contact has (ID-5)",
    (
        "securemsg/session/receiving.py",
    ): "a hash of what the sender made, against that of what it made before",
    ("securemsg/store/contacts.py", "alias_key = ?"): "a name that our own user typed",
    ("securemsg/store/files.py", "key = ?"): "set, not compared",
    ("securemsg/store/files.py", "digest = ?"): "set, not compared",
    ("securemsg/store/files.py", "pin = ?"): "set, not compared",
    ("securemsg/store/outbox.py", "pin = ?"): "our own row; the pin stands in every address",
    ("securemsg/store/outbox.py", "token = ?"): "our own row by our own value",
    ("securemsg/store/tokens.py", "token = ?"): "our own row by our own value",
}
"""Comparisons that need not take constant time, with the reason; a file alone stands for its only one."""


def explained(file: str, text: str) -> bool:
    return (file, text) in EXPLAINED or (file,) in EXPLAINED


@pytest.mark.parametrize("package", ["securemsg", "relay"])
def test_nothing_secret_is_compared_in_time_that_tells_where_it_differs(package: str) -> None:
    """N23, PR-1: use `same`, or say in `EXPLAINED` why the time tells nothing."""
    assert [found for found in comparisons(package) if not explained(*found)] == []


def test_every_explanation_still_has_its_comparison() -> None:
    """An explanation that nothing needs would cover the next comparison too."""
    found = comparisons("securemsg") + comparisons("relay")
    used = {key if key in EXPLAINED else key[:1] for key in found}
    assert set(EXPLAINED) - used == set()
    for (file,) in (key for key in EXPLAINED if len(key) == 1):
        assert sum(found[key] for key in found if key[0] == file) == 1, file


def test_one_function_compares_in_constant_time() -> None:
    """N23: `kdf.same`, and the equality of `Secret`."""
    assert importers("securemsg", "hmac") <= {"securemsg/crypto/kdf.py", "securemsg/crypto/secret.py"}
    assert importers("relay", "hmac") == set()


@pytest.mark.parametrize(("folder", "secret"), [("ratchet", "commitment"), ("mailbox", "pin")])
def test_what_strangers_send_us_to_compare_goes_through_it(folder: str, secret: str) -> None:
    """N23, RT-7, MB-2: the commitment of a message, and the pin of a relay."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "securemsg" / folder).glob("*.py")]
    assert any("same(" in line and secret in line for source in sources for line in source.splitlines())


@pytest.mark.parametrize(
    "source",
    [
        "if tag == expected: pass",
        "ok = message.commitment != commitment",
        "found = shown in self.tokens",
        "found = shown not in (secret.expose(),)",
        "ok = key.expose() == value",
        "ok = bytes(send_token) == value",
        "ok = tag[:8] == value",
        "ok = tag.hex() == text",
        "ok = (a, tag) == (b, value)",
        "ok = sendToken == value",
        "ok = sha256_digest(a) == b",
        "ok = value.startswith(tag)",
        "ok = token.startswith(value)",
        "ok = tag.__eq__(value)",
        "ok = first == second == mac",
        "match proof:\n    case b'x':\n        pass",
        "run('SELECT 1 FROM t WHERE token = ?')",
        "run('SELECT 1 FROM t WHERE secret IN (?, ?)')",
        "run('SELECT 1 FROM (VALUES (ROWS)) AS asked JOIN t ON t.token = asked.column1')",
    ],
)
def test_a_careless_comparison_is_seen(source: str) -> None:
    """The search can fail: each of these would be reported."""
    assert suspicious(source)


@pytest.mark.parametrize(
    "source",
    [
        "ok = same(tag, expected)",
        "ok = len(tag) == 16",
        "ok = type(key) is int",
        "ok = token is None",
        "ok = count_of(tokens) == 3",
        "ok = token_a > other",
        "ok = key.generation == 2",
        "ok = monkey == 2",
        "run('UPDATE t SET n = ? WHERE name = ?')",
    ],
)
def test_what_tells_nothing_is_not_reported(source: str) -> None:
    assert suspicious(source) == []
