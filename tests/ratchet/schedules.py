"""Seeded random schedules: `python -m tests.ratchet.schedules --count 10000`.

Two parties talk over a network that loses up to two messages of five, repeats, holds back and reorders;
then it calms down. Whatever arrived must have opened once, and a new epoch must come about.
"""

from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field

from securemsg.errors import RemoteError
from securemsg.ratchet.errors import Unrecognised
from securemsg.ratchet.state import MAX_PAST_CHAINS, Active
from securemsg.wire.envelope import Message
from tests.ratchet.parties import SIZES, Party, parties
from tests.store.chance import Chance

MESSAGES = 60
"""Sealed in the storm of one schedule, at most."""

CALM = 30
"""Messages in ping-pong, one codeword each, within which an epoch must complete: two times 15."""


class Broken(Exception):  # noqa: N818  # what a schedule has found
    """A property does not hold."""


@dataclass
class Weather:
    """How likely each thing is, out of one."""

    loss: float
    repetition: float
    delay: float
    holding: float
    """Of a message that arrives when the storm is over."""
    turn: float
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, chance: Chance) -> "Weather":
        """Draw the weather of one schedule."""
        return cls(
            loss=chance.random() * 0.4,
            repetition=chance.random() * 0.3,
            delay=chance.random(),
            holding=chance.random() * 0.2,
            turn=chance.random(),
            sizes=chance.choice([(1,), (2,), (4,), (0, 1), (0, 1, 2, 4), (1, 2)]),
        )


@dataclass
class Sent:
    """A message on its way."""

    receiver: int
    message: Message
    content: bytes
    chain: int


@dataclass
class Schedule:
    """One run."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = Chance(self.seed)
        self._parties = parties(self.seed)
        self._way: list[Sent] = []
        self._held: list[Sent] = []
        self._opened: list[Sent] = []
        self._said = 0

    def run(self) -> None:
        """Let the storm pass and the calm follow; raises `Broken`."""
        self._storm(Weather.of(self._chance))
        self._way += self._held
        while self._way:
            self._arrive(self._way.pop(self._chance.randrange(len(self._way))))
        for sent in self._opened:
            self._repeat(sent)
        self._calm()

    def _storm(self, weather: Weather) -> None:
        chance, side = self._chance, 0
        for _ in range(chance.randrange(10, MESSAGES)):
            if chance.random() < weather.turn:
                side = 1 - side
            self._say(side, chance.choice(weather.sizes))
            if chance.random() < weather.loss:
                self._way.pop()
                self.counts["lost"] += 1
            elif chance.random() < weather.holding:
                self._held.append(self._way.pop())
            while self._way and chance.random() >= weather.delay:
                self._arrive(self._way.pop(chance.randrange(len(self._way))))
            if self._opened and chance.random() < weather.repetition:
                self._repeat(chance.choice(self._opened))
            if chance.random() < 0.05:
                self._restart(chance.randrange(2))

    def _calm(self) -> None:
        first, second = self._chance.choice([self._parties, self._parties[::-1]])
        if not isinstance(first.state, Active):
            first, second = second, first
        before = [party.state.epoch_sending.epoch for party in self._parties]
        for number in range(CALM):
            sender, receiver = (first, second) if number % 2 == 0 else (second, first)
            content = b"%d" % number + b"." * SIZES[1]
            if receiver.open(sender.seal(content)) != content:
                raise Broken(f"schedule {self.seed}: another content")
        after = [party.state.epoch_sending.epoch for party in self._parties]
        if min(after) <= max(before):
            raise Broken(f"schedule {self.seed}: no new epoch after {CALM} messages: {before}, {after}")
        if any(party.state.machine.epochs.failures for party in self._parties):
            raise Broken(f"schedule {self.seed}: a tag was bad")
        self.counts["epochs"] += max(after)

    def _say(self, side: int, slots: int) -> None:
        sender = self._parties[side]
        if not isinstance(sender.state, Active):
            side, sender = 0, self._parties[0]
        self._said += 1
        content = (b"%d" % self._said).ljust(SIZES[slots], b".")
        receiving = sender.active.receiving
        chain = (-1 if receiving is None else receiving.index) + (side == 0)
        self._way.append(Sent(1 - side, sender.seal(content), content, chain))
        self.counts["sealed"] += 1

    def _arrive(self, sent: Sent) -> None:
        receiver = self._parties[sent.receiver]
        if self._too_old(receiver, sent):
            self._refused(sent)
            self.counts["too old"] += 1
            return
        if receiver.open(sent.message) != sent.content:
            raise Broken(f"schedule {self.seed}: another content")
        self._opened.append(sent)
        self.counts["opened"] += 1

    def _repeat(self, sent: Sent) -> None:
        self._refused(sent)
        self.counts["repeated"] += 1

    def _refused(self, sent: Sent) -> None:
        receiver = self._parties[sent.receiver]
        before = receiver.state
        try:
            receiver.open(sent.message)
        except RemoteError as error:
            if receiver.state is not before or not self._expected(receiver, sent, error):
                raise Broken(f"schedule {self.seed}: a refusal left a trace") from error
        else:
            raise Broken(f"schedule {self.seed}: opened twice")

    def _expected(self, receiver: Party, sent: Sent, error: RemoteError) -> bool:
        return isinstance(error, Unrecognised) == self._too_old(receiver, sent)

    @staticmethod
    def _too_old(receiver: Party, sent: Sent) -> bool:
        receiving = receiver.state.receiving
        return receiving is not None and sent.chain < receiving.index - MAX_PAST_CHAINS

    def _restart(self, side: int) -> None:
        party = self._parties[side]
        if isinstance(party.state, Active):
            party.state = party.copy(party.entropy).state
            self.counts["restarts"] += 1


def run(seeds: range) -> Counter[str]:
    """Run a schedule for each seed; return what happened in all of them. Raises `Broken`."""
    total: Counter[str] = Counter()
    for seed in seeds:
        schedule = Schedule(seed)
        schedule.run()
        total += schedule.counts
    return total


def main() -> None:
    """Run as many as the command line says."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    counts = run(range(arguments.first, arguments.first + arguments.count))
    print(arguments.count, "schedules:", ", ".join(f"{count} {name}" for name, count in counts.items()))  # noqa: T201


if __name__ == "__main__":
    main()
