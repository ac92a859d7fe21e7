"""Whatever was sealed and left: no message key serves twice, nor does a place in a chain."""

from collections.abc import Callable
from dataclasses import dataclass

from securemsg.crypto.entropy import Entropy
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.state import Active
from securemsg.session.book import Book
from securemsg.session.sending import Sealed, seal
from securemsg.wire.envelope import Message, decode
from tests.simulation.machine import MACHINE


@dataclass(frozen=True, slots=True)
class Mark:
    """Who sealed something, where, and what stands for its key: it was derived with it (Spec: RT-5)."""

    sealer: str
    place: tuple[bytes, int, bytes, int]
    """Session, side, ratchet key, number in its chain."""

    commitment: bytes
    header_nonce: bytes


class Seals:
    """Knows every envelope that was sealed, and looks at those that leave."""

    def __init__(self, excuses: Callable[[str], bool], complain: Callable[[str], None]) -> None:
        """`excuses` tells of whom a place may be used again: the home has gone back in time."""
        self._excuses = excuses
        self._complain = complain
        self._sealed: dict[bytes, Mark] = {}
        self._last: Mark | None = None
        self._left: dict[object, bytes] = {}

    def seal_message(self, state: Active, content: bytes, entropy: Entropy) -> tuple[Active, bytes]:
        """Do what the ratchet does, and remember the place."""
        after, message = seal_message(state, content, entropy)
        binding, turn = state.binding, state.turn
        place = (binding.session_id, binding.role.value, turn.ours.public, state.sending.number)
        parts = decode(message)
        assert isinstance(parts, Message)
        self._last = Mark(MACHINE.get().name, place, parts.commitment, parts.sealed_header[:12])
        return after, message

    def seal(self, book: Book, content: bytes, entropy: Entropy) -> Sealed:
        """Do what a session does, and remember what comes of it."""
        sealed = seal(book, content, entropy)
        assert self._last is not None
        self._sealed[sealed.envelope], self._last = self._last, None
        return sealed

    def leave(self, envelope: bytes) -> None:
        """Judge what a relay was given; of what nobody here sealed there is nothing to say."""
        mark = self._sealed.get(envelope)
        if mark is None:
            return
        if self._serves_twice(mark.commitment, envelope) or self._serves_twice(mark.header_nonce, envelope):
            self._complain(f"keys: {mark.sealer} sealed two messages with one key or nonce")
        if self._serves_twice(mark.place, envelope) and not self._excuses(mark.sealer):
            self._complain(f"keys: {mark.sealer} sealed two messages in one place")

    def _serves_twice(self, what: object, envelope: bytes) -> bool:
        return self._left.setdefault(what, envelope) != envelope
