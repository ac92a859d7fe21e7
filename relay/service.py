"""What all connections of a relay share."""

from dataclasses import dataclass

from relay.blobs.service import Blobs
from relay.census import Census
from relay.clock import Clock
from relay.committing import Committing
from relay.config import Config
from relay.counters import Counters
from relay.identity import Identity
from relay.log import Log
from relay.reserve import DiskReserve, Pressure
from relay.subscriptions import Delivery
from securemsg.crypto.entropy import Entropy
from securemsg.mailbox.relay import RelayConnection


@dataclass(frozen=True, slots=True)
class Service:
    """One relay while it runs.

    `decoy` is an owner key that proofs for mailboxes that do not exist are judged by: they take the same
    time (Spec: MB-10).
    """

    config: Config
    identity: Identity
    entropy: Entropy
    committer: Committing
    delivery: Delivery
    census: Census
    blobs: Blobs
    reserve: DiskReserve
    counters: Counters
    log: Log
    decoy: bytes
    clock: Clock

    @property
    def pressure(self) -> Pressure:
        """What must be refused now: the disk fills, or the store does not keep up (Spec: RL-48)."""
        found = self.reserve.pressure
        if found is Pressure.NONE and self.committer.is_busy:
            return Pressure.NEW_MAILBOXES
        return found

    def connection(self) -> RelayConnection:
        """The protocol of one fresh connection."""
        return RelayConnection(
            self.identity.key, self.identity.spki_digest, self.config.hello_limits, self.entropy
        )
