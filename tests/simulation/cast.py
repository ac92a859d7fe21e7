"""The people and relays of every simulation: made once per process, because keys cost time.

Their keys differ from process to process where a primitive takes its randomness from the
operating system; nothing that happens may depend on that.
"""

import functools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relay.identity import Identity
from relay.storage.operations import Create
from relay.translation import operation_of
from securemsg.client import upkeep
from securemsg.client.profile import Profile
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import Entropy
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
from tests.support.entropy import SeededEntropy

START: Final = Instant(1_700_000_000_000)
"""When every simulation begins."""

PORT: Final = 7443
_NAMES: Final = ("ann", "ben", "cem", "dee")
_RELAYS: Final = ("north", "south")


@dataclass(frozen=True, slots=True)
class Role:
    """One person at first: a mailbox is registered (CL-13), prekeys are made but not published."""

    name: str
    account: str
    link: str
    relay: str
    mailbox: Create
    files: dict[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who there is; the relays by the hosts of their addresses."""

    roles: tuple[Role, ...]
    relays: dict[str, Identity]


@functools.cache
def cast() -> Cast:
    """Return the cast of this process."""
    entropy = SeededEntropy(1)
    relays = {name: Identity(SigningKey.generate(entropy), entropy(32)) for name in _RELAYS}
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        roles = tuple(
            _role(Path(folder) / name, _RELAYS[place % len(_RELAYS)], relays, entropy)
            for place, name in enumerate(_NAMES)
        )
    return Cast(roles, relays)


def memory() -> Path | None:
    """Return a folder that is in memory, where there is one."""
    shared = Path("/dev/shm")  # noqa: S108  # private folders are made in it
    return shared if shared.is_dir() else None


def _role(home: Path, relay: str, relays: dict[str, Identity], entropy: Entropy) -> Role:
    account = Account.generate(entropy)
    device = Device.generate(account, home.name, START, entropy)
    address = RelayAddress(relay, PORT, relays[relay].pin)
    place = (address.host, address.port, address.pin, MailboxId(entropy(MailboxId.WIDTH)))
    link = ContactLink(account.account_id, *place, LinkSecret.generate(entropy))
    owner = Owner(account, device, home.name, link, SigningKey.generate(entropy), START)
    profile = Profile(Vault.create(home, PASSPHRASE, owner, entropy, cost=CHEAP), lambda: START, entropy)
    create = profile.decide(upkeep.create_request)
    assert create is not None
    profile.decide(lambda step: step.vault.owner.mark_registered())
    profile.decide(lambda step: upkeep.renew_prekeys(step, None))
    own, registered = profile.own(), operation_of(create)
    assert isinstance(registered, Create)
    profile.close()
    files = {name: (home / name).read_bytes() for name in ("vault.db", "vault.slots")}
    return Role(home.name, own.account, own.link, relay, registered, files)
