"""Vectors of 05, sections 5 to 7: whole conversations in which the KEM ratchet turns."""

from __future__ import annotations

from tests.reference.case import Fields, good, written
from tests.reference.refusal import REPLAYED
from tests.reference.writers.conversation import Conversation
from tests.reference.writers.machine_faults import (
    bad_ct,
    bad_ek,
    blocks,
    hostile_words,
    places,
    strange_places,
)

LENGTHS = {0: 700, 1: 400, 2: 100, 3: 2600, 4: 2100}  # of a content with which so many codewords ride


def words(count: int, mark: str) -> bytes:
    """Give a content beside which exactly so many codewords ride."""
    return mark.encode()[:1] * LENGTHS[count]


def _ping_pong(name: str, riding: str, comment: str) -> Fields:
    """Everything arrives; the digits of `riding` tell how many codewords ride with each message."""
    talk = Conversation(f"05/{name}")
    for number, count in enumerate(riding):
        talk.exchanges("ab"[number % 2], str(number), words(int(count), "ab"[number % 2]))
    talk.shows("a", "b")
    return good(f"conversation/{name}", comment, **talk.recorded())


def _lost_symbols() -> Fields:
    """One codeword a message; most are lost, so that no object arrives by its own four words."""
    talk = Conversation("05/lost-symbols")
    talk.says("a", "0", words(1, "a"))  # index 0, never arrives
    talk.exchanges("a", "1", words(1, "a"))
    talk.exchanges("b", "heard", b"a message with fillers")
    talk.loses("a", 29, words(1, "a"))
    for key in ("31", "32 is 0 again", "33 is 1 again"):
        talk.exchanges("a", key, words(1, "a"))
    talk.exchanges("a", "34", words(1, "a"))  # index 2: the fourth
    talk.loses("b", 4, words(1, "b"))
    for key in ("4", "5", "6", "7"):
        talk.exchanges("b", key, words(1, "b"))
    talk.hears("b", "0")
    talk.exchanges("a", "uses", b"in epoch 1")
    talk.shows("a", "b")
    comment = "parity symbols are needed, and the 33rd codeword has index 0 again"
    return good("conversation/lost-symbols", comment, **talk.recorded())


def _three_epochs() -> Fields:
    """Loss, reordering and repeats over three epochs, two codewords a message."""
    talk = Conversation("05/three-epochs")
    for turn in range(16):
        for who, other in ("ab", "ba"):
            key = f"{who}{turn}"
            talk.says(who, f"{key} first")
            if turn % 4 == 1:
                talk.loses(who, 1)
            talk.says(who, f"{key} second")
            if turn % 3 == 0:
                talk.hears(other, f"{key} second", f"{key} first")
            else:
                talk.hears(other, f"{key} second")
        if talk.sides["a"].kem.receiving.epoch == talk.sides["b"].kem.receiving.epoch == 3:
            break
    talk.shows("a", "b")
    late = f"a{turn - 2} first"
    talk.hears("b", late)
    talk.refuses("b", late, "a repeat, in an earlier epoch and a past chain", REPLAYED)
    talk.refuses("a", f"b{turn} second", "a repeat of the newest", REPLAYED)
    return good("conversation/three-epochs", "epochs 0 to 3 with loss and reordering", **talk.recorded())


def _late() -> Fields:
    """Messages of an epoch that arrive when the next one is in use."""
    talk = Conversation("05/late")
    for key in ("first", "second"):
        talk.says("a", key)
    talk.hears("b", "first")
    talk.says("b", "early")
    talk.says("b", "seen")
    talk.hears("a", "seen")
    talk.exchanges("a", "third")  # the four codewords of EK_1 are there: B installs epoch 1
    talk.hears("b", "second")
    for key in ("ct", "ct too"):
        talk.exchanges("b", key)
    talk.says("b", "ct more")  # A does not wait any more
    talk.exchanges("a", "epoch 1")  # B sends in epoch 1 from here
    talk.exchanges("b", "b in epoch 1")  # two messages of epoch 0 are still on the way
    talk.hears("a", "ct more")
    talk.hears("a", "early")
    talk.refuses("a", "early", "a repeat of a message of epoch 0", REPLAYED)
    talk.refuses("b", "second", "a repeat of a message of epoch 0", REPLAYED)
    talk.exchanges("a", "goes on")
    talk.shows("a", "b")
    return good("conversation/late", "skipped keys of an epoch that is over", **talk.recorded())


def _nothing_rides() -> Fields:
    talk = Conversation("05/nothing-rides")
    for number in range(6):
        talk.exchanges("ab"[number % 2], str(number), words(0, "ab"[number % 2]))
    for content in (b"x" * 620, b"x" * 621, b"x" * 219, b"x" * 220):
        talk.exchanges("a", str(len(content)), content)
    talk.shows("a", "b")
    comment = "without room in the padding nothing moves; then the lengths at which one and two fit"
    return good("conversation/nothing-rides", comment, **talk.recorded())


def file() -> str:
    """Give the text of 05-machine.json."""
    tests = [
        _ping_pong("two-ride", "2" * 8, "two codewords in each message: an epoch takes seven messages"),
        _ping_pong("four-ride", "4" * 4, "four codewords in each message: an epoch takes three messages"),
        _ping_pong("mixed-ride", "013201110", "0, 1, 2 and 3 codewords"),
        _lost_symbols(),
        _three_epochs(),
        _late(),
        _nothing_rides(),
        hostile_words(),
        bad_ek(),
        bad_ct(),
        places(),
        strange_places(),
        blocks(),
    ]
    return written("05", "KR-1 KR-2 KR-3 KR-4 KR-5 KR-6 KR-7 KR-8 KR-9 KR-10 RT-11 RT-12 WI-7", tests)
