"""Two ends of a ratchet, each with its rows, as a client keeps them."""

from dataclasses import dataclass, field

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.x25519 import PrivateKey
from securemsg.instant import Instant
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.opening import open_message
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.skipped import Place, RowChanges, SkippedKey, Which, surplus
from securemsg.ratchet.snapshot import decode_state, encode_state
from securemsg.ratchet.start import Seed, initiate, respond
from securemsg.ratchet.state import Active, Awaiting
from securemsg.wire.envelope import Message, decode
from tests.support.entropy import SeededEntropy

NOW = Instant(1_800_000_000_000)

SIZES = {0: 700, 1: 400, 2: 100, 3: 2_600, 4: 2_100}
"""Bytes of content beside which this many codewords travel (WI-7)."""


def _dropped(place: Place, changes: RowChanges) -> bool:
    return place.ratchet is Which.EC and place.chain in changes.dropped


class Rows(dict[Place, SkippedKey]):
    """The rows of one session, trimmed as the store trims them."""

    def find(self, place: Place, /) -> SkippedKey | None:
        """Return the row of `place`, if there is one."""
        return self.get(place)

    def apply(self, changes: RowChanges, now: Instant) -> None:
        """Do what a step asks for, and trim."""
        self.update((row.place, row) for row in changes.added)
        gone = [
            place
            for place in self
            if place in changes.used or (place.ratchet is Which.EC and place.chain in changes.dropped)
        ]
        for place in gone:
            del self[place]
        for place in surplus(((row.skipped_at, place) for place, row in self.items()), now):
            del self[place]


@dataclass
class Party:
    """One end: a state that is replaced, rows, and a source of randomness."""

    state: Awaiting | Active
    entropy: Entropy
    now: Instant = NOW
    rows: Rows = field(default_factory=Rows)

    @property
    def active(self) -> Active:
        """The state of a party that can seal."""
        assert isinstance(self.state, Active)
        return self.state

    def seal(self, content: bytes) -> Message:
        """Seal and keep the new state."""
        self.state, sealed = seal_message(self.active, content, self.entropy)
        message = decode(sealed)
        assert isinstance(message, Message)
        return message

    def open(self, message: Message) -> bytes:
        """Open and keep the new state and rows; a refusal raises and keeps the old."""
        opened = open_message(self.state, message, self.rows, self.now, self.entropy)
        self.state = opened.state
        self.rows.apply(opened.rows, self.now)
        return opened.content

    def stored(self) -> tuple[object, ...]:
        """Return everything that a refused message must leave as it is, in bytes where there is a record."""
        state = encode_state(self.state) if isinstance(self.state, Active) else self.state
        rows = sorted((row.place, row.key.expose(), row.skipped_at) for row in self.rows.values())
        return state, rows

    def counts(self) -> list[int]:
        """Return how many rows there are of each ratchet."""
        return [sum(place.ratchet is which for place in self.rows) for which in Which]

    def copy(self, entropy: Entropy) -> "Party":
        """Return a thief's copy, made through the record, with randomness of its own."""
        return Party(decode_state(encode_state(self.active)), entropy, self.now, Rows(self.rows))


def parties(seed: int = 0) -> tuple[Party, Party]:
    """Return an initiator and a responder that agreed on secrets and have said nothing."""
    entropy = SeededEntropy(seed)
    prekey = PrivateKey.generate(entropy)
    shared = Seed(
        entropy(64),
        RootKey(entropy(32)),
        EpochSeed(entropy(32)),
        Authenticator(entropy(32)),
        HeaderKey(entropy(32)),
        HeaderKey(entropy(32)),
    )
    first = SeededEntropy(2 * seed + 2**32)
    second = SeededEntropy(2 * seed + 1 + 2**32)
    return Party(initiate(shared, prekey.public(), first), first), Party(respond(shared, prekey), second)


def acquainted(seed: int = 0) -> tuple[Party, Party]:
    """Return two parties that have heard each other once."""
    initiator, responder = parties(seed)
    responder.open(initiator.seal(b"first"))
    initiator.open(responder.seal(b"second"))
    return initiator, responder


def tell(sender: Party, receiver: Party, slots: int) -> None:
    """Let a message with this many codewords arrive."""
    content = b"." * SIZES[slots]
    assert receiver.open(sender.seal(content)) == content


def talk(first: Party, second: Party, slots: int, messages: int) -> None:
    """Let the two speak in turn, `first` first."""
    for number in range(messages):
        sender, receiver = (first, second) if number % 2 == 0 else (second, first)
        tell(sender, receiver, slots)


def standing(party: Party) -> tuple[str, int]:
    """Return the name of the machine's state and the highest epoch installed."""
    machine = party.state.machine
    return type(machine).__name__, machine.epochs.installed
