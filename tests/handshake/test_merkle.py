"""The tree of leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import AuthenticationError
from securemsg.handshake.merkle import MAX_LEAVES, MAX_PATH, path_to, root_from, root_of
from tests.reference import merkle as reference

NODES = [bytes((number % 256,)) * 32 for number in range(MAX_LEAVES)]

sizes = st.integers(1, MAX_LEAVES)


def test_the_root_of_no_leaves_is_zero() -> None:
    """HS-2."""
    assert root_of([]) == bytes(32)


@given(sizes, st.data())
def test_every_leaf_leads_to_the_root(count: int, data: st.DataObject) -> None:
    """HS-2: the same tree and paths as in the second implementation."""
    nodes, position = NODES[:count], data.draw(st.integers(0, count - 1))
    path = path_to(nodes, position)
    assert len(path) <= MAX_PATH
    assert list(path) == reference.path(nodes, position)
    assert root_of(nodes) == reference.root(nodes) == root_from(nodes[position], position, count, path)


@given(sizes, st.data())
def test_no_other_leaf_position_or_count_leads_to_the_root(count: int, data: st.DataObject) -> None:
    """HS-5: a leaf is bound to its place."""
    nodes, position = NODES[:count], data.draw(st.integers(0, count - 1))
    path, root = path_to(nodes, position), root_of(nodes)
    for other in range(count):
        if other != position:
            assert not leads(nodes[position], (other, count), path, root)
            assert not leads(nodes[other], (position, count), path, root)


@given(sizes.filter(lambda count: count > 1), st.data())
def test_a_changed_path_does_not_lead_to_the_root(count: int, data: st.DataObject) -> None:
    nodes, position = NODES[:count], data.draw(st.integers(0, count - 1))
    path, root = path_to(nodes, position), root_of(nodes)
    place = data.draw(st.integers(0, len(path) - 1))
    sibling = bytes((path[place][0] ^ 1, *path[place][1:]))
    changes = [
        (*path[:place], sibling, *path[place + 1 :]),
        (*path[:place], *path[place + 1 :]),
        (*path, bytes(32)),
        (bytes(32), *path),
    ]
    for changed in changes:
        assert not leads(nodes[position], (position, count), changed, root)


def test_the_only_leaf_has_no_path() -> None:
    assert root_from(NODES[0], 0, 1, ()) == NODES[0]
    with pytest.raises(AuthenticationError):
        root_from(NODES[0], 0, 1, (bytes(32),))


@pytest.mark.parametrize(("position", "count"), [(0, 0), (1, 1), (-1, 4), (4, 4), (2**53, 256)])
def test_a_position_outside_the_tree_is_refused(position: int, count: int) -> None:
    with pytest.raises(AuthenticationError):
        root_from(NODES[0], position, count, ())


def leads(node: bytes, place: tuple[int, int], path: tuple[bytes, ...], root: bytes) -> bool:
    """Tell whether `path` leads from `node` at (position, count) to `root`."""
    try:
        return root_from(node, *place, path) == root
    except AuthenticationError:
        return False
