"""Openings whose card was exchanged by somebody who can open and seal what HPKE seals (HS-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference import ratchet
from tests.reference.case import Fields, bad, pick, refusal_of
from tests.reference.envelopes import Opening, read_envelope
from tests.reference.responder import accept
from tests.reference.writers.cast import NOW
from tests.reference.writers.initiation import NO_DRAWS, Initiation, Plan, initiate, responder

if TYPE_CHECKING:
    from tests.reference.agreement import Inner
    from tests.reference.identity import Card


def card_faults(card: Card) -> list[Fields]:
    """Give the tests; all else in each opening is as A made it."""
    whole, bare = (
        initiate(Plan(f"04/card/{name}", "alice", "bob", 1, NOW, encoded))
        for name, encoded in (("whole", card.encoded()), ("bare", b""))
    )
    other = card._replace(mailbox=pick("04/card/other", 16)).encoded()
    faults = {
        "swapped": ("another mailbox on the card", whole, other),
        "dropped": ("no card where A gave one", whole, b""),
        "added": ("a card where A gave none", bare, card.encoded()),
    }
    tests = []
    for name, (comment, initiation, changed) in faults.items():
        inner = _inner(initiation)
        accept(responder("bob"), _sealed(initiation, inner, name), NO_DRAWS, NOW)
        opening = _sealed(initiation, inner._replace(card=changed), name)
        kind = refusal_of(lambda opening=opening: accept(responder("bob"), opening, NO_DRAWS, NOW))
        fields = {"op": "opening", "now": NOW, "envelope": opening.encoded()}
        tests.append(bad(f"opening/card-{name}", kind, comment, **fields))
    return tests


def _inner(initiation: Initiation) -> Inner:
    return initiation.inner(ratchet.seal(initiation.state, b"hello", bytes(16), bytes(12))[1].encoded())


def _sealed(initiation: Initiation, inner: Inner, name: str) -> Opening:
    opening = read_envelope(initiation.sealed(inner, f"04/card/{name}/hpke"))
    if not isinstance(opening, Opening):
        raise TypeError
    return opening
