"""Wiping: the mailbox closed at the relay as far as it can be told, then the home destroyed."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from securemsg.client.creation import open_profile
from securemsg.client.link import connected
from securemsg.client.profile import Profile
from securemsg.client.step import Step
from securemsg.client.upkeep import token_hash
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.errors import RemoteError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.requests import SetTokens
from securemsg.mailbox.tokens import TokenHash
from securemsg.store.destruction import destroy

PATIENCE: Final = 8.0
"""Seconds for the relay: whoever wipes is in a hurry, and the home must go in any case."""


AT_ONCE: Final = 50
"""Hashes in one request: a frame has room for 59."""


async def wipe(home: Path, passphrase: str, entropy: Entropy | None = None) -> bool:
    """Destroy the home; tells whether the relay was told that nobody writes to the mailbox any more.

    Raises `WrongPassphrase` and what else opening a home raises; then nothing has changed. From
    the moment that the vault is closed nothing stops it but a failing disk.
    """
    profile = await open_profile(home, passphrase)
    told = False
    try:
        with suppress(RemoteError), anyio.move_on_after(PATIENCE):
            await _close_mailbox(profile)
            told = True
    finally:
        profile.close()
    await anyio.to_thread.run_sync(destroy, home, entropy or SystemEntropy())
    return told


async def _close_mailbox(profile: Profile) -> None:
    """Revoke every token: who holds the link or a card cannot write any more."""
    link = profile.owner.link
    hashes = profile.decide(_all_tokens)
    async with connected(RelayAddress(link.host, link.port, link.pin), profile.network) as relay:
        await relay.ask(relay.connection.proof(link.mailbox, profile.owner.mailbox_key))
        for start in range(0, len(hashes), AT_ONCE):
            await relay.ask(SetTokens(link.mailbox, (), hashes[start : start + AT_ONCE]))


def _all_tokens(step: Step) -> tuple[TokenHash, ...]:
    step.vault.tokens.doubt()
    return tuple(token_hash(token) for token in (step.owner.link.token, *step.vault.tokens.unregistered()))
