"""A whole participant: what bots, tools and the terminal client are written with.

profile = await open_profile(home, passphrase)
engine = Engine(profile)
async with anyio.create_task_group() as tasks:
    tasks.start_soon(engine.run)
    message = await engine.perform(lambda profile: profile.queue_text(contact, "hello"))
    await engine.accepted(message.row)
"""

from securemsg.client.creation import NewProfile, create_profile, default_home, home_exists, open_profile
from securemsg.client.engine import Engine
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
