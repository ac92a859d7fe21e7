"""Openings whose sealed part is whole and whose inside has one fault (HS-12, SE-6)."""

from __future__ import annotations

from dataclasses import replace

from tests.reference import hpke, ratchet
from tests.reference.agreement import INFO, Inner, hint
from tests.reference.case import Fields, bad, flipped, pick, refusal_of
from tests.reference.content import text_content
from tests.reference.envelopes import Opening, pad_opening, read_envelope
from tests.reference.identity import account_id
from tests.reference.prekeys import DAY
from tests.reference.responder import Responder, accept
from tests.reference.values import encode
from tests.reference.writers.cast import NOW, person, published
from tests.reference.writers.initiation import NO_DRAWS, Initiation, Plan, initiate, responder


def _inners(inner: Inner) -> dict[str, tuple[str, Inner]]:
    """Give (comment, inside)."""
    far = initiate(Plan("04/far", "alice", "bob", 1, NOW + DAY + 1))
    own = initiate(Plan("04/own", "bob", "bob", 1, NOW))
    sealed = [ratchet.seal(one.state, b"hello", bytes(16), bytes(12))[1].encoded() for one in (far, own)]
    envelope = encode([2, bytes(8), bytes(16384 + 1136)])
    certificate, ciphertext, message = inner.certificate, inner.ciphertext, inner.message
    other = person("carol").certificate
    return {
        "generation": ("a generation that B does not know", inner._replace(generation=2)),
        "prekey": ("a signed prekey that B does not have", inner._replace(signed_prekey_id=8)),
        "leaf": ("a leaf that B does not have", inner._replace(kem_id=140)),
        "kind": ("the id of a leaf for a last-resort key", inner._replace(kem_kind=2)),
        "other-leaf": ("another leaf than A used", inner._replace(kem_id=131)),
        "certificate": ("a certificate damaged", inner._replace(certificate=flipped(certificate, -1))),
        "other-certificate": ("another person's certificate", inner._replace(certificate=other)),
        "own-device": ("B's own device, everything else right", own.inner(sealed[1])),
        "far-future": ("opened more than 24 hours from now, all else right", far.inner(sealed[0])),
        "opened": ("another time than A agreed on", inner._replace(opened_ms=inner.opened_ms + 1)),
        "ephemeral": ("one bit of EK_A", inner._replace(ephemeral=flipped(inner.ephemeral, 3))),
        "low-order": ("EK_A of low order", inner._replace(ephemeral=bytes(32))),
        "ciphertext": ("one bit of the KEM ciphertext", inner._replace(ciphertext=flipped(ciphertext, 9))),
        "message": ("one bit of the message's body", inner._replace(message=flipped(message, -1))),
        "card": ("a card that is malformed", inner._replace(card=b"\x91\x01")),
        "no-message": ("no message", inner._replace(message=b"")),
        "opening-inside": ("an opening in place of the message", inner._replace(message=envelope)),
    }


def _raw(inner: Inner) -> dict[str, tuple[str, bytes]]:
    """Give (comment, block)."""
    encoded = inner.encoded()
    return {
        "version-2": ("an unknown version", pad_opening(encode([2, *inner]))),
        "arity": ("an element more", pad_opening(encode([1, *inner, 0]))),
        "kind-3": ("an unknown kind of KEM key", pad_opening(inner._replace(kem_kind=3).encoded())),
        "not-smallest": ("the larger block", pad_opening(encoded).ljust(32768, b"\0")),
        "padding": ("padding that is not zero", pad_opening(encoded)[:-1] + b"\1"),
    }


def _test(name: str, comment: str, block: bytes, me: Responder) -> Fields:
    key = published("bob").body.sealing_key
    opening = Opening(hint(key), hpke.seal(key, INFO, block, pick(f"04/fault/{name}", 64)))
    raw = opening.encoded()
    if read_envelope(raw) != opening:
        raise AssertionError
    kind = refusal_of(lambda: accept(me, opening, NO_DRAWS, NOW))
    shown = {"list_versions": {account.hex(): version for account, version in me.list_versions.items()}}
    context = shown if me.list_versions else {}
    return bad(f"opening/{name}", kind, comment, op="opening", now=NOW, envelope=raw, **context)


def opening_faults(initiation: Initiation) -> list[Fields]:
    """Give the tests."""
    content = text_content(pick("04/one-time/0", 16), NOW, "message 0").encoded()
    message = ratchet.seal(initiation.state, content, pick("04/salt", 16), pick("04/nonce", 12))[1].encoded()
    inner = initiation.inner(message)
    bob = responder("bob")
    tests = []
    for name, (comment, changed) in _inners(inner).items():
        tests.append(_test(name, comment, pad_opening(changed.encoded()), bob))
    for name, (comment, block) in _raw(inner).items():
        tests.append(_test(name, comment, block, bob))
    alice = account_id(person("alice").account.public)
    newer = replace(bob, list_versions={alice: 2})
    tests.append(
        _test("list-version", "a lower list version than B has seen", pad_opening(inner.encoded()), newer)
    )
    return tests
