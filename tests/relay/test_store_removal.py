"""A mailbox that its owner gives up, on every store (Spec: MB-29)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.storage.inspection import Holdings, LookAtHoldings
from relay.storage.operations import (
    Appended,
    Count,
    Fetch,
    FindOwner,
    LookAtShelf,
    Operation,
    PutLeaves,
    PutManifest,
    Refused,
    Store,
    Stored,
    Totals,
)
from relay.storage.policy import StorePolicy
from relay.storage.removal import RemoveMailbox
from securemsg.mailbox.answers import ErrorCode
from tests.relay.stored import NOW, created, one
from tests.relay.stores import STORES

REFUSED = Refused(ErrorCode.REFUSED)


@pytest.fixture(params=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path, StorePolicy())
    yield opened
    opened.close()


def test_of_a_mailbox_that_is_removed_nothing_is_left(store: Store) -> None:
    """MB-29: in the same commit as what came before; others stay, and it can be made anew."""
    box, other = created(store), created(store)
    first = box.append()
    leaves = PutLeaves(box.id, 3, 0, (b"leaf",) * 3)
    store.commit([first, box.append(), other.append(), PutManifest(box.id, 3, b"three"), leaves], NOW)
    assert one(store, RemoveMailbox(box.id)) == Stored()
    looks = (FindOwner(box.id), LookAtHoldings(box.id), Fetch(box.id, 0, 9), LookAtShelf(box.id))
    after_it: list[Operation] = [first, *looks]
    assert store.commit(after_it, NOW) == [REFUSED] * 5
    assert one(store, RemoveMailbox(box.id)) == REFUSED
    assert one(store, Count()) == Totals(1, 1, len(b"sealed"), 0)
    assert store.commit([box.creation, first], NOW) == [Stored(), Appended(1)]
    holdings = one(store, LookAtHoldings(box.id))
    assert isinstance(holdings, Holdings)
    assert (holdings.newest, len(holdings.envelopes), holdings.generation) == (1, 1, 0)
    assert len(other.content(store)) == 1
