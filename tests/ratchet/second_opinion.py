"""Both implementations of the ratchet, ours and tests/reference, take every step of a schedule side by side.

`python -m tests.ratchet.second_opinion --count 1000` takes many schedules, each from its seed.
"""

import json
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from securemsg.crypto.kem import EncapsulationKey
from securemsg.crypto.x25519 import PrivateKey
from securemsg.errors import RemoteError
from securemsg.instant import DAY, after
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.opening import open_message
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.snapshot import decode_state, encode_state
from securemsg.ratchet.start import Seed, initiate, respond
from securemsg.ratchet.state import Active, Awaiting
from securemsg.wire.envelope import Message as Envelope
from securemsg.wire.envelope import decode
from tests.ratchet.parties import NOW, Rows
from tests.reference import case, codewords, epochs, hybrid, ratchet
from tests.reference.curve25519 import x25519_public
from tests.reference.ec import chain_step
from tests.reference.envelopes import Message, pad, slots_for
from tests.reference.header import Header
from tests.reference.machine import Draws, Sending
from tests.reference.refusal import RefusedError
from tests.reference.writers.shown import shown_state
from tests.store.chance import Chance
from tests.vectors.shown import assert_state

SIZES = (100, 400, 700, 2_100, 1, 219, 220, 620, 621, 1_021, 1_022)
"""Bytes of content: beside which zero to four codewords travel, and the lengths at which that changes."""

NUMBERS = (0, 1, 7, 999, 1_000, 1_001, 2**20 - 1, 2**20, 2**20 + 1, 2**32 - 1)
"""What a hostile peer may write into a header."""

FIELDS = ("pn", "n", "e", "pn_pq", "n_pq")
M = b"\x55" * 32
"""The randomness of every encapsulation: keys are fresh, so nothing repeats."""


def encapsulate(key: EncapsulationKey) -> tuple[bytes, bytes]:
    """Encapsulate as the reference does; to stand in for the library, which draws its own randomness."""
    return hybrid.encapsulate(key.encoded, M)


@dataclass
class Drawn:
    """Randomness that both are given; keeps whether any was taken."""

    chance: Chance
    taken: bool = False
    values: dict[int, bytes] = field(default_factory=dict)

    def __call__(self, count: int, /) -> bytes:
        """Return the draw of this length, the same each time."""
        self.taken = True
        return self.values.setdefault(count, self.chance.randbytes(count))


@dataclass
class Side:
    """One end of the session, in both implementations."""

    ours: Awaiting | Active
    theirs: ratchet.State
    rows: Rows = field(default_factory=Rows)
    before: list[tuple[Active, ratchet.State, Rows]] = field(default_factory=list)

    def agree(self) -> None:
        """Compare the whole states, and ours with its record; raises `AssertionError`."""
        known = shown_state(self.theirs)
        known["skipped_count"], known["skipped"] = len(self.theirs.rows), list(self.theirs.rows)
        assert_state(self.ours, self.rows, json.loads(json.dumps(case._plain(known))))
        if isinstance(self.ours, Active):
            assert decode_state(encode_state(self.ours)) == self.ours
            assert encode_state(decode_state(encode_state(self.ours))) == encode_state(self.ours)


