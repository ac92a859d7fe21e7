"""Openings with two faults (HS-12 tells one), ids at the edge, and what comes again in a session held."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from tests.reference import ratchet
from tests.reference.agreement import Inner, seal_opening
from tests.reference.case import Copy, Fields, bad, flipped, good, pick, refusal_of
from tests.reference.envelopes import Opening, read_envelope
from tests.reference.identity import Card, account_id
from tests.reference.prekeys import DAY
from tests.reference.refusal import RefusedError
from tests.reference.responder import MAX_SEEN, Repeated, Responder, accept, after, arrive, seen_mark
from tests.reference.writers.cast import NOW, person, published
from tests.reference.writers.initiation import NO_DRAWS, Initiation, Plan, initiate, responder
from tests.reference.writers.shown import changed

MALFORMED = b"\x91\x01"
FAR = NOW + DAY + 1


class Talk(NamedTuple):
    """An initiation, and its first two messages as the inside of openings."""

    initiation: Initiation
    first: Inner
    second: Inner


@lru_cache
def talk(name: str, position: int | None) -> Talk:
    """Let Alice open a session to Bob and say two things before he answers."""
    initiation = initiate(Plan(f"04/{name}", "alice", "bob", position, NOW))
    state, inners = initiation.state, []
    for number in range(2):
        draws = (pick(f"04/{name}/{number}/salt", 16), pick(f"04/{name}/{number}/nonce", 12))
        content = f"{name} {number}".encode().ljust(700)  # beside which no codeword travels
        state, message, _ = ratchet.seal(state, content, *draws)
        inners.append(initiation.inner(message.encoded()))
    return Talk(initiation, *inners)


def sealed(name: str, inner: Inner) -> bytes:
    """Seal an opening to Bob."""
    return seal_opening(published("bob").body.sealing_key, inner.encoded(), pick(f"04/{name}/hpke", 64))


def opening(raw: bytes) -> Opening:
    """Read an opening envelope."""
    read = read_envelope(raw)
    if not isinstance(read, Opening):
        raise TypeError
    return read


def _two_faults(inner: Inner, own: Inner) -> dict[str, tuple[str, Inner]]:
    """Give (comment, inside); `own` is of an opening of Bob's own device."""
    damaged = flipped(inner.certificate, -1)
    silent = inner._replace(message=b"")
    return {
        "card-certificate": ("card, then certificate", inner._replace(card=MALFORMED, certificate=damaged)),
        "certificate-message": ("certificate, then message", silent._replace(certificate=damaged)),
        "own-message": ("own device, then message", own._replace(message=b"")),
        "message-far": ("message, then opened_ms", silent._replace(opened_ms=FAR)),
        "far-prekey": ("opened_ms, then prekeys", inner._replace(opened_ms=FAR, kem_id=140)),
        "prekey-message": (
            "prekeys, then what the message holds",
            inner._replace(kem_id=140, message=flipped(inner.message, -1)),
        ),
    }


def _out_of_range(inner: Inner, last: Inner) -> dict[str, tuple[str, Inner]]:
    """Give (comment, inside): ids that nobody can give (HS-1, HS-3); `last` names the last-resort key."""
    return {
        "generation-0": ("generation 0", inner._replace(generation=0)),
        "generation-2-32": ("generation 2^32", inner._replace(generation=2**32)),
        "prekey-0": ("signed prekey 0", inner._replace(signed_prekey_id=0)),
        "prekey-2-32": ("signed prekey 2^32", inner._replace(signed_prekey_id=2**32)),
        "kind-0": ("kind 0", inner._replace(kem_kind=0)),
        "leaf-0": ("leaf 0", inner._replace(kem_id=0)),
        "last-resort-0": ("last-resort key 0", last._replace(kem_id=0)),
        "last-resort-2-32": ("last-resort key 2^32", last._replace(kem_id=2**32)),
    }


def order_tests() -> list[Fields]:
    """Give the tests of 04-order: Bob knows no session, as in 04-openings."""
    one_time, last = talk("order", 1), talk("order last", None)
    own = initiate(Plan("04/order own", "bob", "bob", 1, NOW)).inner(one_time.first.message)
    tests = []
    for name, (comment, inner) in _two_faults(one_time.first, own).items():
        tests.append(_refused(f"order/{name}", f"two faults: {comment}", inner))
    for name, (comment, inner) in _out_of_range(one_time.first, last.first).items():
        tests.append(_refused(f"range/{name}", f"{comment}, out of range", inner))
    return [*tests, *_set_tests(last)]


def _refused(ident: str, comment: str, inner: Inner) -> Fields:
    raw = sealed(ident, inner)
    kind = refusal_of(lambda: arrive(responder("bob"), opening(raw), NO_DRAWS, NOW))
    return bad(ident, kind, comment, op="opening", now=NOW, envelope=raw)


