"""The answering side of a connection."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

from securemsg.crypto.ed25519 import PublicKey, SigningKey
from securemsg.crypto.entropy import Entropy
from securemsg.errors import AuthenticationError, FrameError, LocalError, RemoteError
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.mailbox import requests
from securemsg.mailbox.answers import (
    LAST_NUMBER,
    Accepted,
    Answer,
    Deliver,
    ErrorCode,
    Event,
    Failed,
    answer_values,
    event_values,
)
from securemsg.mailbox.errors import VersionError
from securemsg.mailbox.hello import CLIENT_HELLO, NONCE_WIDTH, ClientHello, RelayHello, verify_proof
from securemsg.mailbox.hot import Recipients, Submits, accepted_frames, delivery_frame, read_submits
from securemsg.mailbox.limits import MAX_UNANSWERED, Limits
from securemsg.mailbox.requests import Prove, Request
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, FrameBuffer, frame

_LAST_TYPE: Final = 255


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits for `send` with its number."""

    number: int
    request: Request


RelayEvent: TypeAlias = ClientHello | Asked
"""Answer a `ClientHello` with `greet`."""


@dataclass(frozen=True, slots=True)
class _WaitHello:
    pass


@dataclass(frozen=True, slots=True)
class _Greeting:
    hello: ClientHello


@dataclass(frozen=True, slots=True)
class _Open:
    identity: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Closed:
    pass


@final
class RelayConnection:
    """One connection of a client, after TLS: bytes in, requests out, answers to bytes.

    After a `RemoteError` from `next_event`, send `refusal` of it and close.

    Spec: MB-2, MB-11
    """

    __slots__ = (
        "_buffer",
        "_challenge",
        "_key",
        "_limits",
        "_proven",
        "_recipients",
        "_spki_digest",
        "_state",
        "_unanswered",
    )

    def __init__(self, key: SigningKey, spki_digest: bytes, limits: Limits, entropy: Entropy) -> None:
        """Speak as the relay with identity `key` behind the certificate with `spki_digest` (32 bytes)."""
        self._key = key
        self._spki_digest = spki_digest
        self._limits = limits
        self._challenge = entropy(NONCE_WIDTH)
        self._state: _WaitHello | _Greeting | _Open | _Closed = _WaitHello()
        self._buffer = FrameBuffer()
        self._unanswered: set[int] = set()
        self._proven: set[MailboxId] = set()
        self._recipients: Recipients = {}

    @property
    def proven(self) -> frozenset[MailboxId]:
        """The mailboxes whose owner is at the other end (Spec: MB-5)."""
        return frozenset(self._proven)

    def is_proven(self, mailbox: MailboxId) -> bool:
        """Tell whether the owner of `mailbox` is at the other end."""
        return mailbox in self._proven

    def disown(self, mailbox: MailboxId) -> None:
        """Forget a proof: there is no such mailbox any more (Spec: MB-29)."""
        self._proven.discard(mailbox)

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the client; take all events before the next call."""
        if not isinstance(self._state, _Closed):
            self._buffer.receive(data)

    def next_event(self) -> RelayEvent | None:
        """The next hello or request, or `None` until more data is received.

        Raises `FrameError` for a violation.

        Spec: MB-11
        """
        if isinstance(self._state, _Closed):
            return None
        try:
            value = self._buffer.next()
            if value is None:
                return None
            if not isinstance(self._state, _Open):
                return self._hello(Fields.parse(value, MAX_FRAME))
            return self._asked(*_read(Fields.parse(value, MAX_FRAME)))
        except RemoteError:
            self._state = _Closed()
            raise

    def next_submits(self) -> Submits | None:
        """The submits that come next, all that are whole; `None` where `next_event` must judge.

        Each waits for an answer, or all for `accept`.
        """
        if not isinstance(self._state, _Open):
            return None
        data, at = self._buffer.waiting
        submits, end = read_submits(data, at, self._unanswered, self._recipients)
        self._buffer.go_on(end)
        return submits if submits.numbers else None

    def greet(self, now: Instant) -> bytes:
        """The relay's hello, with what its clock shows.

        Raises `VersionError` when the client offers no version of ours.
        """
        if not isinstance(self._state, _Greeting):
            raise LocalError("only a hello is greeted, and once")
        try:
            session = (self._spki_digest, self._challenge)
            hello = RelayHello.answer(self._state.hello, self._key, session, (self._limits, now))
        except VersionError:
            self._state = _Closed()
            raise
        self._state = _Open(hello.identity)
        return frame(hello.encode())

    def verify_proof(self, request: Prove, owner_key: PublicKey) -> bool:
        """Check a proof against its mailbox's key, and remember it if it holds (Spec: MB-5)."""
        if not isinstance(self._state, _Open):
            raise LocalError("the connection is not open")
        try:
            session = (self._state.identity, self._challenge)
            verify_proof(owner_key, session, request.mailbox, request.signature)
        except AuthenticationError:
            return False
        self._proven.add(request.mailbox)
        return True

    def send(self, number: int, answer: Answer) -> bytes:
        """The bytes of the answer to request `number`; raises `LocalError` if none waits."""
        if number not in self._unanswered:
            raise LocalError("no such request waits for an answer")
        if isinstance(answer, Accepted):
            return self.accept([number])
        self._unanswered.remove(number)
        return frame(encode(answer_values(number, answer)))

    def accept(self, numbers: list[int]) -> bytes:
        """The bytes of `Accepted` for each of `numbers`, which wait for an answer."""
        self._unanswered.difference_update(numbers)
        return accepted_frames(numbers)

    def push(self, event: Event) -> bytes:
        """The bytes of something that nobody asked for."""
        if isinstance(event, Deliver):
            return delivery_frame(event.mailbox, event.sequence, event.submit_id, event.envelope)
        return frame(encode(event_values(event)))

    def refusal(self, error: RemoteError) -> bytes:
        """The last bytes before the connection is closed because of `error` (Spec: MB-11)."""
        code = ErrorCode.VERSION if isinstance(error, VersionError) else ErrorCode.VIOLATION
        return frame(encode(answer_values(0, Failed(code))))

    def _hello(self, fields: Fields) -> ClientHello:
        if fields.uint(_LAST_TYPE) != CLIENT_HELLO or isinstance(self._state, _Greeting):
            raise FrameError("a connection begins with one hello")
        hello = ClientHello.read(fields)
        self._state = _Greeting(hello)
        return hello

    def _asked(self, number: int, request: Request) -> Asked:
        # A number in use, or that of the connection itself.
        if number in self._unanswered or not number or len(self._unanswered) >= MAX_UNANSWERED:
            raise FrameError("a request number that is not free, or too many requests")
        self._unanswered.add(number)
        return Asked(number, request)


def _read(fields: Fields) -> tuple[int, Request]:
    kind, number = fields.uint(_LAST_TYPE), fields.uint(LAST_NUMBER)
    return number, requests.read(kind, fields)
