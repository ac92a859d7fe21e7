"""The asking side of a connection."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import Entropy
from securemsg.errors import FrameError, LocalError, RemoteError
from securemsg.ids import MailboxId
from securemsg.instant import SECOND, Instant
from securemsg.mailbox import answers, requests
from securemsg.mailbox.answers import (
    Accepted,
    Answer,
    CaughtUp,
    Deliver,
    Done,
    ErrorCode,
    Failed,
    Goodbye,
    LowShelf,
    Prekeys,
    Subscribed,
)
from securemsg.mailbox.blobs import BlobState, Chunk, GetRange, LookAtBlob
from securemsg.mailbox.errors import VersionError
from securemsg.mailbox.hello import NONCE_WIDTH, RELAY_HELLO, VERSION, ClientHello, RelayHello, sign_proof
from securemsg.mailbox.limits import MAX_UNANSWERED, Limits
from securemsg.mailbox.requests import FetchPrekeys, Prove, Request, Submit, Subscribe
from securemsg.mailbox.roles import Role, role_of
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, FrameBuffer, frame

_LAST_TYPE: Final = 255
_CONNECTION: Final = 0
"""The request number of a failure that concerns the connection; ours begin after it."""


@dataclass(frozen=True, slots=True)
class Greeted:
    """The relay is the one of the address; requests may be sent (Spec: MB-2)."""

    limits: Limits


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request of ours."""

    request: Request
    answer: Answer


ClientEvent: TypeAlias = Greeted | Answered | Deliver | LowShelf | CaughtUp | Goodbye | Failed
"""`Failed` by itself concerns the connection: the relay does not take it now."""


@dataclass(frozen=True, slots=True)
class _WaitHello:
    nonce: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Open:
    hello: RelayHello


@dataclass(frozen=True, slots=True)
class _Closed:
    pass


