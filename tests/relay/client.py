"""A small client of a relay, for tests and as a load generator: one task, no timers."""

import socket
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from relay.stream import TlsStream
from securemsg.crypto.certificate import spki_digest
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import SystemEntropy
from securemsg.ids import MailboxId, SubmitId
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Answer, CaughtUp, Deliver, Failed, Goodbye, LowShelf
from securemsg.mailbox.client import Answered, ClientConnection, Greeted
from securemsg.mailbox.requests import Create, Request, Submit, Subscribe
from securemsg.mailbox.tokens import SendToken
from securemsg.mailbox.transport import ALPN

ENTROPY = SystemEntropy()

Notice = Deliver | LowShelf | CaughtUp | Goodbye | Failed


class Ended(Exception):  # noqa: N818  # not a failure: the relay closed
    """The relay closed the connection."""


def client_context(*protocols: str) -> ssl.SSLContext:
    """TLS as a client of this protocol uses it: no name and no issuer is judged."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(protocols or [ALPN])
    return context


class Mailbox:
    """A mailbox of ours with one send token."""

    def __init__(self) -> None:
        self.id = MailboxId(ENTROPY(16))
        self.key = SigningKey.generate(ENTROPY)
        self.token = SendToken(ENTROPY(32))

    @property
    def creation(self) -> Create:
        """The request that registers it."""
        return Create(self.id, self.key.public(), (self.token.hash,))

    def submit(self, envelope: bytes = b"sealed") -> Submit:
        """A request that leaves a new envelope in it."""
        return Submit(self.id, self.token, SubmitId(ENTROPY(16)), envelope)


class RelayClient:
    """One greeted connection."""

    def __init__(self, stream: TlsStream, connection: ClientConnection) -> None:
        self.stream = stream
        self.connection = connection
        self._events: deque[Greeted | Answered | Notice] = deque()

    @classmethod
    @asynccontextmanager
    async def open(cls, address: RelayAddress, digest: bytes | None = None) -> AsyncIterator[Self]:
        """Connect to the relay and check that it is the one of `address`.

        `digest` stands in for that of the certificate's key.
        """
        raw = socket.create_connection((address.host, address.port))
        raw.settimeout(0)
        # Else the first frame waits 40 ms for the relay to acknowledge the end of the handshake.
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = client_context().wrap_socket(raw, do_handshake_on_connect=False)
        stream = TlsStream(tls, 30)
        try:
            await stream.shake_hands()
            shown = digest or spki_digest(tls.getpeercert(binary_form=True) or b"")
            client = cls(stream, ClientConnection(address.pin, shown, ENTROPY))
            await stream.send(client.connection.start())
            assert isinstance(await client._next(), Greeted)
            yield client
        finally:
            stream.close()

    async def ask(self, request: Request) -> Answer:
        """Send one request and wait for its answer."""
        (answer,) = await self.ask_all([request])
        return answer

    async def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Send all of `requests` at once and wait for their answers."""
        await self.stream.send(b"".join(map(self.connection.send, requests)))
        answers: dict[int, deque[Answer]] = defaultdict(deque)
        passed: list[Notice] = []
        missing = len(requests)
        while missing:
            event = await self._next()
            if isinstance(event, Answered):
                answers[id(event.request)].append(event.answer)
                missing -= 1
            elif not isinstance(event, Greeted):
                passed.append(event)
        self._events.extendleft(reversed(passed))
        return [answers[id(request)].popleft() for request in requests]

    async def answered(self) -> Answer:
        """The next answer, when nothing else comes."""
        event = await self._next()
        assert isinstance(event, Answered)
        return event.answer

    async def notice(self) -> Notice:
        """The next delivery or notice; raises `Ended`."""
        event = await self._next()
        assert not isinstance(event, Greeted | Answered)
        return event

    async def own(self, mailbox: Mailbox) -> None:
        """Prove that `mailbox` is ours."""
        await self.ask(self.connection.proof(mailbox.id, mailbox.key))

    async def delivery(self) -> Deliver:
        """The next delivery, whatever is told before it."""
        while not isinstance(notice := await self.notice(), Deliver):
            assert isinstance(notice, CaughtUp | LowShelf)
        return notice

    async def listen(self, mailbox: Mailbox) -> LowShelf:
        """Prove, subscribe, and return the notice about the shelf that follows."""
        await self.own(mailbox)
        await self.ask(Subscribe(mailbox.id))
        passed: list[Notice] = []
        while not isinstance(notice := await self.notice(), LowShelf):
            passed.append(notice)
        self._events.extendleft(reversed(passed))
        return notice

    async def _next(self) -> Greeted | Answered | Notice:
        while not self._events:
            data = await self.stream.receive()
            if not data:
                raise Ended
            self.connection.receive_data(data)
            while (event := self.connection.next_event()) is not None:
                self._events.append(event)
        return self._events.popleft()
