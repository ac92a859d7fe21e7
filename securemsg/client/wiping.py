"""Wiping: the mailbox closed at the relay as far as it can be told, then the home destroyed."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from securemsg.client.link import connected
from securemsg.client.opening import open_profile
from securemsg.client.problems import Refused
from securemsg.client.profile import Profile
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.errors import LocalError, RemoteError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.removal import Remove
from securemsg.store.destruction import destroy

PATIENCE: Final = 8.0
"""Seconds for the relay: whoever wipes is in a hurry, and the home must go in any case."""


async def wipe(home: Path, passphrase: str, entropy: Entropy | None = None) -> bool:
    """Destroy the home; tells whether the relay has forgotten the mailbox.

    Raises `WrongPassphrase` and what else opening a home raises; then nothing has changed. From
    the moment that the vault is closed nothing stops it but a failing disk.
    """
    profile = await open_profile(home, passphrase)
    told = False
    try:
        with suppress(RemoteError, LocalError), anyio.move_on_after(PATIENCE):
            await _close_mailbox(profile)
            told = True
    finally:
        # A vault that cannot be closed in order is destroyed all the same.
        with suppress(LocalError):
            profile.close()
    await anyio.to_thread.run_sync(destroy, home, entropy or SystemEntropy())
    return told


async def _close_mailbox(profile: Profile) -> None:
    """Have the mailbox forgotten, with all that waits in it; one that is gone already is as good (MB-29)."""
    link = profile.owner.link
    async with connected(RelayAddress(link.host, link.port, link.pin), profile.network) as relay:
        try:
            await relay.ask(relay.connection.proof(link.mailbox, profile.owner.mailbox_key))
        except Refused as refusal:
            if refusal.code is not ErrorCode.REFUSED:
                raise
            return
        await relay.ask(Remove(link.mailbox))
