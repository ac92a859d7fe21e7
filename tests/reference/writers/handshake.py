"""Vectors of 04: the tree, the shelf, the agreement, the opening."""

from __future__ import annotations

from dataclasses import replace

from tests.reference import agreement, ratchet
from tests.reference.case import Copy, Edit, Fields, bad, flipped, good, pick, refusal_of, written
from tests.reference.content import text_content
from tests.reference.curve25519 import x25519_public
from tests.reference.envelopes import Opening, read_envelope
from tests.reference.identity import Card
from tests.reference.prekeys import DAY
from tests.reference.responder import MAX_SEEN, Responder, accept, seen_mark
from tests.reference.writers.card_faults import card_faults
from tests.reference.writers.cast import NOW, person, published
from tests.reference.writers.initiation import NO_DRAWS, Initiation, Plan, initiate, responder
from tests.reference.writers.manifest_cases import manifest_tests
from tests.reference.writers.opening_faults import opening_faults
from tests.reference.writers.order_cases import order_tests, repeated_tests
from tests.reference.writers.publishing_cases import publishing_tests
from tests.reference.writers.shown import shown_state
from tests.reference.writers.tree_cases import bad_paths, leaf_tests, shelf_tests, tree_tests

CARD = Card(
    name="Alice",
    host="relay.example.org",
    port=7443,
    pin=pick("04/card/pin", 32),
    mailbox=pick("04/card/mailbox", 16),
    token=pick("04/card/token", 32),
    shelf=pick("04/card/shelf", 32),
)


def _agreements() -> list[Initiation]:
    return [
        initiate(Plan("04/one-time", "alice", "bob", 1, NOW, CARD.encoded())),
        initiate(Plan("04/last-resort", "alice", "bob", None, NOW + 5)),
    ]


def _opening(envelope: bytes) -> Opening:
    opening = read_envelope(envelope)
    if not isinstance(opening, Opening):
        raise TypeError
    return opening


def _accepted(name: str, me: Responder, envelope: bytes) -> Fields:
    opening = _opening(envelope)
    private = pick(f"{name}/answer", 32)
    accepted = accept(me, opening, NO_DRAWS._replace(ratchet_private=private), NOW + 1000)
    return {
        "now": NOW + 1000,
        "envelope": envelope,
        "hint": opening.hint,
        "responder_ratchet_private": private,
        "account_id": accepted.account,
        "session_id": accepted.agreed.t[:32],
        "card": accepted.inner.card,
        "content": accepted.content,
        "seen": seen_mark(accepted.inner),
        "after": shown_state(accepted.state),
    }


def _openings(initiation: Initiation) -> list[Fields]:
    """Two messages before an answer: each travels as an opening of the same session."""
    tests = []
    state = initiation.state
    name = initiation.plan.name
    short = name.removeprefix("04/")
    for number in range(2):
        draws = {
            "salt": pick(f"{name}/{number}/salt", 16),
            "header_nonce": pick(f"{name}/{number}/nonce", 12),
        }
        content = text_content(pick(f"{name}/{number}", 16), NOW, f"message {number}").encoded()
        state, message, _ = ratchet.seal(state, content, draws["salt"], draws["header_nonce"])
        inner = initiation.inner(message.encoded())
        envelope = initiation.sealed(inner, f"{name}/{number}/hpke")
        fields = _accepted(name, responder("bob"), envelope)
        comment = "HS-11, HS-12; each is opened by a responder that knows nothing of the session yet"
        hpke = {"hpke_randomness": pick(f"{name}/{number}/hpke", 64)}
        shown = {"message": message.encoded(), "inner": inner.encoded()} if number == 0 else {}
        tests.append(
            good(f"opening/{short}-{number}", comment, op="opening", **draws, **hpke, **shown, **fields)
        )
    return tests


def _agreement_tests(initiations: list[Initiation]) -> list[Fields]:
    tests = []
    for initiation in initiations:
        b, to = person("bob"), published("bob")
        plan = initiation.plan
        one_time = None if plan.position is None else to.one_time[plan.position]
        peer = (x25519_public(person("alice").identity), initiation.offer.ephemeral)
        mirrored = agreement.responder_dhs(b.identity, to.signed_prekey, one_time, peer)
        if mirrored != initiation.dhs:
            raise AssertionError
        short = plan.name.removeprefix("04/")
        tests.append(good(f"agreement/{short}", "HS-7 to HS-9", op="agreement", **initiation.shown()))
    return tests


