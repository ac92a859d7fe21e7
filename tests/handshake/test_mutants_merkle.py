"""A place before the first leaf is none, although its path would lead to the root."""

import pytest

from securemsg.errors import AuthenticationError
from securemsg.handshake.merkle import path_to, root_from, root_of

NODES = [bytes((number,)) * 32 for number in range(8)]


@pytest.mark.parametrize("count", range(1, 9))
def test_the_first_leaf_is_not_one_before_the_first_as_well(count: int) -> None:
    """HS-5: one leaf has one position."""
    nodes = NODES[:count]
    path = path_to(nodes, 0)
    assert root_from(nodes[0], 0, count, path) == root_of(nodes)
    with pytest.raises(AuthenticationError):
        root_from(nodes[0], -1, count, path)
