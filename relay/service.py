"""What all connections of a relay share."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio

from relay.clock import Clock
from relay.committer import Committer
from relay.config import Config
from relay.counters import Counters
from relay.identity import Identity
from relay.log import Log
from relay.subscriptions import Delivery
from securemsg.crypto.entropy import Entropy
from securemsg.mailbox.relay import RelayConnection

_LOOK_AGAIN_SECONDS: Final = 0.25
"""How old what we know of the disk may be."""


class DiskReserve:
    """Whether the disk has less room than the reserve (bytes) that deletions need (Spec: RL-5)."""

    __slots__ = ("_is_low", "_looked", "_path", "_reserve")

    def __init__(self, path: Path, reserve: int) -> None:
        self._path = path
        self._reserve = reserve
        self._looked = -_LOOK_AGAIN_SECONDS
        self._is_low = False

    @property
    def is_low(self) -> bool:
        """Tell whether nothing may be stored now."""
        now = trio.current_time()
        if now >= self._looked + _LOOK_AGAIN_SECONDS:
            disk = os.statvfs(self._path)
            self._is_low = disk.f_bavail * disk.f_frsize < self._reserve
            self._looked = now
        return self._is_low


@dataclass(frozen=True, slots=True)
class Service:
    """One relay while it runs.

    `decoy` is an owner key that proofs for mailboxes that do not exist are judged by: they take the same
    time (Spec: MB-10).
    """

    config: Config
    identity: Identity
    entropy: Entropy
    committer: Committer
    delivery: Delivery
    reserve: DiskReserve
    counters: Counters
    log: Log
    decoy: bytes
    clock: Clock

    def connection(self) -> RelayConnection:
        """The protocol of one fresh connection."""
        return RelayConnection(
            self.identity.key, self.identity.spki_digest, self.config.hello_limits, self.entropy
        )
