"""04, HS-2: the tree of leaves (RFC 9162 shape)."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.primitives import h32
from tests.reference.refusal import AUTHENTICATION, require


class Leaf(NamedTuple):
    """The public half of a one-time key pair (HS-1)."""

    leaf_id: int
    x25519: bytes
    kem: bytes

    def node(self) -> bytes:
        """Give the hash of the leaf."""
        return h32(b"leaf", self.leaf_id.to_bytes(8, "big") + self.x25519 + self.kem)


def _join(left: bytes, right: bytes) -> bytes:
    return h32(b"node", left + right)


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root(nodes: list[bytes]) -> bytes:
    """Give the root over these leaf hashes."""
    if not nodes:
        return bytes(32)
    if len(nodes) == 1:
        return nodes[0]
    k = _split(len(nodes))
    return _join(root(nodes[:k]), root(nodes[k:]))


def path(nodes: list[bytes], position: int) -> list[bytes]:
    """Give the siblings of a leaf, from the leaf upwards."""
    if len(nodes) == 1:
        return []
    k = _split(len(nodes))
    if position < k:
        return [*path(nodes[:k], position), root(nodes[k:])]
    return [*path(nodes[k:], position - k), root(nodes[:k])]


def climb(node: bytes, position: int, count: int, siblings: list[bytes]) -> bytes:
    """Give the root that a path leads to; refuse a path whose length the tree does not have."""
    require(AUTHENTICATION, position < count, (count == 1) == (not siblings))
    if count == 1:
        return node
    k = _split(count)
    *lower, top = siblings
    if position < k:
        return _join(climb(node, position, k, lower), top)
    return _join(top, climb(node, position - k, count - k, lower))