class Schedule:
    """What happens to one session, as its seed says."""

    def __init__(self, seed: int) -> None:
        chance = self.chance = Chance(seed)
        secrets = ratchet.Secrets(chance.randbytes(64), *(chance.randbytes(32) for _ in range(5)))
        roles = (RootKey, EpochSeed, Authenticator, HeaderKey, HeaderKey)
        shared = Seed(secrets.t, *(role(raw) for role, raw in zip(roles, secrets[1:], strict=True)))  # type: ignore[arg-type]  # in order
        prekey, drawn = chance.randbytes(32), Drawn(chance)
        opened = initiate(shared, PrivateKey(prekey).public(), drawn)
        reference = ratchet.initiator(secrets, x25519_public(prekey), drawn(32), drawn(64))
        self.sides = (
            Side(opened, reference),
            Side(respond(shared, PrivateKey(prekey)), ratchet.responder(secrets, prekey)),
        )
        self.now = NOW
        self.sizes = chance.choice([(100,), (400,), (2_100,), SIZES])
        self.on_the_way: list[tuple[int, Message]] = []
        self.opened: list[tuple[int, Message]] = []
        self.counts = Counter[str]()

    def seal(self, number: int) -> None:
        """Let a side say something, with the same draws in both."""
        side, drawn = self.sides[number], Drawn(self.chance)
        if isinstance(side.ours, Awaiting):
            return
        content = self.chance.randbytes(self.chance.choice(self.sizes))
        side.before.append((side.ours, side.theirs, Rows(side.rows)))
        side.ours, sealed = seal_message(side.ours, content, drawn)
        nonce, salt = drawn(28)[:12], drawn(28)[12:]
        side.theirs, message, _ = ratchet.seal(side.theirs, content, salt, nonce)
        assert decode(sealed) == Envelope(*message)
        side.agree()
        self.on_the_way.append((1 - number, message))

    def open(self, number: int, message: Message) -> bool:
        """Let a side open something, with one verdict, content and state in both; tells whether it did."""
        side, drawn = self.sides[number], Drawn(self.chance)
        rows, verdict, wanted = Rows(side.rows), "", ""
        try:
            opened = open_message(side.ours, Envelope(*message), side.rows, self.now, drawn)
        except RemoteError as error:
            verdict = type(error).__name__
        drew = drawn.taken
        try:
            draws = Draws(drawn(32), drawn(64), M)
            theirs, content, _ = ratchet.open_message(side.theirs, message, draws, self.now)
        except RefusedError as refused:
            wanted = refused.kind
        assert verdict == wanted
        self.counts[verdict or "opened"] += 1
        if verdict:
            assert not drew
            assert side.rows == rows
        else:
            assert opened.content == content
            side.ours, side.theirs = opened.state, theirs
            side.rows.apply(opened.rows, self.now)
        side.agree()
        return not verdict

    def forge(self, number: int) -> None:
        """Let a hostile side, with keys of now or before, say what no honest one says."""
        side, chance = self.sides[number], self.chance
        if isinstance(side.ours, Awaiting):
            return
        state = chance.choice(side.before[-20:])[1] if side.before and chance.random() < 0.5 else side.theirs
        header, chain = ratchet.next_header(state), state.kem.sending
        key, pq_key = state.ec.cks, chain.key
        far, pq_far = (chance.choice([0, 0, 0, 1, 3, 9, 1_000, 1_001]) for _ in range(2))
        for _ in range(far):
            key, _ = chain_step(key)
        for _ in range(pq_far):
            pq_key, _ = epochs.epoch_step(pq_key)
        header = header._replace(n=header.n + far, n_pq=header.n_pq + pq_far)
        sending = Sending(chain.epoch, pq_key, header.n_pq, chain.previous)
        state = replace(state, ec=replace(state.ec, cks=key, ns=header.n))
        state = replace(state, kem=replace(state.kem, sending=sending))
        drawn = chance.randbytes(16), chance.randbytes(12)
        _, message, _ = ratchet.seal_as(state, self._wrong(header), self._block(state), drawn)
        self.open(1 - number, message)

    def _wrong(self, header: Header) -> Header:
        for name in FIELDS:
            if self.chance.random() < 0.1:
                near = getattr(header, name) + self.chance.choice([1, 2])
                header = header._replace(**{name: self.chance.choice([*NUMBERS, near])})
        if self.chance.random() < 0.1:
            header = header._replace(dh=self.chance.choice([bytes(32), b"\xff" * 32]))
        return header

    def _block(self, state: ratchet.State) -> bytes:
        content = self.chance.randbytes(self.chance.choice(self.sizes))
        carried = [
            self.chance.choice(
                [
                    codewords.codeword(state.kem.sends or bytes(1_600), self.chance.choice([0, 1, 2, 3, 31])),
                    codewords.FILLER,
                    bytes((self.chance.choice([self.chance.randrange(255), 255]),))
                    + self.chance.randbytes(400),
                ]
            )
            for _ in range(slots_for(len(content)))
        ]
        block = bytearray(pad(content, carried))
        if self.chance.random() < 0.2:
            block[self.chance.choice([0, 1, 2, self.chance.randrange(len(block))])] ^= 1
        return bytes(block)

    def _talk(self, number: int) -> None:
        for _ in range(self.chance.choice([1, 1, 2, 5, 9])):
            self.seal(number)
        self._deliver(number)

    def _deliver(self, _: int) -> None:
        if self.on_the_way:
            sent = self.on_the_way.pop(self.chance.choice([-1, -1, 0]))
            self.chance.shuffle(self.on_the_way)
            if self.open(*sent):
                self.opened.append(sent)

    def _repeat(self, _: int) -> None:
        if self.opened:
            self.open(*self.chance.choice(self.opened))

    def _damage(self, _: int) -> None:
        if self.on_the_way:
            to, message = self.chance.choice(self.on_the_way)
            name = self.chance.choice(Message._fields)
            damaged = bytearray(getattr(message, name))
            damaged[self.chance.randrange(len(damaged))] ^= 1 << self.chance.randrange(8)
            self.open(to, message._replace(**{name: bytes(damaged)}))

    def _lose(self, _: int) -> None:
        if self.on_the_way:
            self.on_the_way.pop(self.chance.randrange(len(self.on_the_way)))

    def _wait(self, _: int) -> None:
        self.now = after(self.now, self.chance.choice([1, 15 * DAY, 30 * DAY, 31 * DAY]))

    def _go_back(self, number: int) -> None:
        side = self.sides[number]
        if side.before:
            side.ours, side.theirs, rows = self.chance.choice(side.before[-9:])
            side.rows = Rows(rows)

    def _restart(self, number: int) -> None:
        side = self.sides[number]
        if isinstance(side.ours, Active):
            side.ours = decode_state(encode_state(side.ours))

    def step(self) -> None:
        """Let the next thing happen."""
        likely = {
            self._talk: 40,
            self._deliver: 25,
            self._repeat: 7,
            self._damage: 7,
            self._lose: 4,
            self._wait: 3,
            self._go_back: 2,
            self.forge: 18,
            self._restart: 3,
        }
        (thing,) = self.chance.choices(list(likely), list(likely.values()))
        thing(self.chance.randrange(2))


def run(seeds: range, steps: int) -> Counter[str]:
    """Take a schedule for each seed; return how often which verdict was given."""
    total = Counter[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EncapsulationKey, "encapsulate", encapsulate)
        for seed in seeds:
            schedule = Schedule(seed)
            for _ in range(steps):
                schedule.step()
            total += schedule.counts
    return total


def main() -> None:
    """Run as many as the command line says."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    print(run(range(arguments.first, arguments.first + arguments.count), arguments.steps))  # noqa: T201


if __name__ == "__main__":
    main()
