"""Engines of people in this process, and servers that are not the relay they should be."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from securemsg.client import Engine, Profile
from securemsg.client.clock import system_clock
from securemsg.client.crew import Crew
from securemsg.client.notices import ConnectionChanged, Notice
from securemsg.client.views import Direction, LinkState, MessageState
from securemsg.crypto.certificate import make_certificate
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import SystemEntropy
from securemsg.identity.access import LinkSecret
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.identity.link import ContactLink
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.store.owner import Owner
from securemsg.store.vault import Vault
from tests.store.vaults import CHEAP, PASSPHRASE
from tests.support.background import in_background
from tests.support.programs import free_port

PATIENCE = 90.0
"""Seconds after which an engine that should have done something is stuck: a starved machine takes 20."""

ENTROPY = SystemEntropy()


def profile_at(folder: Path, name: str, address: str) -> Profile:
    """Return a new profile whose mailbox the relay at `address` does not know yet."""
    now, relay = system_clock(), RelayAddress.parse(address)
    account = Account.generate(ENTROPY)
    device = Device.generate(account, name, now, ENTROPY)
    place = (relay.host, relay.port, relay.pin, MailboxId(ENTROPY(16)))
    link = ContactLink(account.account_id, *place, LinkSecret.generate(ENTROPY))
    owner = Owner(account, device, name, link, SigningKey.generate(ENTROPY), now)
    return Profile(Vault.create(folder / name, PASSPHRASE, owner, ENTROPY, cost=CHEAP))


@contextlib.contextmanager
def friends(folder: Path, address: str, *names: str) -> Iterator[list[Profile]]:
    """Open profiles at one relay that have each other's links; close them at the end."""
    profiles = [profile_at(folder, name, address) for name in names]
    try:
        for profile in profiles:
            for other in profiles:
                if other is not profile:
                    profile.add_contact(other.own().link, other.own().name)
        yield profiles
    finally:
        for profile in profiles:
            profile.close()


def crew_of(engine: Engine) -> Crew:
    """Return those who do the work of an engine that runs."""
    assert engine._crew is not None
    return engine._crew


@asynccontextmanager
async def running(*profiles: Profile) -> AsyncIterator[list[Engine]]:
    """Run an engine for each profile for the length of the block."""
    engines = [Engine(profile) for profile in profiles]
    async with anyio.create_task_group() as tasks:
        for engine in engines:
            tasks.start_soon(engine.run)
        yield engines
        tasks.cancel_scope.cancel()


async def reached(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return once `condition()` holds."""
    with anyio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for sets no event
            await anyio.sleep(0.02)


async def write(engine: Engine, alias: str, text: str) -> int:
    """Queue a text; return its row."""
    return await engine.perform(
        lambda profile: profile.queue_text(profile.find_contact(alias).contact, text).row
    )


def texts(profile: Profile, alias: str, direction: Direction = Direction.IN) -> list[str]:
    """Return what was said in one direction, in order."""
    contact = profile.find_contact(alias).contact
    return [view.text for view in profile.messages(contact, limit=10_000) if view.direction is direction]


def states(profile: Profile, alias: str) -> list[MessageState]:
    """Return how far our messages have come."""
    contact = profile.find_contact(alias).contact
    views = profile.messages(contact, limit=10_000)
    return [view.state for view in views if view.direction is Direction.OUT]


def link_states(notices: list[Notice]) -> list[LinkState]:
    """Return the states of the connection that the notices tell, without repeats."""
    told = [notice.connection.state for notice in notices if isinstance(notice, ConnectionChanged)]
    return [state for place, state in enumerate(told) if place == 0 or told[place - 1] is not state]


def certificate_in(folder: Path, now: Instant, days: int) -> Path:
    """Lay a TLS certificate and its key into a new folder."""
    folder.mkdir()
    key, certificate = make_certificate("127.0.0.1", now, days)
    (folder / "tls.key").write_bytes(key)
    (folder / "tls.crt").write_bytes(certificate)
    return folder


@dataclass
class Impostor:
    """A TLS server that keeps what it is told and says what it was given to say."""

    context: ssl.SSLContext | None
    answer: bytes = b""
    port: int = field(default_factory=free_port)
    heard: bytearray = field(default_factory=bytearray)

    async def serve(self, ready: threading.Event) -> None:
        """Accept until cancelled."""
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port, ssl=self.context)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                self.heard += data
                writer.write(self.answer)
        writer.transport.abort()


@contextlib.contextmanager
def impostor(context: ssl.SSLContext | None, answer: bytes = b"") -> Iterator[Impostor]:
    """Run an impostor for the length of the block."""
    server = Impostor(context, answer)
    with in_background(server.serve):
        yield server


def server_context(folder: Path, *protocols: str) -> ssl.SSLContext:
    """Return TLS with the certificate in `folder` that agrees to speak `protocols`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context
