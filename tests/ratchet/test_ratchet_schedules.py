"""Any schedule: who seals, what arrives when, what the network and the disk do in between."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from securemsg.errors import FrameError, RemoteError
from securemsg.ratchet.errors import Replayed, Unrecognised
from securemsg.ratchet.skipped import Place, Which
from securemsg.ratchet.state import MAX_PAST_CHAINS, Active, ReceivingChain
from securemsg.wire import envelope
from securemsg.wire.envelope import Message
from tests.ratchet.parties import Party, parties

places = st.integers(0, 2**16)
sides = st.sampled_from((0, 1))


@dataclass(frozen=True)
class Letter:
    """A sealed message on its way, with what the model knows of it."""

    receiver: int
    message: Message
    content: bytes
    place: Place


class Conversation(RuleBasedStateMachine):
    """Two parties over a network that does what it likes.

    S01, S02, S03, S07, S08, S09, K23 and K25: every message that arrives opens exactly once with
    what was said, unless its chain is too old; everything else is refused and leaves every byte as it was.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parties = parties(1)
        self.strangers = parties(2)
        self.strangers[1].open(self.strangers[0].seal(b"another session"))
        self.on_the_way: list[Letter] = []
        self.opened: list[Letter] = []
        self.commitments: set[bytes] = set()
        self.nonces: set[bytes] = set()
        self.said = 0

    @rule(side=sides, size=st.sampled_from((1, 1_000, 1_022)))
    def seal(self, side: int, size: int) -> None:
        """One side says something new, if it can."""
        sender = self.parties[side]
        if not isinstance(sender.state, Active):
            return
        self.said += 1
        content = b"%d" % self.said + b"." * size
        receiving = sender.state.receiving
        chain = _sending_index(side, receiving)
        place = Place(Which.EC, chain, sender.state.sending.number)
        message = sender.seal(content)
        self.on_the_way.append(Letter(1 - side, message, content, place))
        assert message.commitment not in self.commitments
        assert message.sealed_header[:12] not in self.nonces
        self.commitments.add(message.commitment)
        self.nonces.add(message.sealed_header[:12])

    @precondition(lambda self: self.on_the_way)
    @rule(which=places)
    def deliver(self, which: int) -> None:
        """Something arrives, in any order."""
        letter = self.on_the_way.pop(which % len(self.on_the_way))
        receiver = self.parties[letter.receiver]
        if self._too_old(letter):
            self._refuse(receiver, letter.message, Unrecognised)
            return
        assert receiver.open(letter.message) == letter.content
        self.opened.append(letter)

    @rule()
    def round_trip(self) -> None:
        """Both sides hear each other at once, so that chains age."""
        for side in (0, 1):
            self.seal(side, 1)
            self.deliver(len(self.on_the_way) - 1)

    @precondition(lambda self: self.on_the_way)
    @rule(which=places)
    def drop(self, which: int) -> None:
        """Something is lost."""
        self.on_the_way.pop(which % len(self.on_the_way))

    @precondition(lambda self: self.opened)
    @rule(which=places)
    def duplicate(self, which: int) -> None:
        """Something arrives again."""
        letter = self.opened[which % len(self.opened)]
        error = Unrecognised if self._too_old(letter) else Replayed
        self._refuse(self.parties[letter.receiver], letter.message, error)

    @precondition(lambda self: self.on_the_way)
    @rule(which=places, at=places, change=st.integers(1, 255))
    def flip(self, which: int, at: int, change: int) -> None:
        """Something arrives with one byte changed, at any place of its envelope."""
        letter = self.on_the_way[which % len(self.on_the_way)]
        data = bytearray(envelope.encode(letter.message))
        data[at % len(data)] ^= change
        try:
            damaged = envelope.decode(bytes(data))
        except FrameError:
            return
        assert isinstance(damaged, Message)
        self._refuse(self.parties[letter.receiver], damaged, RemoteError)

    @precondition(lambda self: self.on_the_way)
    @rule(which=places)
    def reflect(self, which: int) -> None:
        """Something comes back to its sender."""
        letter = self.on_the_way[which % len(self.on_the_way)]
        self._refuse(self.parties[1 - letter.receiver], letter.message, Unrecognised)

    @precondition(lambda self: self.on_the_way)
    @rule(which=places, side=sides)
    def cross(self, which: int, side: int) -> None:
        """Something arrives in another session."""
        letter = self.on_the_way[which % len(self.on_the_way)]
        self._refuse(self.strangers[side], letter.message, Unrecognised)

    @rule(side=sides)
    def restart(self, side: int) -> None:
        """A side is restored from its record."""
        party = self.parties[side]
        if isinstance(party.state, Active):
            restored = party.copy(party.entropy)
            assert restored.state == party.state
            party.state, party.rows = restored.state, restored.rows

    @invariant()
    def keeps_no_more_than_it_needs(self) -> None:
        """No key of an opened message is kept."""
        for side, party in enumerate(self.parties):
            waiting = {letter.place for letter in self.opened if letter.receiver == side}
            assert waiting.isdisjoint(party.rows)

    def _too_old(self, letter: Letter) -> bool:
        state = self.parties[letter.receiver].state
        receiving = state.receiving if isinstance(state, Active) else None
        return receiving is not None and letter.place.chain < receiving.index - MAX_PAST_CHAINS

    @staticmethod
    def _refuse(party: Party, message: Message, error: type[RemoteError]) -> None:
        before = party.stored()
        with pytest.raises(error):
            party.open(message)
        assert party.stored() == before


def _sending_index(side: int, receiving: ReceivingChain | None) -> int:
    """Return which of the peer's receiving chains `side` seals now."""
    if side == 0:
        return 0 if receiving is None else receiving.index + 1
    assert receiving is not None
    return receiving.index


Conversation.TestCase.settings = settings(max_examples=300, stateful_step_count=60, deadline=None)
TestConversation = Conversation.TestCase
