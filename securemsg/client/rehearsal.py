"""A profile that never meets a network: for a first look, for pictures and for measuring.

Its vault is a real one and everything in it went through the repositories; only nobody is at the other end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import anyio

from securemsg.client.clock import Clock
from securemsg.client.engine import Engine
from securemsg.client.profile import Profile
from securemsg.client.scene import Scene
from securemsg.client.views import ConnectionView
from securemsg.crypto import ed25519
from securemsg.crypto.argon2 import Cost
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.crypto.kdf import digest
from securemsg.identity.access import LinkSecret
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.identity.link import ContactLink
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.store.owner import Owner
from securemsg.store.vault import Vault

NOWHERE: Final = "relay.invalid"
"""A host that no resolver may ever find (RFC 2606)."""

PORT: Final = 7443
PIN_WIDTH: Final = 32

CHEAP: Final = Cost(memory_kib=32 * 1024, passes=2)
"""The least that is allowed: nothing in such a vault is secret, and somebody waits to look at it."""


def rehearsed_profile(home: Path, passphrase: str, name: str, clock: Clock) -> Profile:
    """Make a home at a place where none is and open it; its accounts are the same each time.

    Raises as `create_profile` does where the home cannot be made.
    """
    vault = Vault.create(
        home, passphrase, _owner(name, clock(), Repeating(b"owner")), SystemEntropy(), cost=CHEAP
    )
    with vault.transaction() as transaction:
        transaction.owner.mark_registered()
    return Profile(vault, clock)


@contextmanager
def scene(profile: Profile, name: bytes = b"people") -> Iterator[Scene]:
    """Write into the vault of a rehearsed `profile` what others said and did, in one transaction.

    Scenes of one profile with the same people need names of their own: ids come from it.
    """
    with profile.step() as step:
        yield Scene(step, Repeating(name))


class Repeating:
    """Bytes that look random and are the same in every run. For rehearsals only (Spec: HO-2)."""

    __slots__ = ("_count", "_seed")

    def __init__(self, seed: bytes) -> None:
        """Begin the series of `seed`."""
        self._seed = seed
        self._count = 0

    def __call__(self, count: int, /) -> bytes:
        """Return the next `count` bytes."""
        drawn = b""
        while len(drawn) < count:
            self._count += 1
            drawn += digest(b"rehearsal", self._seed + self._count.to_bytes(8, "big"))
        return drawn[:count]


class Rehearsal(Engine):
    """An engine that dials nobody: what is queued stays queued; the connection is what it is told to be."""

    def __init__(self, profile: Profile, connection: ConnectionView) -> None:
        """Serve `profile` and show `connection`."""
        super().__init__(profile)
        self.show(connection)

    def show(self, connection: ConnectionView) -> None:
        """Let the connection be this from now on."""
        self._board.show(connection)

    async def run(self) -> None:
        """Do nothing until cancelled."""
        try:
            await anyio.sleep_forever()
        finally:
            self._board.close()


def _owner(name: str, now: Instant, entropy: Entropy) -> Owner:
    account = Account.generate(entropy)
    mailbox = MailboxId(entropy(MailboxId.WIDTH))
    pin, secret = entropy(PIN_WIDTH), LinkSecret.generate(entropy)
    link = ContactLink(account.account_id, NOWHERE, PORT, pin, mailbox, secret)
    device = Device.generate(account, name, now, entropy)
    return Owner(account, device, name, link, ed25519.SigningKey.generate(entropy), now)
