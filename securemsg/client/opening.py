"""Open a profile (Spec: CL-13)."""

from pathlib import Path

import anyio.to_thread

from securemsg.client.clock import Clock, system_clock
from securemsg.client.profile import Profile
from securemsg.errors import LocalError
from securemsg.store.vault import Vault


def default_home() -> Path:
    """Return where a profile lives when nothing else is said."""
    from platformdirs import user_data_dir  # noqa: PLC0415 - what tells one's own home need not wait for it

    return Path(user_data_dir("securemsg", appauthor=False))


def home_exists(home: Path) -> bool:
    """Tell whether there is anything at this place that a new home would replace.

    Raises `LocalError` where that cannot be seen.
    """
    try:
        return home.is_file() or (home.is_dir() and any(home.iterdir()))
    except PermissionError:
        raise LocalError(
            "The home cannot be looked into: make its folder yours (chown, chmod 700)."
        ) from None


async def open_profile(home: Path, passphrase: str, *, clock: Clock = system_clock) -> Profile:
    """Open the home; deriving the key from the passphrase takes about half a second in a worker thread.

    Raises `WrongPassphrase`, `HomeMissing`, `HomeInUse`, `VaultDamaged`, `VaultTooNew` and
    `StorageFailed`, all `LocalError`s with a sentence.
    """
    vault = await anyio.to_thread.run_sync(Vault.open, home, passphrase)
    return Profile(vault, clock)
