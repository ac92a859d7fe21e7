"""See whether a relay is there, before anything is asked of it."""

from securemsg.client.clock import Clock, system_clock
from securemsg.client.link import connected
from securemsg.client.network import Network, Routing
from securemsg.client.proxy import environment_proxy
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.mailbox.address import RelayAddress


async def knock(relay: str, clock: Clock = system_clock, entropy: Entropy | None = None) -> None:
    """Return once the relay at this address has proved who it is; raises `LocalError` or `RelayProblem`."""
    network = Network(clock, entropy or SystemEntropy(), Routing(environment_proxy()))
    async with connected(RelayAddress.parse(relay), network):
        pass
