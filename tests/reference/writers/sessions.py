"""Vectors of 06: the order of sessions, what a book keeps, and glare."""

from __future__ import annotations

from tests.reference import ratchet
from tests.reference.book import DAY, KEPT_FOR, Entry, kept, opening_time, ranked
from tests.reference.case import Fields, good, pick, written
from tests.reference.content import text_content
from tests.reference.envelopes import Opening, read_envelope
from tests.reference.responder import Accepted, accept
from tests.reference.writers.cast import NOW, person, published
from tests.reference.writers.initiation import NO_DRAWS, Initiation, Plan, initiate, responder


def _orders() -> list[Fields]:
    low, middle, high = sorted(pick(f"06/session/{i}", 32) for i in range(3))
    books = {
        "times": (
            "the greater time ranks higher",
            [Entry(low, NOW), Entry(middle, NOW + 2), Entry(high, NOW + 1)],
        ),
        "ids": (
            "equal times: the lower id ranks higher",
            [Entry(high, NOW), Entry(low, NOW), Entry(middle, NOW)],
        ),
        "both": ("time before id", [Entry(low, NOW), Entry(high, NOW + 1), Entry(middle, NOW)]),
        "unsigned": (
            "ids are compared as unsigned bytes",
            [Entry(b"\x80" * 32, NOW), Entry(b"\x7f" * 32, NOW)],
        ),
    }
    tests = []
    for name, (comment, entries) in books.items():
        sessions = [{"session_id": entry.session_id, "opened_ms": entry.opened_ms} for entry in entries]
        order = [entry.session_id for entry in ranked(entries)]
        tests.append(good(f"order/{name}", comment, op="order", sessions=sessions, ranked=order))
    return tests


def _keeping() -> list[Fields]:
    many = [Entry(pick(f"06/kept/{i}", 32), NOW - i, NOW if i else None) for i in range(12)]
    edge = [
        Entry(pick("06/edge/0", 32), NOW),
        Entry(pick("06/edge/1", 32), NOW - 60 * DAY, NOW - KEPT_FOR),
        Entry(pick("06/edge/2", 32), NOW - 50 * DAY, NOW - KEPT_FOR - 1),
    ]
    tests = []
    for name, comment, entries in (
        ("eight", "the current one and the eight highest others", many),
        ("days", "thirty days after they stopped being current, not after they were opened", edge),
    ):
        left = [entry.session_id for entry in kept(entries, NOW)]
        fields = {"now": NOW, "sessions": [entry._asdict() for entry in entries], "kept": left}
        tests.append(good(f"keep/{name}", comment, op="keep", **fields))
    return tests


def _times() -> list[Fields]:
    tests = []
    for name, times in (
        ("none", []),
        ("past", [NOW - 5]),
        ("same", [NOW, NOW - 1]),
        ("ahead", [NOW + 9, NOW + 3]),
    ):
        entries = [Entry(pick(f"06/time/{i}", 32), time) for i, time in enumerate(times)]
        fields = {
            "now": NOW,
            "sessions": [entry._asdict() for entry in entries],
            "opened_ms": opening_time(entries, NOW),
        }
        tests.append(
            good(f"time/{name}", "the time of a session that is opened now (HS-8)", op="time", **fields)
        )
    return tests


def _send(initiation: Initiation, words: str) -> tuple[bytes, bytes]:
    name = initiation.plan.name
    content = text_content(pick(f"{name}/id", 16), NOW, words).encoded()
    draws = pick(f"{name}/salt", 16), pick(f"{name}/nonce", 12)
    _, message, _ = ratchet.seal(initiation.state, content, *draws)
    return initiation.sealed(initiation.inner(message.encoded()), f"{name}/hpke"), content


def _accept(name: str, envelope: bytes) -> Accepted:
    opening = read_envelope(envelope)
    if not isinstance(opening, Opening):
        raise TypeError
    return accept(responder(name), opening, NO_DRAWS, NOW)


def _arrivals() -> list[Fields]:
    """Openings in the order in which they reach B, and the session that is current after each."""
    alice = [initiate(Plan(f"06/alice/{i}", "alice", "bob", i, NOW + time)) for i, time in enumerate((0, 7))]
    bob = initiate(Plan("06/bob", "bob", "alice", 0, NOW + 3))
    shown = {}
    for key, initiation in (("first", alice[0]), ("second", alice[1])):
        envelope, content = _send(initiation, key)
        accepted = _accept("bob", envelope)
        if accepted.content != content or accepted.agreed != initiation.agreed:
            raise AssertionError
        shown[key] = {"envelope": envelope, "content": content, **_names(initiation)}
    envelope, content = _send(bob, "glare")
    if _accept("alice", envelope).content != content:
        raise AssertionError
    first, second, own = (initiation.agreed.t[:32] for initiation in (*alice, bob))
    again = good(
        "arrivals/second",
        "SE-4: a second opening becomes current; a late first one joins below",
        op="arrivals",
        messages=shown,
        in_order=[first, second],
        out_of_order=[second, second],
    )
    glare = good(
        "arrivals/glare",
        "SE-3: A opened `first`, B opened this; both end with the same current session",
        op="glare",
        from_b={"envelope": envelope, "content": content, **_names(bob)},
        ranked_with_first=[own, first],
        ranked_with_second=[second, own],
    )
    return [again, glare]


def _names(initiation: Initiation) -> Fields:
    return {"session_id": initiation.agreed.t[:32], "opened_ms": initiation.plan.opened_ms}


def file() -> str:
    """Give the text of 06-sessions.json."""
    inputs: Fields = {"now": NOW}
    for name in ("alice", "bob"):
        inputs[name] = {**person(name).shown(), "published": published(name).shown()}
    return written(
        "06", "HS-8 SE-1 SE-2 SE-3 SE-4 SE-6", [*_orders(), *_keeping(), *_times(), *_arrivals()], inputs
    )
