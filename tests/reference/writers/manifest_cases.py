"""Vectors of 04 for manifests."""

from __future__ import annotations

from tests.reference.agreement import hint
from tests.reference.case import Copy, Edit, Fields, bad, flipped, good, refusal_of
from tests.reference.hybrid import sign
from tests.reference.identity import account_id
from tests.reference.prekeys import DAY, Expected, Manifest, accept_manifest, check_fetched, publish
from tests.reference.primitives import h
from tests.reference.values import encode
from tests.reference.writers.cast import GENERATION, NOW, person, published


def manifest_tests() -> list[Fields]:
    """Manifests that are accepted and refused."""
    bob = published("bob")
    account, _, body = accept_manifest(bob.manifest, NOW)
    if body != bob.body:
        raise AssertionError
    signed = body.body()
    shown: Fields = {"op": "manifest", "manifest": bob.manifest}
    fields = {
        **body._asdict(),
        "body": signed,
        "body_hash": h(b"manifest", signed),
        "hint": hint(body.sealing_key),
    }
    tests = [good("manifest/whole", "HS-3", **shown, now=NOW, account_id=account, fields=fields)]
    whole = {"op": "manifest", "manifest": Copy("manifest/whole")}
    for name, now in (("first-moment", body.created_ms - DAY), ("last-moment", body.expires_ms - 1)):
        accept_manifest(bob.manifest, now)
        tests.append(good(f"manifest/{name}", "HS-5", **whole, now=now, account_id=account))
    for name, now in (("too-early", body.created_ms - DAY - 1), ("expired", body.expires_ms)):
        kind = refusal_of(lambda now=now: accept_manifest(bob.manifest, now))
        tests.append(bad(f"manifest/{name}", kind, "HS-5", **whole, now=now))
    for name, at in (("body", 8000), ("certificate", 100), ("ed25519", -3373), ("mldsa", -1)):
        broken = flipped(bob.manifest, at)
        kind = refusal_of(lambda broken=broken: accept_manifest(broken, NOW))
        change = Edit("manifest/whole", at % len(broken))
        tests.append(bad(f"manifest/{name}", kind, "one bit turned", op="manifest", now=NOW, manifest=change))
    return [*tests, *_signed_faults(), *_fetches()]


def _fetches() -> list[Fields]:
    """The same manifest before what A knows (HS-5); the relay sealed nothing of it anew."""
    alice, bob = person("alice"), person("bob")
    ids = [account_id(who.account.public) for who in (alice, bob)]
    plain = Expected(ids[1], (ids[0], alice.device_id), GENERATION, 1, GENERATION)
    check_fetched(published("bob").manifest, NOW, plain)
    base: Fields = {"op": "fetch", "manifest": Copy("manifest/whole"), "now": NOW}
    tests = [good("fetch/known", "all as A has seen it before", **base, expected=plain._asdict())]
    changes = {
        "told": ("the relay told another generation", plain._replace(generation_told=GENERATION - 1)),
        "lower": ("a lower generation than the last seen", plain._replace(generation_seen=GENERATION + 1)),
        "account": ("another account than expected", plain._replace(account=ids[0])),
        "list-version": ("a lower list version than seen", plain._replace(list_version=2)),
        "own": ("A's own device", plain._replace(own=(ids[1], bob.device_id))),
    }
    for name, (comment, expected) in changes.items():
        kind = refusal_of(lambda expected=expected: check_fetched(published("bob").manifest, NOW, expected))
        tests.append(bad(f"fetch/{name}", kind, comment, **base, expected=expected._asdict()))
    return tests


def _bodies(body: Manifest) -> dict[str, tuple[str, Manifest]]:
    """Give (comment, body) with one fault."""
    top = bytes([body.signed_prekey[31] | 128])
    low_sealing = body.sealing_key[:1184] + bytes(32)
    return {
        "suite-2": ("an unknown suite", body._replace(suite=2)),
        "generation-0": ("below the range", body._replace(generation=0)),
        "generation-2-32": ("above the range", body._replace(generation=2**32)),
        "leaves-257": ("above the range", body._replace(leaf_count=257)),
        "root-31": ("a short root", body._replace(leaf_root=body.leaf_root[:-1])),
        "life": ("30 days and a millisecond", body._replace(expires_ms=body.created_ms + 30 * DAY + 1)),
        "prekey-id-0": ("below the range", body._replace(signed_prekey_id=0)),
        "prekey-id-2-32": ("above the range", body._replace(signed_prekey_id=2**32)),
        "prekey-low-order": ("a signed prekey of low order", body._replace(signed_prekey=bytes(32))),
        "prekey-high": (
            "a signed prekey that is not canonical",
            body._replace(signed_prekey=body.signed_prekey[:31] + top),
        ),
        "last-resort-id-0": ("below the range", body._replace(last_resort_id=0)),
        "last-resort-id-2-32": ("above the range", body._replace(last_resort_id=2**32)),
        "last-resort-mlkem": (
            "a last-resort key not reduced",
            body._replace(last_resort=b"\xff\xff" + body.last_resort[2:]),
        ),
        "sealing-x25519": ("a sealing key of low order", body._replace(sealing_key=low_sealing)),
        "sealing-mlkem": (
            "a sealing key not reduced",
            body._replace(sealing_key=b"\xff\xff" + body.sealing_key[2:]),
        ),
    }


def _signed_faults() -> list[Fields]:
    """Manifests with one fault that someone signed."""
    tests = []
    body, owner = published("bob").body, person("bob")
    signed = body.body()
    changes = {
        name: (f"{comment}, well signed", publish(owner.device, changed))
        for name, (comment, changed) in _bodies(body).items()
    }
    changes |= {
        "device": ("signed by another device", publish(person("alice").device, body)),
        "account": ("signed by the account", publish(owner.account, body)),
        "label": ("signed under another label", encode([signed, sign(owner.device, b"device", signed)])),
    }
    for name, (comment, raw) in changes.items():
        kind = refusal_of(lambda raw=raw: accept_manifest(raw, NOW))
        tests.append(bad(f"manifest/{name}", kind, comment, op="manifest", now=NOW, manifest=raw))
    return tests
