"""The KEM ratchet's four-state machine without its cryptography: two sides, a network that does anything.

    SendEk --first CT codeword--> WaitCt --CT complete, e + 1--> WaitEk
    WaitEk --EK complete--> SendCt --header of epoch e, e + 1--> SendEk

A key or a ciphertext is the set of its codewords that have arrived. The network keeps every message
for ever and delivers any of them, at any time, as often as it likes, or never: that covers loss,
delay, reordering and repetition, and more than the real session lets through, which refuses repeats.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, NamedTuple


class Phase(Enum):
    """What a side does in its epoch."""

    SEND_EK = "SendEk"
    WAIT_CT = "WaitCt"
    WAIT_EK = "WaitEk"
    SEND_CT = "SendCt"


class Kind(Enum):
    """What a message carries."""

    EK = "EK"
    CT = "CT"
    FILLER = "filler"


class Fault(Enum):
    """A mistake that an implementation could make; the checks must find each."""

    NONE = "none"
    SENDS_BEFORE_PROOF = "the encapsulator uses the epoch as soon as it has the secret"
    MOVES_WITHOUT_PROOF = "the encapsulator goes on at any message of its peer"
    STOPS_EK_EARLY = "the generator stops sending its key at any message of its peer"
    NEVER_SWITCHES = "the generator decapsulates and keeps the old epoch for sending"
    FORGETS_CODEWORDS = "the collector starts anew with each message"


class Message(NamedTuple):
    """One message: its header's epoch and one codeword."""

    header_epoch: int
    kind: Kind
    epoch: int
    codeword: int


@dataclass(frozen=True, slots=True)
class Rules:
    """How many codewords are needed, how many there are, and what is done wrong."""

    needed: int
    codewords: int
    fault: Fault = Fault.NONE


@dataclass(frozen=True, slots=True)
class Side:
    """One side: `epoch` is being agreed, `sending` is in its headers, `receiving` is the peer's newest.

    `installed` is the last epoch of which it could open a message; `spoken` tells whether it has
    sent since it took `sending` up.
    """

    phase: Phase
    epoch: int = 1
    sending: int = 0
    receiving: int = 0
    installed: int = 0
    collected: frozenset[int] = frozenset()
    spoken: bool = False


INITIATOR: Final = Side(Phase.SEND_EK)
RESPONDER: Final = Side(Phase.WAIT_EK)
_EMITS: Final = {Phase.SEND_EK: Kind.EK, Phase.WAIT_CT: Kind.EK, Phase.SEND_CT: Kind.CT}
_AWAITS: Final = {Phase.SEND_EK: Kind.CT, Phase.WAIT_CT: Kind.CT, Phase.WAIT_EK: Kind.EK}


class BrokenPromiseError(Exception):
    """A reachable step that the protocol says cannot happen."""


def sendable(side: Side, rules: Rules) -> Iterator[Message]:
    """Yield each message that the side may send next."""
    kind = _EMITS.get(side.phase)
    silent = side.phase is Phase.WAIT_CT and rules.fault is Fault.STOPS_EK_EARLY
    if kind is None or silent:
        yield Message(side.sending, Kind.FILLER, side.epoch, 0)
    else:
        for codeword in range(rules.codewords):
            yield Message(side.sending, kind, side.epoch, codeword)


def send(side: Side) -> Side:
    """Note that the side has sent in its sending epoch."""
    return replace(side, spoken=True)


def receive(side: Side, message: Message, rules: Rules) -> Side:
    """Take one message; raises `BrokenPromiseError` where no correct peer could have brought it about."""
    step = message.header_epoch - side.receiving
    if step > 1:
        raise BrokenPromiseError("the peer's epoch moved by more than one")
    if message.header_epoch > side.installed:
        raise BrokenPromiseError("a message uses an epoch that its receiver has not installed")
    side = replace(side, receiving=max(side.receiving, message.header_epoch))
    return _advance(_collect(side, message, rules), message, rules)


def _collect(side: Side, message: Message, rules: Rules) -> Side:
    if message.epoch != side.epoch or _AWAITS.get(side.phase) is not message.kind:
        return side
    kept = frozenset[int]() if rules.fault is Fault.FORGETS_CODEWORDS else side.collected
    return replace(side, collected=kept | {message.codeword})


def _advance(side: Side, message: Message, rules: Rules) -> Side:
    fault = rules.fault
    complete = len(side.collected) >= rules.needed
    match side.phase:
        case Phase.SEND_EK if side.collected or fault is Fault.STOPS_EK_EARLY:
            return _advance(replace(side, phase=Phase.WAIT_CT), message, rules)
        case Phase.WAIT_CT if complete:
            sending = side.sending if fault is Fault.NEVER_SWITCHES else side.epoch
            return _next_epoch(replace(side, installed=side.epoch), sending, Phase.WAIT_EK)
        case Phase.WAIT_EK if complete:
            installed = replace(side, phase=Phase.SEND_CT, installed=side.epoch, collected=frozenset())
            return _switch(installed, side.epoch) if fault is Fault.SENDS_BEFORE_PROOF else installed
        case Phase.SEND_CT if message.header_epoch == side.epoch or fault is Fault.MOVES_WITHOUT_PROOF:
            return _next_epoch(side, side.epoch, Phase.SEND_EK)
        case _:
            return side


def _next_epoch(side: Side, sending: int, phase: Phase) -> Side:
    moved = replace(side, phase=phase, epoch=side.epoch + 1, collected=frozenset())
    return _switch(moved, sending)


def _switch(side: Side, sending: int) -> Side:
    if sending == side.sending:
        return side
    if not side.spoken:
        raise BrokenPromiseError("a side left an epoch in which it had not sent")
    return replace(side, sending=sending, spoken=False)
