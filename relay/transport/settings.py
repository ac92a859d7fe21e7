"""The `[transport]` table of the configuration."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Final

from relay.settings import Texts, Whole

_MOST: Final = 1_000_000
_MOST_NETWORKS: Final = 64


@dataclass(frozen=True, slots=True)
class TransportSettings:
    """WebSocket or not, which networks speak the PROXY protocol, and how many may come in (Spec: RL-33)."""

    websocket: bool = True
    proxy_networks: Annotated[tuple[str, ...], Texts(_MOST_NETWORKS)] = ()
    handshakes_per_second: Annotated[int, Whole(1, _MOST)] = 400
    handshakes_per_second_per_address: Annotated[int, Whole(1, _MOST)] = 8
    handshakes_at_once: Annotated[int, Whole(1, _MOST)] = 512

    @property
    def objection(self) -> str:
        """What is not allowed beyond the bounds of each setting; empty for nothing."""
        try:
            for network in self.proxy_networks:
                ipaddress.ip_network(network)
        except ValueError:
            return 'in [transport], each of proxy_networks must be a network such as "192.0.2.0/24"'
        return ""
