"""Any schedule: who seals, what arrives when, what the network, the disk and a thief do in between."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from securemsg.errors import FrameError, RemoteError
from securemsg.ratchet.errors import Replayed, Unrecognised
from securemsg.ratchet.skipped import Place, Which
from securemsg.ratchet.snapshot import decode_state, encode_state
from securemsg.ratchet.state import MAX_PAST_CHAINS, Active, ReceivingChain
from securemsg.wire import envelope
from securemsg.wire.envelope import Message
from tests.ratchet.parties import SIZES, Party, Rows, parties
from tests.ratchet.thief import Thief, Watched

places = st.integers(0, 2**16)
sides = st.sampled_from((0, 1))

ENVELOPES = {0: 1_179, 1: 1_179, 2: 1_179, 4: 4_251}
"""Bytes of an envelope by the codewords in it, whatever the state: 155 more than its block."""


@dataclass(frozen=True)
class Letter:
    """A sealed message on its way, with what the model knows of it."""

    receiver: int
    message: Message
    content: bytes
    ec: Place
    kem: Place


class Conversation(RuleBasedStateMachine):
    """Two parties over a network that does what it likes.

    S01, S02, S03, S07, S08, S09, S11, K23 and K25: every message that arrives opens exactly once with
    what was said, unless its chain is too old (I1 to I3); no key repeats (I4); everything else is refused
    and leaves every byte as it was (I5); a thief falls behind for good (I9).
    """

    def __init__(self) -> None:
        super().__init__()
        self.parties = parties(1)
        self.watched = [Watched(party.entropy) for party in self.parties]
        for party, entropy in zip(self.parties, self.watched, strict=True):
            party.entropy = entropy
        self.strangers = parties(2)
        self.strangers[1].open(self.strangers[0].seal(b"another session"))
        self.thieves: dict[int, Thief] = {}
        self.on_the_way: list[Letter] = []
        self.opened: list[Letter] = []
        self.fresh: set[bytes] = set()
        self.said = 0

    @rule(side=sides, slots=st.sampled_from((0, 1, 2, 2, 4, 4)))
    def seal(self, side: int, slots: int) -> None:
        """One side says something new, if it can."""
        sender = self.parties[side]
        if not isinstance(sender.state, Active):
            return
        self.said += 1
        content = (b"%d" % self.said).ljust(SIZES[slots], b".")
        sending, epoch = sender.state.sending, sender.state.epoch_sending
        ec = Place(Which.EC, _sending_index(side, sender.state.receiving), sending.number)
        message = sender.seal(content)
        assert len(envelope.encode(message)) == ENVELOPES[slots]
        kem = Place(Which.KEM, epoch.epoch, epoch.number)
        self.on_the_way.append(Letter(1 - side, message, content, ec, kem))
        # The commitment tells the key of the body apart, the nonce that of the header.
        for fresh in (message.commitment, message.sealed_header[:12]):
            assert fresh not in self.fresh
            self.fresh.add(fresh)

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
        thief = self.thieves.get(letter.receiver)
        if thief is not None:
            # I9: the epoch is what a thief ends with who breaks every X25519.
            read, known = thief.hears(letter.message), letter.kem.chain <= thief.last_epoch
            assert read <= known
            assert read == known or thief.lost

    @rule(slots=st.sampled_from((1, 2, 4)))
    def round_trip(self, slots: int) -> None:
        """Both sides hear each other at once, so that chains and epochs age."""
        for side in (0, 1):
            self.seal(side, slots)
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

    @rule(side=sides)
    def steal(self, side: int) -> None:
        """Somebody copies all that a side holds, and listens from then on."""
        if isinstance(self.parties[side].state, Active) and side not in self.thieves:
            self.thieves[side] = Thief(self.parties[side], self.watched[side])

    @invariant()
    def keeps_no_more_than_it_needs(self) -> None:
        """No key of an opened message is kept."""
        for side, party in enumerate(self.parties):
            done = [letter for letter in self.opened if letter.receiver == side]
            assert {place for letter in done for place in (letter.ec, letter.kem)}.isdisjoint(party.rows)

    def _too_old(self, letter: Letter) -> bool:
        state = self.parties[letter.receiver].state
        receiving = state.receiving if isinstance(state, Active) else None
        return receiving is not None and letter.ec.chain < receiving.index - MAX_PAST_CHAINS

    @staticmethod
    def _refuse(party: Party, message: Message, error: type[RemoteError]) -> None:
        before = party.stored()
        with pytest.raises(error):
            party.open(message)
        assert party.stored() == before


class Restored(Conversation):
    """The same, while sides come back from older copies of what they stored.

    R01: what is opened is what was said (I3), no key repeats (I4), a refusal changes nothing (I5). What was
    sealed or heard since the copy may be lost, and the session may have to be replaced.
    """

    def __init__(self) -> None:
        super().__init__()
        self.copies: dict[int, tuple[bytes, Rows, int]] = {}

    @rule(side=sides)
    def copy(self, side: int) -> None:
        """A side's disk is copied."""
        party = self.parties[side]
        if isinstance(party.state, Active):
            self.copies[side] = (encode_state(party.state), Rows(party.rows), len(self.opened))

    @precondition(lambda self: self.copies)
    @rule(side=sides)
    def roll_back(self, side: int) -> None:
        """A side's copy takes the place of its disk."""
        if side in self.copies:
            record, rows, heard = self.copies[side]
            self.parties[side].state, self.parties[side].rows = decode_state(record), Rows(rows)
            since = [letter for letter in self.opened[heard:] if letter.receiver == side]
            self.opened = [letter for letter in self.opened if letter not in since]
            # What the other side's copy counts from is not there any more.
            self.copies = {side: self.copies[side]}

    @precondition(lambda self: self.on_the_way)
    @rule(which=places)
    def deliver(self, which: int) -> None:
        """Something arrives; it is opened as it was said, or refused without a trace."""
        letter = self.on_the_way.pop(which % len(self.on_the_way))
        receiver = self.parties[letter.receiver]
        before = receiver.stored()
        try:
            content = receiver.open(letter.message)
        except RemoteError:
            assert receiver.stored() == before
        else:
            assert content == letter.content
            self.opened.append(letter)

    @precondition(lambda self: self.opened)
    @rule(which=places)
    def duplicate(self, which: int) -> None:
        """Something arrives again."""
        letter = self.opened[which % len(self.opened)]
        self._refuse(self.parties[letter.receiver], letter.message, RemoteError)


def _sending_index(side: int, receiving: ReceivingChain | None) -> int:
    """Return which of the peer's receiving chains `side` seals now."""
    if side == 0:
        return 0 if receiving is None else receiving.index + 1
    assert receiving is not None
    return receiving.index


Conversation.TestCase.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
Restored.TestCase.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
TestConversation = Conversation.TestCase
TestRestored = Restored.TestCase
