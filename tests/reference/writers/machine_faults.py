"""Messages of a peer who holds the keys and breaks a rule of the KEM ratchet, or uses its freedom (05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference import ratchet
from tests.reference.case import Fields, flipped, good
from tests.reference.codewords import CODEWORD, FILLER, codeword
from tests.reference.envelopes import Message, pad
from tests.reference.epochs import u32
from tests.reference.primitives import prf
from tests.reference.refusal import AUTHENTICATION, REPLAYED, SKIPPED
from tests.reference.rows import MAX_CHAIN
from tests.reference.writers.conversation import Conversation

if TYPE_CHECKING:
    from tests.reference.header import Header

FOUR_RIDE = b"f" * 2100


class Hostile(Conversation):
    """A conversation in which a side can also seal what no rule gives it."""

    def forged(self, who: str, block: bytes, header: Header | None = None) -> Message:
        """Seal a block at the present place of a side, under any header; its state does not move."""
        state = self.sides[who]
        draws = (self.draw("salt", 16), self.draw("nonce", 12))
        return ratchet.seal_as(state, header or ratchet.next_header(state), block, draws)[1]

    def forges(self, who: str, words: list[bytes], comment: str) -> None:
        """Send these codewords; the side then spends the place on a message that never arrives."""
        content = {2: b"forged", 4: FOUR_RIDE}[len(words)]
        message = self.forged(who, pad(content, words))
        self.hears_bytes("b" if who == "a" else "a", message, comment)
        self.loses(who, 1, b"x" * 700)  # with which no codeword rides


def symbols(whole: bytes, *indices: int) -> list[bytes]:
    """Give codewords of an object."""
    return [codeword(whole, index) for index in indices]


def hostile_words() -> Fields:
    """What a receiver takes, and what it ignores, in each state."""
    talk = Hostile("05/hostile-words")
    ek = talk.sides["a"].kem.sends
    other = bytes(1600)
    talk.forges(
        "a", [codeword(ek, 200), FILLER], "WaitEk: a filler from the generator: one failure, none kept"
    )
    words = [codeword(ek, 200), codeword(other, 200)]
    talk.forges("a", words, "WaitEk: an index above 31, and again with another symbol: the first is kept")
    talk.exchanges("b", "fillers")
    talk.forges("a", symbols(ek, 254, 3), "WaitEk: three")
    words = [*symbols(ek, 9), *symbols(other, 10, 11, 12)]
    talk.forges("a", words, "WaitEk: the fourth completes EK_1; the others are of no use any more")
    talk.forges("a", symbols(ek, 20, 21), "SendCt: codewords of EK_1 are late")
    ct = talk.sides["b"].kem.sends
    talk.forges("b", symbols(ct, 77, 3), "SendEk: the first codewords of CT_1: WaitCt, with two")
    talk.forges("b", symbols(ct, 77, 5), "WaitCt: one of them again: three")
    talk.forges("b", symbols(ct, 6, 7), "WaitCt: the fourth completes CT_1")
    talk.forges("b", symbols(ct, 8, 9), "WaitEk: codewords of CT_1 are late")
    words = symbols(other, 40, 41)
    talk.forges("a", words, "SendCt: the epoch is in use: SendEk; codewords of CT_2 beside it are ignored")
    talk.forges("b", [FILLER, FILLER], "WaitEk: fillers from the generator: one failure")
    talk.exchanges("a", "goes on")
    talk.exchanges("b", "goes on too")
    talk.shows("a", "b")
    return good("conversation/hostile-words", "codewords in each of the four states", **talk.recorded())


def bad_ek() -> Fields:
    """Three failures mark the session; messages go on, and a good object is taken after all."""
    talk = Hostile("05/bad-ek")
    ek, authenticator = talk.sides["a"].kem.sends, talk.sides["a"].kem.authenticator
    key = b"\xff" * 3 + ek[3:1568]
    unreduced = key + prf(authenticator, b"kem/ek", talk.sides["a"].kem.sid + u32(1) + key)[0]
    broken = flipped(ek, 1599)
    mixed = [*symbols(ek, 0, 1, 2), codeword(broken, 9)]
    talk.forges("a", symbols(broken, 0, 1, 2, 3), "one bit of the tag: the first failure")
    talk.forges("a", symbols(unreduced, 9, 8, 7, 6), "a good tag over a key that is refused: the second")
    talk.exchanges("b", "answer")
    talk.forges("a", mixed, "one codeword of another object: the third, and the session is marked")
    talk.shows("b")
    talk.forges("a", symbols(broken, 30, 31), "two bad codewords more")
    words = [*symbols(broken, 33, 34), *symbols(ek, 35, 36)]
    talk.forges("a", words, "the fourth failure; the codewords that follow in the message are ignored")
    talk.exchanges("a", "good", FOUR_RIDE)
    talk.shows("a", "b")
    return good("conversation/bad-ek", "EK_1 with one fault each (KR-9)", **talk.recorded())


def bad_ct() -> Fields:
    """As `bad_ek`, for the other object."""
    talk = Hostile("05/bad-ct")
    talk.exchanges("a", "ek", FOUR_RIDE)
    ct = talk.sides["b"].kem.sends
    talk.forges("b", symbols(flipped(ct, 0), 0, 1, 2, 3), "one bit of ct: the first failure")
    talk.forges("b", symbols(flipped(ct, 1568), 0, 1, 2, 3), "one bit of the tag: the second")
    talk.exchanges("a", "a goes on")
    talk.exchanges("b", "ct", FOUR_RIDE)
    talk.shows("a", "b")
    return good("conversation/bad-ct", "CT_1 with one fault each (KR-9)", **talk.recorded())


def _cases(header: Header, arrived: int, epoch: int) -> list[tuple[str, str, Header]]:
    """Places that RT-11 and KR-5 refuse; the receiver has installed `epoch` and not used it."""
    turn = header._replace(e=epoch, n_pq=0, pn_pq=arrived)
    return [
        ("n_pq is 2^20", SKIPPED, header._replace(n_pq=MAX_CHAIN)),
        ("the greatest n_pq", SKIPPED, header._replace(n_pq=2**32 - 1)),
        ("pn_pq above 2^20", SKIPPED, header._replace(pn_pq=MAX_CHAIN + 1)),
        ("1,001 steps of the KEM chain", SKIPPED, header._replace(n_pq=arrived + 1001)),
        ("an epoch that is not installed", SKIPPED, turn._replace(e=epoch + 1)),
        ("the greatest epoch", SKIPPED, turn._replace(e=2**32 - 1)),
        ("the new epoch, 1,001 steps in it", SKIPPED, turn._replace(n_pq=1001)),
        ("the new epoch, 1,001 steps before it", SKIPPED, turn._replace(pn_pq=arrived + 1001)),
        ("the new epoch, 1,001 steps in both", SKIPPED, turn._replace(n_pq=400, pn_pq=arrived + 601)),
        ("a place of the KEM chain that was opened", REPLAYED, header._replace(n_pq=0)),
    ]


def places() -> Fields:
    """Places that no honest peer names."""
    talk = Hostile("05/places")
    header = ratchet.next_header(talk.sides["a"])._replace(e=1)
    talk.refuses_bytes("b", talk.forged("a", pad(b"x"), header), "epoch 1 in the first message", SKIPPED)
    talk.exchanges("a", "ek", FOUR_RIDE)
    for comment, error, hostile in _cases(ratchet.next_header(talk.sides["a"]), 1, 1):
        talk.refuses_bytes("b", talk.forged("a", pad(b"hello"), hostile), comment, error)
    talk.says("a", "next")
    state = talk.sides["a"]
    fresh = ratchet.next_header(state)._replace(n=0)
    talk.refuses_bytes(
        "b", talk.forged("a", pad(b"hello"), fresh), "a place of the EC chain that was opened", REPLAYED
    )
    talk.hears("b", "next")
    return good("conversation/places", "what KR-5 and RT-11 refuse", **talk.recorded())


def strange_places() -> Fields:
    """A pn_pq that is not compared, and a thousand steps that are taken."""
    talk = Hostile("05/strange-places")
    talk.exchanges("a", "ek", FOUR_RIDE)
    odd = ratchet.next_header(talk.sides["a"])._replace(pn_pq=7)
    talk.hears_bytes("b", talk.forged("a", pad(b"odd"), odd), "within an epoch pn_pq is not compared")
    talk.loses("a", 1, b"x" * 700)
    talk.exchanges("b", "ct", FOUR_RIDE)
    header = ratchet.next_header(talk.sides["a"])
    if header[3:] != (1, 2, 0):
        raise AssertionError(header)
    low = header._replace(pn_pq=1)
    talk.hears_bytes("b", talk.forged("a", pad(b"low"), low), "a pn_pq of 1 where two have arrived")
    return good("conversation/strange-places", "what a header may say besides", **talk.recorded())


def blocks() -> Fields:
    """Blocks that WI-7 refuses, well sealed."""
    talk = Hostile("05/blocks")
    talk.exchanges("a", "first")
    words = symbols(talk.sides["a"].kem.sends, 4, 5)
    block = pad(b"hello", words)
    tail = len(block) - 2 * CODEWORD
    spoiled = FILLER[:-1] + b"\1"
    faults = {
        "no slot where two fit": b"\0" + block[1:tail] + bytes(2 * CODEWORD),
        "one slot where two fit": b"\1" + block[1:tail] + bytes(CODEWORD) + words[1],
        "three slots where two fit": b"\3" + block[1:],
        "255 slots": b"\xff" + block[1:],
        "slots counted two, absent": b"\0" + block[1:],
        "the first byte of the zero area is not zero": block[:8] + b"\1" + block[9:],
        "the last byte of the zero area is not zero": block[: tail - 1] + b"\1" + block[tail:],
        "a filler that is not followed by zeros": pad(b"hello", [words[0], spoiled]),
        "a filler with one bit in front": pad(b"hello", [b"\xff\1" + bytes(399), words[1]]),
    }
    for comment, raw in faults.items():
        talk.refuses_bytes("b", talk.forged("a", raw), comment, AUTHENTICATION)
    full = pad(b"f" * 1021)
    talk.refuses_bytes("b", talk.forged("a", b"\1" + full[1:]), "a slot where none fits", AUTHENTICATION)
    talk.exchanges("a", "second")
    return good("conversation/blocks", "blocks with one fault each", **talk.recorded())
