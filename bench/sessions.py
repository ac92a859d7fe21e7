"""Our side of the library's benchmarks: two ends of a session."""

from dataclasses import dataclass, field
from typing import Final, Self

from securemsg.crypto.entropy import SystemEntropy
from securemsg.crypto.x25519 import PrivateKey
from securemsg.instant import Instant
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.opening import open_message
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.skipped import NO_CHANGES, Place, SkippedKey
from securemsg.ratchet.snapshot import encode_state
from securemsg.ratchet.start import Seed, initiate, respond
from securemsg.ratchet.state import Active
from securemsg.wire import envelope
from securemsg.wire.envelope import Message

NOW: Final = Instant(0)
entropy = SystemEntropy()


class Rows(dict[Place, SkippedKey]):
    """Skipped keys in memory."""

    def find(self, place: Place, /) -> SkippedKey | None:
        """Return the row of `place`, if there is one."""
        return self.get(place)


@dataclass
class End:
    """One end: a state that is replaced, and its rows."""

    state: Active
    rows: Rows = field(default_factory=Rows)

    def seal(self, content: bytes) -> bytes:
        """Return the envelope of `content`."""
        self.state, sealed = seal_message(self.state, content, entropy)
        return sealed

    def open(self, data: bytes) -> bytes:
        """Return the content of an envelope."""
        message = envelope.decode(data)
        if not isinstance(message, Message):
            raise TypeError
        self.state, content, rows = open_message(self.state, message, self.rows, NOW, entropy)
        if rows is not NO_CHANGES:
            self.rows.update((row.place, row) for row in rows.added)
            for place in rows.used:
                del self.rows[place]
        return content


@dataclass
class Pair:
    """Two ends that have both spoken."""

    ann: End
    ben: End

    @classmethod
    def fresh(cls) -> Self:
        """Return the ends of a new session."""
        prekey = PrivateKey.generate(entropy)
        seed = Seed(
            entropy(64),
            RootKey(entropy(32)),
            EpochSeed(entropy(32)),
            Authenticator(entropy(32)),
            HeaderKey(entropy(32)),
            HeaderKey(entropy(32)),
        )
        ann = End(initiate(seed, prekey.public(), entropy))
        message = envelope.decode(ann.seal(b"hello"))
        if not isinstance(message, Message):
            raise TypeError
        ben = End(open_message(respond(seed, prekey), message, Rows(), NOW, entropy).state)
        ann.open(ben.seal(b"hello"))
        return cls(ann, ben)

    def chain(self, content: bytes, count: int) -> None:
        """Send `count` messages one way."""
        for _ in range(count):
            self.ben.open(self.ann.seal(content))

    def ping_pong(self, content: bytes, count: int) -> None:
        """Send `count` messages, changing the direction with each."""
        for _ in range(count // 2):
            self.ben.open(self.ann.seal(content))
            self.ann.open(self.ben.seal(content))


def saved_states(pair: Pair, content: bytes, count: int) -> None:
    """Send `count` messages one way, making the record of each state that a store would write."""
    for _ in range(count):
        data = pair.ann.seal(content)
        encode_state(pair.ann.state)
        pair.ben.open(data)
        encode_state(pair.ben.state)
