"""A relay that lies causes refusals, never a wrong text, a crash or a client that is stuck."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.hostile.hostile_relay import DELIVER, PREKEYS, HostileRelay, Values, honest, hostile_relay
from tests.support.programs import Person, acquainted, running_relay


@dataclass
class Scene:
    """Ann and Ben, whose relay answers through a hostile operator."""

    relay: HostileRelay
    ann: Person
    ben: Person

    def conversation(self) -> list[str]:
        """Be honest again, fetch all, and return what Ben read from Ann."""
        self.relay.tamper = honest
        for _ in range(3):
            self.ann.do("receive", "--wait", "0.5")
            self.ben.do("receive", "--wait", "1")
        return self.ben.texts("ann", "in")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with running_relay(tmp_path) as real, hostile_relay(real.port, real.data) as hostile:
        real.address = real.address.replace(f":{real.port}#", f":{hostile.port}#")
        yield Scene(hostile, *acquainted(tmp_path, real, "ann", "ben"))


def changed(values: Values, **fields: bytes | int) -> list[bytes]:
    """Return the frame with the fields `_N` of `values` replaced."""
    rewritten = list(values)
    for name, value in fields.items():
        rewritten[int(name.removeprefix("f"))] = value
    return [frame(encode(rewritten))]


def test_a_relay_that_replays_every_envelope_shows_each_text_once(scene: Scene) -> None:
    """S01, R05: the same envelope under new numbers is recognised."""
    position = 0

    def replay(values: Values) -> list[bytes]:
        nonlocal position
        if values[0] != DELIVER:
            return honest(values)
        position += 3
        copies: list[dict[str, bytes | int]] = [
            {"f2": position},
            {"f2": position + 1},
            {"f2": position + 2, "f3": bytes([position] * 16)},
        ]
        return [piece for copy in copies for piece in changed(values, **copy)]

    for number in range(3):
        scene.ann.do("send", "ben", f"text {number}")
    scene.relay.tamper = replay
    scene.ben.run("receive", "--wait", "1")
    assert scene.relay.tampered > 0
    assert scene.conversation() == ["text 0", "text 1", "text 2"]


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_relay_that_flips_a_bit_gets_the_envelope_refused_and_the_next_one_through(
    scene: Scene, where: str
) -> None:
    """S07: a changed envelope is refused, those behind it are not held up."""

    def flip(values: Values) -> list[bytes]:
        if values[0] != DELIVER:
            return honest(values)
        envelope = bytearray(values[4]) if isinstance(values[4], bytes) else bytearray()
        envelope[{"first": 0, "middle": len(envelope) // 2, "last": -1}[where]] ^= 1
        return changed(values, f4=bytes(envelope))

    scene.ann.do("send", "ben", "changed on the way")
    scene.relay.tamper = flip
    scene.ben.run("receive", "--wait", "1")
    scene.relay.tamper = honest
    scene.ann.do("send", "ben", "as it was")
    assert scene.conversation()[-1] == "as it was"


def test_a_relay_that_truncates_envelopes_gets_them_refused(scene: Scene) -> None:
    """E02: a cut envelope is refused without a change."""

    def cut(values: Values) -> list[bytes]:
        if values[0] != DELIVER or not isinstance(values[4], bytes):
            return honest(values)
        return changed(values, f4=values[4][:-1])

    scene.ann.do("send", "ben", "cut on the way")
    scene.relay.tamper = cut
    assert [line for line in scene.ben.run("receive", "--wait", "1").lines if line["type"] == "message"] == []
    scene.relay.tamper = honest
    scene.ann.do("send", "ben", "whole")
    assert scene.conversation()[-1] == "whole"


def test_a_relay_that_withholds_and_reorders_shows_only_what_was_said(scene: Scene) -> None:
    """S02, S03: what is withheld comes later, what comes out of order opens."""
    held: list[bytes] = []

    def hold(values: Values) -> list[bytes]:
        if values[0] != DELIVER:
            return honest(values)
        if not held:
            held.extend(honest(values))
            return []
        return honest(values)

    texts = [f"text {number}" for number in range(4)]
    for text in texts:
        scene.ann.do("send", "ben", text)
    scene.relay.tamper = hold
    scene.ben.run("receive", "--wait", "1")
    assert set(scene.conversation()) <= set(texts)
    assert len(scene.conversation()) == len(set(scene.conversation()))


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        frame(b"\xc1"),
        frame(b"\x93\x01\x02\x03"),
        b"\x00\x00\x10\x00" + b"\x9f" * 4096,
    ],
    ids=["zero-length", "huge", "reserved", "unknown", "nested"],
)
def test_a_relay_that_answers_nonsense_gets_a_sentence_and_nothing_is_lost(
    scene: Scene, nonsense: bytes
) -> None:
    """E14, E17, E21: nonsense ends the connection, the outbox keeps the message."""
    scene.relay.tamper = lambda _values: [nonsense]
    answer = scene.ann.run("send", "ben", "kept", "--wait", "1")
    assert answer.status == 3
    assert answer.lines[-1]["state"] == "queued"
    assert "Traceback" not in answer.stderr
    scene.relay.tamper = honest
    scene.ann.do("receive", "--wait", "2")
    assert scene.conversation() == ["kept"]


def test_a_relay_that_swaps_prekeys_gets_them_refused(scene: Scene) -> None:
    """K26, K20: prekeys that are not of the pinned account seal nothing."""
    kept: list[Values] = []

    def swap(values: Values) -> list[bytes]:
        if values[0] != PREKEYS:
            return honest(values)
        kept.append(values)
        manifest = values[3] if isinstance(values[3], bytes) else b""
        return changed(values, f3=bytes(len(manifest)))

    scene.relay.tamper = swap
    answer = scene.ann.run("send", "ben", "not for the relay", "--wait", "1")
    assert kept
    assert answer.status == 3
    assert "Traceback" not in answer.stderr
    assert scene.conversation() == ["not for the relay"]
