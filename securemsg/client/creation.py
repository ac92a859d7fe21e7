"""Make a profile (Spec: CL-13)."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio.to_thread

from securemsg.client.clock import Clock, system_clock
from securemsg.client.engine import Engine
from securemsg.client.groups import only
from securemsg.client.link import connected
from securemsg.client.network import Network, Routing
from securemsg.client.opening import home_exists
from securemsg.client.problems import Blocked
from securemsg.client.profile import Profile
from securemsg.client.proxy import environment_proxy
from securemsg.client.upkeep import token_hash
from securemsg.client.ways import BLOCKED_IN_A_ROW
from securemsg.crypto import ed25519
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.errors import LocalError
from securemsg.identity.access import LinkSecret
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.identity.link import ContactLink
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.requests import Create, Request
from securemsg.mailbox.tokens import Invitation
from securemsg.store.errors import HomeExists
from securemsg.store.owner import Owner
from securemsg.store.vault import Vault

PUBLISH_SECONDS: Final = 10.0
"""How long making a profile waits for its prekeys to be at the relay."""


@dataclass(frozen=True, slots=True)
class NewProfile:
    """What a first run asks: a name, the relay's address as text, an invitation or an empty text."""

    name: str
    relay: str
    invitation: str = field(repr=False, default="")


async def create_profile(
    home: Path, passphrase: str, new: NewProfile, *, clock: Clock = system_clock
) -> Profile:
    """Register at the relay, then make the home; nothing is left behind where either fails.

    Raises `LocalError` or `RemoteError` with a sentence.

    Spec: CL-13.
    """
    if home_exists(home):
        raise HomeExists(
            "There is a home at this place already: choose another folder, or use the one that is there."
        )
    if not passphrase:
        raise LocalError("The passphrase is empty: choose one, it protects everything on this device.")
    entropy = SystemEntropy()
    invitation = Invitation.parse(new.invitation) if new.invitation.strip() else None
    owner = _new_owner(new, clock(), entropy)
    await _register(owner, invitation, Network(clock, entropy, Routing(environment_proxy())))
    profile = await anyio.to_thread.run_sync(_make_home, home, passphrase, owner, clock, entropy)
    try:
        await _publish(profile)
    except BaseException:
        profile.close()
        raise
    return profile


def _new_owner(new: NewProfile, now: Instant, entropy: Entropy) -> Owner:
    name = " ".join(new.name.split())
    if not name:
        raise LocalError("The name is empty: it is what your contacts see.")
    relay = RelayAddress.parse(new.relay)
    account = Account.generate(entropy)
    link = ContactLink(
        account.account_id,
        relay.host,
        relay.port,
        relay.pin,
        MailboxId(entropy(MailboxId.WIDTH)),
        LinkSecret.generate(entropy),
    )
    device = Device.generate(account, name, now, entropy)
    return Owner(account, device, name, link, ed25519.SigningKey.generate(entropy), now)


async def _register(owner: Owner, invitation: Invitation | None, network: Network) -> None:
    link = owner.link
    tokens = (token_hash(link.token),)
    address = RelayAddress(link.host, link.port, link.pin)
    create = Create(link.mailbox, owner.mailbox_key.public(), tokens, invitation)
    for _ in range(BLOCKED_IN_A_ROW):
        # The other way is tried after these; there is no engine yet that would dial again.
        with suppress(Blocked):
            return await _ask(address, network, create)
    return await _ask(address, network, create)


async def _ask(address: RelayAddress, network: Network, request: Request) -> None:
    async with connected(address, network) as relay:
        await relay.ask(request)


async def _publish(profile: Profile) -> None:
    """Let others write to us from now on; if the relay is gone meanwhile, the next connection does it."""
    engine = Engine(profile)
    try:
        with anyio.move_on_after(PUBLISH_SECONDS):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(engine.run)
                await engine.published()
                tasks.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise only(group) from None


def _make_home(home: Path, passphrase: str, owner: Owner, clock: Clock, entropy: Entropy) -> Profile:
    vault = Vault.create(home, passphrase, owner, entropy)
    try:
        with vault.transaction() as transaction:
            transaction.owner.mark_registered()
        return Profile(vault, clock, entropy)
    except BaseException:
        vault.close()
        raise