def _day_ahead() -> Fields:
    """An opening that is accepted with a clock exactly 24 hours behind (SE-6)."""
    initiation = initiate(Plan("04/day-ahead", "alice", "bob", 1, NOW + 1000 + DAY))
    _, message, _ = ratchet.seal(initiation.state, b"hello", bytes(16), bytes(12))
    envelope = initiation.sealed(initiation.inner(message.encoded()), "04/day-ahead/hpke")
    fields = _accepted("04/day-ahead", responder("bob"), envelope)
    return good("opening/day-ahead", "opened exactly 24 hours from now", op="opening", **fields)


def _again(first: Fields) -> list[Fields]:
    """An opening that comes again after its session is gone, and one damaged on the way."""
    bob, whole, name = responder("bob"), first["envelope"], str(first["id"])
    if not isinstance(whole, bytes):
        raise TypeError
    tests = []
    if name == "opening/last-resort-0":
        inner = agreement.open_opening(bob.sealing, _opening(whole))
        used = replace(bob, seen=frozenset({seen_mark(inner)}))
        kind = refusal_of(lambda: accept(used, _opening(whole), NO_DRAWS, NOW))
        fields = {"op": "opening_seen", "seen": [seen_mark(inner)], "envelope": Copy(name), "now": NOW}
        tests.append(bad("opening/seen", kind, "in the set of the last-resort key (HS-13)", **fields))
        full = replace(bob, seen=frozenset(n.to_bytes(32, "big") for n in range(MAX_SEEN)))
        kind = refusal_of(lambda: accept(full, _opening(whole), NO_DRAWS, NOW))
        fields = {**fields, "seen": [], "seen_others": MAX_SEEN}
        tests.append(bad("opening/set-full", kind, "the set holds 10,000 others (HS-13)", **fields))
        return tests
    for place, at in (("tag", -1), ("body", -9000), ("encapsulation", 40), ("hint", 4)):
        broken = _opening(flipped(whole, at))
        kind = refusal_of(lambda broken=broken: accept(bob, broken, NO_DRAWS, NOW))
        change = Edit(name, at % len(whole))
        tests.append(bad(f"opening/{place}", kind, "one bit turned", op="opening", now=NOW, envelope=change))
    return tests


def _inputs() -> Fields:
    bob = {**person("bob").shown(), "published": published("bob").shown()}
    return {"alice": person("alice").shown(), "bob": bob, "card": CARD.encoded()}


def prekeys() -> str:
    """Give the text of 04-prekeys.json."""
    tests = [*leaf_tests(), *tree_tests(), *bad_paths(), *manifest_tests(), *shelf_tests()]
    tests += publishing_tests()
    return written("04", "HS-1 HS-2 HS-3 HS-4 HS-5 HS-11 HS-14 HS-16", tests)


def handshake() -> str:
    """Give the text of 04-handshake.json."""
    initiations = _agreements()
    tests = _agreement_tests(initiations)
    for initiation in initiations:
        opened = _openings(initiation)
        tests += [*opened, *_again(opened[0])]
    tests += [_day_ahead(), *card_faults(CARD)]
    return written("04", "HS-6 HS-7 HS-8 HS-9 HS-11 HS-12 HS-13 PR-13 WI-8", tests, _inputs())


def openings() -> str:
    """Give the text of 04-openings.json."""
    tests = opening_faults(_agreements()[0])
    return written("04", "HS-11 HS-12 ID-5 SE-6 WI-8", tests, _inputs())


def order() -> str:
    """Give the text of 04-order.json."""
    return written("04", "HS-1 HS-3 HS-11 HS-12 HS-13 SE-6", order_tests(), _inputs())


def repeated() -> str:
    """Give the text of 04-repeated.json."""
    return written("04", "HS-12 HS-13 ID-5 SE-1 SE-7", repeated_tests(CARD), _inputs())