@final
class ClientConnection:
    """One connection to a relay, after TLS: bytes in, events out, requests to bytes.

    After a `RemoteError` from `next_event`, close the connection. Write what `start`
    and `send` return in the order in which they returned it.

    Spec: MB-2, MB-11
    """

    __slots__ = (
        "_buffer",
        "_last_number",
        "_pin",
        "_role",
        "_sequences",
        "_spki_digest",
        "_state",
        "_unanswered",
    )

    def __init__(self, pin: bytes, spki_digest: bytes, entropy: Entropy) -> None:
        """Expect the relay with `pin` (32 bytes) behind the certificate with `spki_digest` (32 bytes)."""
        self._pin = pin
        self._spki_digest = spki_digest
        self._state: _WaitHello | _Open | _Closed = _WaitHello(entropy(NONCE_WIDTH))
        self._buffer = FrameBuffer()
        self._unanswered: dict[int, Request] = {}
        self._last_number = _CONNECTION
        self._sequences: dict[MailboxId, int] = {}
        self._role: Role | None = None

    @property
    def unanswered(self) -> int:
        """How many requests wait for an answer; at most 1,024 may (Spec: MB-11)."""
        return len(self._unanswered)

    @property
    def limits(self) -> Limits:
        """What the relay told in its hello; raises `LocalError` before that."""
        return self._open().limits

    @property
    def relay_time(self) -> Instant:
        """What the relay's clock showed when it greeted; it may lie (Spec: CL-21)."""
        return Instant(self._open().time * SECOND)

    def start(self) -> bytes:
        """The hello to send first; raises `LocalError` later on."""
        if not isinstance(self._state, _WaitHello):
            raise LocalError("a connection is started once")
        return frame(ClientHello(VERSION, VERSION, self._state.nonce).encode())

    def proof(self, mailbox: MailboxId, owner_key: SigningKey) -> Prove:
        """The request that proves to this relay on this connection that we own `mailbox` (Spec: MB-5)."""
        hello = self._open()
        return Prove(mailbox, sign_proof(owner_key, hello.identity, hello.challenge, mailbox))

    def send(self, request: Request) -> bytes:
        """The bytes of `request`; its answer comes as an `Answered` event.

        Raises `LocalError` when the relay did not greet yet, too many requests wait,
        the envelope is too large, or the request would show the relay that one who
        owns a mailbox is the sender to another, or the reader of a blob.

        Spec: MB-6, MB-11
        """
        hello = self._open()
        if len(self._unanswered) >= MAX_UNANSWERED:
            raise LocalError("wait for answers before sending more requests")
        if isinstance(request, Submit) and len(request.envelope) > hello.limits.max_envelope:
            raise LocalError("the envelope is larger than this relay takes")
        self._keep_apart(request)
        number = self._next_number()
        sent = frame(encode(requests.values(number, request)))
        self._unanswered[number] = request
        if isinstance(request, Subscribe):
            self._sequences[request.mailbox] = 0
        return sent

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the relay; take all events before the next call."""
        if not isinstance(self._state, _Closed):
            self._buffer.receive(data)

    def next_event(self) -> ClientEvent | None:
        """The next thing that happened, or `None` until more data is received.

        Raises `VersionError` without a common version, `WrongRelayError` for another
        relay than the pin's, `AuthenticationError` for a relay that cannot prove itself,
        `FrameError` for anything that is not of this protocol.
        """
        if isinstance(self._state, _Closed):
            return None
        try:
            value = self._buffer.next()
            if value is None:
                return None
            fields = Fields.parse(value, MAX_FRAME)
            kind = fields.uint(_LAST_TYPE)
            if isinstance(self._state, _WaitHello):
                return self._greeted(self._state, kind, fields)
            return self._said(answers.read(kind, fields))
        except RemoteError:
            self._state = _Closed()
            raise

    def _open(self) -> RelayHello:
        if not isinstance(self._state, _Open):
            raise LocalError("the connection is not open")
        return self._state.hello

    def _keep_apart(self, request: Request) -> None:
        role = role_of(request)
        if role is None:
            return
        if self._role not in {None, role}:
            raise LocalError("send, receive and read blobs on connections of their own")
        self._role = role

    def _next_number(self) -> int:
        self._last_number = self._last_number % answers.LAST_NUMBER + 1
        while self._last_number in self._unanswered:
            self._last_number = self._last_number % answers.LAST_NUMBER + 1
        return self._last_number

    def _greeted(self, state: _WaitHello, kind: int, fields: Fields) -> ClientEvent:
        if kind != RELAY_HELLO:
            return self._said(answers.read(kind, fields))
        hello = RelayHello.read(fields)
        hello.verify(state.nonce, self._spki_digest, self._pin)
        self._state = _Open(hello)
        return Greeted(hello.limits)

    def _said(self, said: tuple[int, Answer] | answers.Event) -> ClientEvent:
        match said:
            case Goodbye():
                self._state = _Closed()
                return said
            case Deliver(mailbox, sequence):
                if sequence <= self._sequences.get(mailbox, sequence):
                    raise FrameError("a delivery that was not subscribed, or out of order")
                self._sequences[mailbox] = sequence
                return said
            case LowShelf() | CaughtUp():
                if said.mailbox not in self._sequences:
                    raise FrameError("a notice about a mailbox that was not subscribed")
                return said
            case (number, answer):
                return self._answered(number, answer)

    def _answered(self, number: int, answer: Answer) -> ClientEvent:
        if number == _CONNECTION and isinstance(answer, Failed):
            self._state = _Closed()
            if answer.code is ErrorCode.VERSION:
                raise VersionError("the relay speaks no version of ours")
            if answer.code is ErrorCode.VIOLATION:
                raise RemoteError("the relay says that we did not keep to the protocol")
            return answer
        request = self._unanswered.pop(number, None)
        if request is None or not _fits(request, answer):
            raise FrameError("an answer to nothing that was asked")
        return Answered(request, answer)


def _fits(request: Request, answer: Answer) -> bool:  # noqa: PLR0911  # one table
    match answer:
        case Accepted():
            return isinstance(request, Submit)
        case Prekeys():
            return isinstance(request, FetchPrekeys)
        case BlobState():
            return isinstance(request, LookAtBlob)
        case Chunk(content):
            return isinstance(request, GetRange) and len(content) <= request.length
        case Done():
            return not isinstance(request, Submit | FetchPrekeys | Subscribe | LookAtBlob | GetRange)
        case Subscribed():
            return isinstance(request, Subscribe)
        case Failed():
            return True
