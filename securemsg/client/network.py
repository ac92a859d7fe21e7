"""What dialling needs to know besides the address; one for each open profile."""

from dataclasses import dataclass, replace
from typing import Final, final

from securemsg.client.clock import Clock
from securemsg.client.proxy import Proxy, environment_proxy
from securemsg.client.step import Step
from securemsg.client.ways import Transport, Ways
from securemsg.crypto.entropy import Entropy
from securemsg.store.transaction import Transaction

PROXY: Final = "proxy"
TRANSPORT: Final = "transport"


@dataclass(frozen=True, slots=True)
class Routing:
    """What the person set: a proxy or none, and the transport (Spec: MB-20, MB-21)."""

    proxy: Proxy | None = None
    transport: Transport = Transport.AUTO


@final
class Network:
    """How a profile reaches relays, and what it found out on the way."""

    __slots__ = ("clock", "entropy", "routing", "ways")

    def __init__(self, clock: Clock, entropy: Entropy, routing: Routing | None = None) -> None:
        self.clock = clock
        self.entropy = entropy
        self.routing = routing or Routing()
        self.ways = Ways(self.routing.transport)


def load_routing(transaction: Transaction) -> Routing:
    """Return what the vault holds, with the environment's proxy in place of its own.

    Raises `LocalError` where the environment names something else than a proxy.

    Spec: CL-22.
    """
    proxy, transport = (transaction.settings.get(name) for name in (PROXY, TRANSPORT))
    kept = Routing(Proxy.parse(proxy) if proxy else None, Transport(transport or Transport.AUTO))
    named = environment_proxy()
    return kept if named is None else replace(kept, proxy=named)


def set_proxy(step: Step, proxy: Proxy | None) -> None:
    """Use a proxy from the next opening of the profile on."""
    step.vault.settings.put(PROXY, "" if proxy is None else proxy.reveal())


def set_transport(step: Step, transport: Transport) -> None:
    """Use a transport from the next opening of the profile on."""
    step.vault.settings.put(TRANSPORT, transport.value)