def _others(count: int) -> frozenset[bytes]:
    return frozenset(number.to_bytes(32, "big") for number in range(count))


def _set_tests(last: Talk) -> list[Fields]:
    """The set of the last-resort key (HS-13), at its edge and with a second fault."""
    raw, mark = sealed("order/set", last.first), seen_mark(last.first)
    bob = replace(responder("bob"), seen=_others(MAX_SEEN - 1))
    accepted = accept(bob, opening(raw), NO_DRAWS, NOW)
    base: Fields = {"op": "opening_seen", "now": NOW, "seen": [], "seen_others": MAX_SEEN - 1}
    whole = {**base, "envelope": raw, "content": accepted.content, "mark": mark}
    tests = [good("set/9999", "the set has room for one more", **whole)]
    lost = last.first._replace(generation=9)
    broken = last.first._replace(message=flipped(last.first.message, -1))
    cases = {
        "full-seen": ("two faults: seen, then full", raw, [mark], MAX_SEEN - 1),
        "lost-seen": ("two faults: prekeys, then seen", sealed("order/lost", lost), [mark], 0),
        "full-message": (
            "two faults: full, then what the message holds",
            sealed("order/broken", broken),
            [],
            MAX_SEEN,
        ),
    }
    for name, (comment, envelope, seen, others) in cases.items():
        me = replace(responder("bob"), seen=_others(others) | frozenset(seen))
        kind = refusal_of(lambda me=me, envelope=envelope: arrive(me, opening(envelope), NO_DRAWS, NOW))
        shown = Copy("set/9999") if envelope == raw else envelope
        fields = {**base, "seen": seen, "seen_others": others, "envelope": shown}
        tests.append(bad(f"set/{name}", kind, comment, **fields))
    return tests


def _repeats(second: Inner, card: Card) -> dict[str, tuple[str, Inner]]:
    """Give (comment, inside) of openings that come after the first one was accepted."""
    gone = second._replace(generation=9, signed_prekey_id=9, kem_id=140)
    return {
        "second": ("the next message", second),
        "card": ("a card that A did not give: it counts for nothing", second._replace(card=card.encoded())),
        "prekeys": ("keys that are not there: nobody looks", gone),
        "far": ("opened more than 24 hours from now: nobody looks", second._replace(opened_ms=FAR)),
        "bad-card": ("a card that is malformed", second._replace(card=MALFORMED)),
        "bad-certificate": (
            "a certificate damaged",
            second._replace(certificate=flipped(second.certificate, -1)),
        ),
        "other-certificate": (
            "another's certificate: no session with that device, and the leaf is gone",
            second._replace(certificate=person("carol").certificate),
        ),
        "bad-message": ("one bit of the message", second._replace(message=flipped(second.message, -1))),
        "other-message": (
            "a message of another session",
            second._replace(message=talk("order", 1).first.message),
        ),
    }


def repeated_tests(card: Card) -> list[Fields]:
    """Give the tests of 04-repeated: Bob has accepted `first`, and its leaf is gone."""
    spoken = talk("repeated", 2)
    raw = sealed("repeated/first", spoken.first)
    private = pick("04/repeated/answer", 32)
    accepted = accept(responder("bob"), opening(raw), NO_DRAWS._replace(ratchet_private=private), NOW)
    bob = after(responder("bob"), accepted)
    first: Fields = {"op": "opened_first", "now": NOW, "envelope": raw, "responder_ratchet_private": private}
    first |= {"content": accepted.content, "session_id": accepted.agreed.t[:32]}
    tests = [good("repeated/first", "makes the session that the other tests are about", **first)]
    for name, (comment, inner) in _repeats(spoken.second, card).items():
        tests.append(_again(f"repeated/{name}", comment, bob, sealed(f"repeated/{name}", inner)))
    again = _again("repeated/again", "the same opening twice", bob, raw)
    alice = account_id(person("alice").account.public)
    newer = replace(bob, list_versions={alice: 2})
    old = _again(
        "repeated/list-version",
        "a lower list version than B has seen",
        newer,
        sealed("repeated/second", spoken.second),
    )
    return [
        *tests,
        {**again, "envelope": Copy("repeated/first")},
        {**old, "envelope": Copy("repeated/second"), "list_versions": {alice.hex(): 2}},
    ]


def _again(ident: str, comment: str, bob: Responder, raw: bytes) -> Fields:
    fields: Fields = {"op": "repeated", "first": "repeated/first", "now": NOW, "envelope": raw}
    try:
        arrived = arrive(bob, opening(raw), NO_DRAWS, NOW)
    except RefusedError as refused:
        return bad(ident, refused.kind, comment, **fields)
    if not isinstance(arrived, Repeated):
        raise TypeError
    ((held, *_),) = bob.sessions.values()
    shown = {"content": arrived.content, "after": changed(held.state, arrived.state)}
    return good(ident, comment, **fields, **shown)
