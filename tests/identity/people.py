"""People of the tests: the same keys in every run, made once."""

import functools
import zlib
from typing import Final

from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.instant import Instant
from tests.support.entropy import SeededEntropy

NOW: Final = Instant(1_800_000_000_000)


@functools.cache
def account(name: str) -> Account:
    """Return the account of the person called `name`."""
    return Account.generate(SeededEntropy(zlib.crc32(f"account of {name}".encode())))


@functools.cache
def device(name: str) -> Device:
    """Return the device of the person called `name`."""
    entropy = SeededEntropy(zlib.crc32(f"device of {name}".encode()))
    return Device.generate(account(name), f"{name}'s laptop", NOW, entropy)
