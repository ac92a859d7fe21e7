"""What every call of a profile stands on: the vault, the clocks, one step at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from securemsg.client.clock import Clock, steady_beside, system_clock
from securemsg.client.countdown import ALL, begin_countdown, erase_expired, note
from securemsg.client.network import Network, load_routing
from securemsg.client.presence import Recent
from securemsg.client.randomness import Randomness
from securemsg.client.step import Changes, Step
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.errors import LocalError
from securemsg.store.owner import Owner
from securemsg.store.vault import Vault

T = TypeVar("T")


class ProfileCore:
    """An open home; `close` it at the end (Spec: CL-1)."""

    def __init__(
        self,
        vault: Vault,
        clock: Clock = system_clock,
        entropy: Entropy | None = None,
        steady: Clock | None = None,
    ) -> None:
        """Take over an open vault, and erase in it what is over its time (Spec: CL-28).

        `steady` counts milliseconds and is never set; it goes with the system's clock, and a
        `clock` of another make is trusted to be steady itself unless told otherwise.
        """
        self._vault = vault
        # Reentrant, so that a call inside a step is refused by the vault instead of waiting for itself.
        self._lock = threading.RLock()
        self._changes = Changes()
        self._recent = Recent()
        self.clock = clock
        self._steady = steady or steady_beside(clock)
        self.entropy: Entropy = Randomness.of(entropy or SystemEntropy())
        with vault.transaction() as transaction:
            self._owner: Owner | None = transaction.owner.load()
            self.network = Network(self.clock, self.entropy, load_routing(transaction))
            self._countdown = begin_countdown(transaction, clock(), self._steady())
        self.decide(lambda step: erase_expired(step, ALL))

    @property
    def home(self) -> Path:
        """The folder of the home."""
        return self._vault.folder

    @property
    def owner(self) -> Owner:
        """Our own keys and names, as the vault holds them; raises `LocalError` once closed."""
        if self._owner is None:
            raise LocalError("the profile is closed")
        return self._owner

    @contextmanager
    def step(self) -> Iterator[Step]:
        """Run the block in one transaction; `take_changes` tells what it changed, once committed."""
        changes = Changes()
        with self._lock:
            with self._vault.transaction() as transaction:
                now = self.clock()
                countdown = self._countdown.follow(transaction.lifetimes, now, self._steady())
                yield Step(transaction, self.owner, now, self.entropy, changes)
                # What is erased may have been the key of a ciphertext beside the vault (FI-15).
                changes.files |= transaction.is_erasing
                if changes.outbox:
                    changes.waiting = transaction.outbox.waiting()
            self._countdown = countdown
            self._recent.heard |= changes.heard
            self._changes.join(changes)

    def decide(self, function: Callable[[Step], T]) -> T:
        """Run `function` in one transaction and return what it returns."""
        with self.step() as step:
            return function(step)

    def take_changes(self) -> Changes:
        """Return what committed steps have changed since the last call."""
        with self._lock:
            changes, self._changes = self._changes, Changes()
            return changes

    def close(self) -> None:
        """Close the vault and let other processes open it."""
        with self._lock:
            with suppress(LocalError), self.step() as step:
                note(step.vault.lifetimes, step.now)
            self._vault.close()
            # Whoever still holds this object after a lock holds no key.
            self._owner = None
