"""Who may come in: a place for each connection, refused at once where there is none (Spec: RL-33)."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from relay.config import LimitSettings
from relay.counters import Counters
from relay.transport.settings import TransportSettings

_FORGET_SECONDS: Final = 10
"""How often allowances that are full again are forgotten."""


@dataclass(slots=True)
class Allowance:
    """`most` at once, `rate` a second after that; `left` of them at the time `at` (seconds)."""

    rate: float
    most: float
    left: float
    at: float

    def has_one(self, now: float) -> bool:
        """Tell whether one is left at `now`."""
        self.left = min(self.most, self.left + (now - self.at) * self.rate)
        self.at = now
        return self.left >= 1

    def is_full(self, now: float) -> bool:
        """Tell whether nothing would be lost by forgetting it."""
        return self.has_one(now) and self.left >= self.most


class Admission:
    """The places of a relay, those in use and those that are free."""

    def __init__(self, limits: LimitSettings, transport: TransportSettings, counters: Counters) -> None:
        self._limits = limits
        self._transport = transport
        self._counters = counters
        self._arriving = 0
        self._per_address: Counter[str] = Counter()
        rate = transport.handshakes_per_second
        self._whole = Allowance(rate, rate, rate, 0)
        self._households: dict[str, Allowance] = {}
        self._forgot = 0.0

    def enter(self) -> "Place | None":
        """A place for a connection of which nothing is known yet; `None` when there is none."""
        is_full = self._counters.connections_open >= self._limits.connections
        if is_full or self._arriving >= self._transport.handshakes_at_once:
            self._counters.connections_refused += 1
            return None
        self._arriving += 1
        self._counters.connections_open += 1
        return Place(self)

    def claim(self, household: str | None, now: float) -> bool:
        """Count a connection for whom it is from, if there is room; `None` is not counted by address."""
        if household is not None:
            if self._per_address[household] >= self._limits.connections_per_address:
                self._counters.connections_refused += 1
                return False
            allowance = self._allowance(household, now)
        else:
            allowance = self._whole
        if not (allowance.has_one(now) and self._whole.has_one(now)):
            self._counters.connections_throttled += 1
            return False
        self._whole.left -= 1
        if household is not None:
            allowance.left -= 1
            self._households[household] = allowance
            self._per_address[household] += 1
        self._counters.connections += 1
        return True

    def arrived(self) -> None:
        """Take note of a handshake that is over."""
        self._arriving -= 1

    def leave(self, household: str | None) -> None:
        """Take note of a connection that is over."""
        self._counters.connections_open -= 1
        if household is not None:
            self._per_address[household] -= 1
            if not self._per_address[household]:
                del self._per_address[household]

    def _allowance(self, household: str, now: float) -> Allowance:
        if now >= self._forgot + _FORGET_SECONDS:
            self._forgot = now
            kept = {name: one for name, one in self._households.items() if not one.is_full(now)}
            self._households = kept
        rate = self._transport.handshakes_per_second_per_address
        # Whoever lost all connections of an address may have all of them again.
        most = max(rate, self._limits.connections_per_address)
        return self._households.get(household) or Allowance(rate, most, most, now)


class Place:
    """The place of one connection; given back once, however it ends."""

    __slots__ = ("_admission", "_household", "_is_arriving")

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._household: str | None = None
        self._is_arriving = True

    def claim(self, household: str | None, now: float) -> bool:
        """Tell whether a connection from `household` may stay."""
        if not self._admission.claim(household, now):
            return False
        self._household = household
        return True

    def arrived(self) -> None:
        """The handshake is over."""
        if self._is_arriving:
            self._is_arriving = False
            self._admission.arrived()

    def leave(self) -> None:
        """The connection is over."""
        self.arrived()
        self._admission.leave(self._household)
