"""A whole participant: what bots, tools and the terminal client are written with.

profile = await open_profile(home, passphrase)
engine = Engine(profile)
async with anyio.create_task_group() as tasks:
    tasks.start_soon(engine.run)
    message = await engine.perform(lambda profile: profile.queue_text(contact, "hello"))
    await engine.accepted(message.row)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from securemsg.client.engine import Engine
from securemsg.client.opening import default_home, home_exists, open_profile
from securemsg.client.profile import Profile
from securemsg.store.errors import (
    HomeExists,
    HomeInUse,
    HomeMissing,
    StorageFailed,
    VaultDamaged,
    VaultTooNew,
    WrongPassphrase,
)

if TYPE_CHECKING:
    from securemsg.client.creation import NewProfile, create_profile

__all__ = [
    "Engine",
    "HomeExists",
    "HomeInUse",
    "HomeMissing",
    "NewProfile",
    "Profile",
    "StorageFailed",
    "VaultDamaged",
    "VaultTooNew",
    "WrongPassphrase",
    "create_profile",
    "default_home",
    "home_exists",
    "open_profile",
]


def __getattr__(name: str) -> object:
    """Load what makes a profile when it is asked for: it dials, and who opens a profile may not."""
    if name in {"NewProfile", "create_profile"}:
        return getattr(import_module("securemsg.client.creation"), name)
    raise AttributeError(name)
