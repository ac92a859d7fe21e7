"""08, MB-11: what each side of a connection does not take, frame after frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.reference.frames import BLOB_STATE, CLIENT_HELLO, RELAY_HELLO, SUBSCRIBED, read_frame
from tests.reference.hello import NO_VERSION, VERSION, judge_hello
from tests.reference.refusal import FRAME, RefusedError, require

if TYPE_CHECKING:
    from tests.reference.values import Value

DONE, ACCEPTED, DELIVER, PREKEYS, LOW_SHELF, FAILED, GOODBYE, CAUGHT_UP = (
    129,
    130,
    131,
    132,
    133,
    134,
    135,
    136,
)
SUBMIT, SUBSCRIBE, FETCH, LOOK, GET, CHUNK = 4, 5, 10, 14, 15, 139
MAX_UNANSWERED = 1024
SPECIAL = {SUBMIT: ACCEPTED, SUBSCRIBE: SUBSCRIBED, FETCH: PREKEYS, LOOK: BLOB_STATE, GET: CHUNK}


@dataclass
class RelaySide:
    """What the relay remembers of a connection."""

    greeted: bool = False
    unanswered: set[Value] = field(default_factory=set)

    def hears(self, raw: bytes) -> list[Value]:
        """Take a frame of the client's."""
        value = read_frame("client", raw)
        require(FRAME, (value[0] == CLIENT_HELLO) != self.greeted)
        if not self.greeted:
            self.greeted = True
            require(NO_VERSION, _number(value[1]) <= VERSION <= _number(value[2]))
            return value
        require(FRAME, value[1] not in self.unanswered, len(self.unanswered) < MAX_UNANSWERED)
        self.unanswered.add(value[1])
        return value

    def says(self, value: list[Value]) -> None:
        """Note what the relay answered."""
        if value[0] in {DONE, ACCEPTED, PREKEYS, FAILED, SUBSCRIBED, BLOB_STATE, CHUNK}:
            self.unanswered.discard(value[1])


@dataclass
class ClientSide:
    """What the client remembers of a connection; `expected` is nonce, SHA-256 of the key, and pin."""

    expected: tuple[bytes, bytes, bytes]
    greeted: bool = False
    asked: dict[Value, Value] = field(default_factory=dict)
    sequences: dict[Value, int] = field(default_factory=dict)
    lengths: dict[Value, int] = field(default_factory=dict)

    def says(self, value: list[Value]) -> None:
        """Note what the client asked."""
        if value[0] != CLIENT_HELLO:
            self.asked[value[1]] = value[0]
        if value[0] == GET:
            self.lengths[value[1]] = _number(value[5])
        if value[0] == SUBSCRIBE:
            self.sequences[value[2]] = 0

    def hears(self, raw: bytes) -> list[Value]:
        """Take a frame of the relay's."""
        value = read_frame("relay", raw)
        kind = value[0]
        if kind == RELAY_HELLO:
            require(FRAME, not self.greeted)
            self.greeted = True
            return judge_hello(raw, *self.expected)
        if kind in {DELIVER, LOW_SHELF, CAUGHT_UP}:
            self._notice(value)
        elif kind == FAILED and value[1] == 0:
            require(NO_VERSION, value[2] != 7)
            require("RemoteError", value[2] != 11)
        elif kind != GOODBYE:
            self._answer(value)
        return value

    def _notice(self, value: list[Value]) -> None:
        require(FRAME, value[1] in self.sequences)
        if value[0] == DELIVER:
            require(FRAME, _number(value[2]) > self.sequences[value[1]])
            self.sequences[value[1]] = _number(value[2])

    def _answer(self, value: list[Value]) -> None:
        require(FRAME, value[1] in self.asked)
        kind = self.asked.pop(value[1])
        require(FRAME, value[0] in {FAILED, SPECIAL.get(_number(kind), DONE)})
        if value[0] == CHUNK:
            require(FRAME, len(bytes(value[2])) <= self.lengths[value[1]])  # type: ignore[arg-type]  # read as such


def _number(value: Value) -> int:
    if not isinstance(value, int):
        raise RefusedError(FRAME)
    return value
