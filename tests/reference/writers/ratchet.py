"""Vectors of 05: the derivations, and whole conversations with loss, reordering and repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference import ec, ratchet
from tests.reference.case import Fields, bad, good, pick, refusal_of, written
from tests.reference.header import Header
from tests.reference.primitives import prf
from tests.reference.refusal import FOREIGN, REPLAYED, SKIPPED
from tests.reference.rows import ROW_LIFE
from tests.reference.writers.conversation import Conversation
from tests.reference.writers.ratchet_faults import exhausted, faults, hostile_peer, unchecked
from tests.reference.writers.row_cases import row_cases
from tests.reference.writers.two_faults import edges, two_faults

if TYPE_CHECKING:
    from collections.abc import Callable


def four_steps(chain: bytes, step: Callable[[bytes], tuple[bytes, bytes]]) -> list[dict[str, bytes]]:
    """Give four steps of a chain: the key before it, and the message key."""
    shown = []
    for _ in range(4):
        following, message_key = step(chain)
        shown.append({"chain_key": chain, "message_key": message_key})
        chain = following
    return shown


def _derivations() -> list[Fields]:
    names = (("rk", 32), ("dh", 32), ("salt", 16), ("pq_mk", 32))
    key, dh, salt, pq_mk = (pick(f"05/{name}", n) for name, n in names)
    rk, ck, nhk = ec.root_step(key, dh)
    chains = four_steps(ck, ec.chain_step)
    mk = chains[0]["message_key"]
    message, commitment = prf(mk, b"message", pq_mk + salt)
    header = Header(pick("05/header", 32), 3, 2**20 - 1, 2**32 - 1, 2**20, 5)
    shown = {**header._asdict(), "bytes": header.encoded()}
    steps = {"steps": chains, "pq_mk": pq_mk, "salt": salt, "key": message, "commitment": commitment}
    fields = {"rk": key, "dh": dh, "next_rk": rk, "ck": ck, "nhk": nhk, **steps}
    return [
        good("keys/steps", "RT-3 to RT-5; `key` is of the first message", op="keys", **fields),
        good("header/layout", "RT-6", op="header", **shown),
    ]


def _both_ways() -> Fields:
    talk = Conversation("05/both-ways")
    for number, who in enumerate("aabbabaa"):
        talk.exchanges(who, str(number))
    talk.says("b", "long", bytes(range(256)) * 5)
    talk.hears("a", "long")
    return good(
        "conversation/both-ways",
        "everything arrives in order; the last needs the second block",
        **talk.recorded(),
    )


def _one_chain() -> Fields:
    talk = Conversation("05/one-chain")
    for key in "012345":
        talk.says("a", key)
    talk.hears("b", "2")
    talk.hears("b", "0")
    talk.refuses("b", "0", "a repeat of a skipped one", REPLAYED)
    talk.refuses("b", "2", "a repeat of the newest", REPLAYED)
    talk.hears("b", "5")
    for key in "431":
        talk.hears("b", key)
    for key in "012345":
        talk.refuses("b", key, "a repeat of each", REPLAYED)
    talk.says("b", "answer")
    talk.hears("a", "answer")
    talk.says("a", "later")
    talk.hears("b", "later")
    talk.refuses("b", "2", "a repeat from a past chain", REPLAYED)
    return good("conversation/one-chain", "reordering, loss and repeats within one chain", **talk.recorded())


def _across_chains() -> Fields:
    talk = Conversation("05/across-chains")
    for key in ("a0", "a1", "a2"):
        talk.says("a", key)
    talk.hears("b", "a1")
    talk.says("b", "b0")
    talk.says("b", "b1")
    talk.hears("a", "b1")
    talk.says("a", "a3")
    talk.says("a", "a4")
    talk.hears("b", "a4")  # skips a2 in the past chain and a3 in the new one
    talk.hears("b", "a2")
    talk.refuses("b", "a2", "a repeat in a past chain", REPLAYED)
    talk.says("b", "b2")
    talk.hears("a", "b2")
    talk.hears("a", "b0")
    talk.hears("b", "a0")
    talk.hears("b", "a3")
    talk.refuses("a", "b0", "a repeat in a past chain", REPLAYED)
    talk.refuses("a", "a3", "a message reflected to its sender", FOREIGN)
    return good("conversation/across-chains", "late messages of past chains", **talk.recorded())


def _many_chains() -> Fields:
    talk = Conversation("05/many-chains")
    for turn in range(7):
        if turn in {0, 1, 6}:
            talk.says("a", f"late{turn}")
        else:
            talk.loses("a", 1)
        talk.says("a", f"a{turn}")
        talk.hears("b", f"a{turn}")
        talk.says("b", f"b{turn}")
        talk.hears("a", f"b{turn}")
    for turn in (0, 1):
        error = FOREIGN if turn == 0 else ""
        if error:
            talk.refuses(
                "b", f"late{turn}", "its chain is the sixth past one: forgotten with its rows", error
            )
        else:
            talk.hears("b", f"late{turn}")
    talk.hears("b", "late6")
    return good("conversation/many-chains", "five past chains are kept (RT-13)", **talk.recorded())


def _skip_limits() -> list[Fields]:
    one = Conversation("05/skip-1000")
    one.loses("a", 1000)
    one.says("a", "far")
    one.hears("b", "far")
    one.says("a", "next")
    one.hears("b", "next")
    two = Conversation("05/skip-1001")
    two.loses("a", 1001)
    two.says("a", "too far")
    two.refuses("b", "too far", "1,001 steps", SKIPPED)
    three = Conversation("05/skip-both")
    for key in ("0", "far"):
        three.says("a", key)
        three.hears("b", key)
    three.says("b", "turn")
    three.loses("a", 600)
    three.hears("a", "turn")
    three.loses("a", 400)
    three.says("a", "600 + 400")
    three.says("a", "600 + 401")
    three.refuses("b", "600 + 401", "600 steps in the past chain and 401 in the new one", SKIPPED)
    three.hears("b", "600 + 400")
    three.hears("b", "600 + 401")
    return [
        good("conversation/skip-1000", "1,000 steps at once are allowed", **one.recorded()),
        good("conversation/skip-1001", "1,001 steps at once are refused", **two.recorded()),
        good("conversation/skip-both", "the steps in both chains count together", **three.recorded()),
    ]


def _row_limits() -> list[Fields]:
    many = Conversation("05/rows-2000")
    many.says("a", "oldest")
    many.says("a", "second")
    for key in ("1st", "2nd"):
        many.loses("a", 998)
        many.says("a", key)
        many.hears("b", key)
    many.loses("a", 2)
    many.says("a", "fills")
    many.hears("b", "fills")
    many.loses("a", 1)
    many.says("a", "overflows")
    many.hears("b", "overflows")
    many.refuses("b", "oldest", "the oldest of 2,001 rows was deleted", REPLAYED)
    many.hears("b", "second")
    old = Conversation("05/rows-30-days")
    for key in ("early", "late", "seen"):
        old.says("a", key)
    old.hears("b", "seen")
    old.waits(ROW_LIFE)
    old.hears("b", "early")
    old.waits(1)
    old.refuses("b", "late", "older than 30 days", REPLAYED)
    return [
        good("conversation/rows-2000", "2,000 skipped rows are kept", **many.recorded()),
        good("conversation/rows-30-days", "skipped rows live for 30 days", **old.recorded()),
    ]


def _responder_first() -> Fields:
    talk = Conversation("05/responder-first")
    refused = refusal_of(lambda: ratchet.seal(talk.sides["b"], b"hello", bytes(16), bytes(12)))
    return bad(
        "seal/responder-first",
        refused,
        "a responder that has opened nothing (RT-2)",
        op="seal_first",
        start=talk.start,
        by="b",
    )


def file() -> str:
    """Give the text of 05-ratchet.json."""
    talks = [_both_ways(), _one_chain(), _across_chains(), _many_chains(), *_skip_limits(), *_row_limits()]
    talks += [*row_cases(), two_faults(), edges()]
    tests = [*_derivations(), *talks, faults(), hostile_peer(), unchecked(), _responder_first(), *exhausted()]
    ids = "RT-1 RT-2 RT-3 RT-4 RT-5 RT-6 RT-7 RT-8 RT-9 RT-10 RT-11 RT-12 RT-13 SE-11 WI-7"
    return written("05", ids, tests)
