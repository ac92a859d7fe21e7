"""Messages with two faults: which one is told (RT-11), and places at the edge of what a header may say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.reference import ratchet
from tests.reference.case import Fields, flipped, good
from tests.reference.envelopes import pad
from tests.reference.refusal import AUTHENTICATION, REPLAYED, SKIPPED
from tests.reference.rows import MAX_CHAIN
from tests.reference.writers.machine_faults import FOUR_RIDE, Hostile

if TYPE_CHECKING:
    from tests.reference.header import Header

NOT_A_KEY = b"\xff" * 32


def _present(header: Header) -> list[tuple[str, str, Header]]:
    """Faults in the present chain, of which the places 1 are opened, and 0 is kept in both ratchets."""
    repeat, ahead = header._replace(n=1), header._replace(n=header.n + 1001)
    return [
        ("range, then EC repeat", SKIPPED, repeat._replace(n_pq=MAX_CHAIN)),
        ("range of pn, then EC repeat", SKIPPED, repeat._replace(pn=MAX_CHAIN + 1)),
        ("range of pn_pq, then KEM repeat", SKIPPED, header._replace(n_pq=1, pn_pq=MAX_CHAIN + 1)),
        ("EC repeat, then epoch", REPLAYED, repeat._replace(e=7)),
        ("EC repeat, then KEM steps", REPLAYED, repeat._replace(n_pq=header.n_pq + 1001)),
        ("EC repeat, then KEM repeat", REPLAYED, repeat._replace(n_pq=1)),
        ("EC steps, then KEM repeat", SKIPPED, ahead._replace(n_pq=1)),
        ("KEM repeat where the EC place is new", REPLAYED, header._replace(n_pq=1)),
    ]


def _next(header: Header, arrived: int) -> list[tuple[str, str, Header]]:
    """Faults at the start of a new chain."""
    bad = header._replace(dh=NOT_A_KEY)
    return [
        ("range, then dh", SKIPPED, bad._replace(n=MAX_CHAIN)),
        ("EC steps, then dh", SKIPPED, bad._replace(n=1001)),
        ("EC steps of the previous chain, then dh", SKIPPED, bad._replace(pn=arrived + 1001)),
        ("dh, then epoch", AUTHENTICATION, bad._replace(e=7)),
        ("dh, then KEM repeat", AUTHENTICATION, bad._replace(n_pq=1)),
        ("dh, then KEM steps", AUTHENTICATION, bad._replace(n_pq=header.n_pq + 1001)),
    ]


def two_faults() -> Fields:
    """What comes first in RT-11 is told; in every case the commitment is broken besides."""
    talk = Hostile("05/two-faults")
    talk.says("a", "skipped")
    talk.exchanges("a", "0")
    talk.says("b", "turn")
    _refused(talk, _present(ratchet.next_header(talk.sides["a"])), "present")
    past = talk.sides["a"]
    talk.hears("a", "turn")
    _refused(talk, _next(ratchet.next_header(talk.sides["a"]), talk.sides["b"].ec.nr), "new")
    talk.exchanges("a", "1")
    header = ratchet.next_header(past)
    talk.sides["a"], present = past, talk.sides["a"]
    cases = [
        ("range, then EC repeat", SKIPPED, header._replace(n=1, n_pq=MAX_CHAIN)),
        ("range of pn, all else good", SKIPPED, header._replace(n=0, n_pq=0, pn=MAX_CHAIN + 1)),
        ("EC repeat, then epoch", REPLAYED, header._replace(n=1, e=7)),
        ("EC row, then epoch", SKIPPED, header._replace(n=0, n_pq=0, e=7)),
        ("EC row, then KEM repeat", REPLAYED, header._replace(n=0, n_pq=1)),
    ]
    _refused(talk, cases, "past")
    talk.sides["a"] = present
    talk.hears("b", "skipped")
    return good("conversation/two-faults", "which of two faults is told (RT-11)", **talk.recorded())


def _refused(talk: Hostile, cases: list[tuple[str, str, Header]], chain: str) -> None:
    for comment, error, header in cases:
        message = talk.forged("a", pad(b"hello"), header)
        broken = message._replace(commitment=flipped(message.commitment, 0))
        talk.refuses_bytes("b", broken, f"{comment} ({chain} chain)", error)


def edges() -> Fields:
    """Places that a header may just name."""
    talk = Hostile("05/edges")
    talk.exchanges("a", "first")
    header = ratchet.next_header(talk.sides["a"])
    full = header._replace(pn=MAX_CHAIN, pn_pq=MAX_CHAIN)
    talk.hears_bytes("b", talk.forged("a", pad(b"full"), full), "pn and pn_pq are 2^20: full chains before")
    talk.loses("a", 1, b"x" * 700)
    for name in ("late", "seen"):
        talk.says("a", name)
    talk.hears("b", "seen")
    late = header._replace(n=2, n_pq=2, pn=MAX_CHAIN, pn_pq=MAX_CHAIN)
    state = talk.sides["a"]
    talk.sides["a"] = _at(talk, 2)
    message = talk.forged("a", pad(b"late"), late)
    talk.sides["a"] = state
    talk.hears_bytes("b", message, "the same of a message that was stepped over")
    last = header._replace(n=MAX_CHAIN - 1, n_pq=MAX_CHAIN - 1)
    far = talk.forged("a", pad(b"far"), last)
    talk.refuses_bytes("b", far, "the last place of a chain: too many steps, no other fault", SKIPPED)
    talk.exchanges("a", "four", FOUR_RIDE)
    return good("conversation/edges", "2^20 as the length of a chain before (RT-11)", **talk.recorded())


def _at(talk: Hostile, number: int) -> ratchet.State:
    """Give A with the chain keys of an earlier place, which no honest side keeps."""
    rows = {row.ratchet: row.key for row in talk.sides["b"].rows if row.n == number}
    state = talk.sides["a"]
    ec, kem = rows["ec"], rows["kem"]
    sending = state.kem.sending._replace(key=bytes(32) + kem, number=number)
    return replace(
        state, ec=replace(state.ec, cks=bytes(32) + ec, ns=number), kem=replace(state.kem, sending=sending)
    )
