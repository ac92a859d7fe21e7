"""Client addresses: what they are counted under, and which of them are proxies'."""

import ipaddress
from collections.abc import Iterable
from typing import Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOUSEHOLD_BITS: Final = 64
"""What a provider gives one customer at least."""


def address_of(host: str) -> Address:
    """The address in what a socket tells; an IPv4 address that IPv6 carries is one of IPv4."""
    parsed = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed


def household(host: str) -> str:
    """What connections of one client address are counted under (Spec: RL-4).

    An IPv6 host picks any address of its network, so that the whole /64 counts as one.
    """
    address = address_of(host)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.IPv6Network((address, _HOUSEHOLD_BITS), strict=False))


class Networks:
    """Networks that are trusted to name their clients (Spec: RL-31)."""

    __slots__ = ("_networks",)

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]

    def __contains__(self, host: str) -> bool:
        if not self._networks:
            return False
        address = address_of(host)
        return any(address in network for network in self._networks)
