"""The tree that puts all one-time leaves under one signature (the shape of RFC 9162)."""

from collections.abc import Sequence
from typing import Final

from securemsg.crypto.kdf import digest32
from securemsg.errors import AuthenticationError

NODE_WIDTH: Final = 32
"""Bytes of a node."""

MAX_LEAVES: Final = 256
"""Leaves of a tree: four times what is published, and a path of them is short (Spec: HS-3)."""

MAX_PATH: Final = 8
"""Siblings from a leaf to the root of the largest tree (Spec: HS-4)."""

_EMPTY: Final = bytes(NODE_WIDTH)


def root_of(nodes: Sequence[bytes]) -> bytes:
    """Return the root over the nodes of leaves, 32 zero bytes over none (Spec: HS-2)."""
    if not nodes:
        return _EMPTY
    if len(nodes) == 1:
        return nodes[0]
    middle = _left_size(len(nodes))
    return _join(root_of(nodes[:middle]), root_of(nodes[middle:]))


def path_to(nodes: Sequence[bytes], position: int) -> tuple[bytes, ...]:
    """Return the siblings of the leaf at `position`, from the leaf upwards (Spec: HS-2)."""
    if len(nodes) == 1:
        return ()
    middle = _left_size(len(nodes))
    if position < middle:
        return (*path_to(nodes[:middle], position), root_of(nodes[middle:]))
    return (*path_to(nodes[middle:], position - middle), root_of(nodes[:middle]))


def root_from(node: bytes, position: int, count: int, path: Sequence[bytes]) -> bytes:
    """Return the root that `path` leads to from the leaf `node` at `position` among `count`.

    Raises `AuthenticationError` for a position or a length of path that the tree does not have.

    Spec: HS-2, HS-5.
    """
    if not 0 <= position < count or (count == 1) != (not path):
        raise AuthenticationError("refused")
    if count == 1:
        return node
    *lower, top = path
    middle = _left_size(count)
    if position < middle:
        return _join(root_from(node, position, middle, lower), top)
    return _join(top, root_from(node, position - middle, count - middle, lower))


def _left_size(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _join(left: bytes, right: bytes) -> bytes:
    # node(l, r) = H32("node", l || r)
    return digest32(b"node", left + right)
