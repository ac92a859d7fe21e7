"""A mailbox that its owner gives up, on every store (Spec: MB-29)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.storage.clustering import TakeOver
from relay.storage.inspection import Holdings, LookAtHoldings
from relay.storage.operations import (
    Acknowledge,
    Appended,
    ChangeTokens,
    Count,
    Fetch,
    FindOwner,
    LookAtMailbox,
    LookAtShelf,
    OfOwner,
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
from tests.relay.stored import ENTROPY, NOW, Box, created, one
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


def asked_by(box: Box, owner: bytes) -> list[OfOwner]:
    """Everything that an owner asks, each so that it finds or changes something."""
    return [
        Fetch(box.id, 0, 9, owner),
        LookAtMailbox(box.id, owner),
        LookAtShelf(box.id, owner),
        TakeOver(box.id, owner),
        Acknowledge(box.id, 1, owner),
        ChangeTokens(box.id, (), (box.token,), owner),
        PutLeaves(box.id, 3, 1, (b"another",), owner),
        PutManifest(box.id, 4, b"four", owner),
        RemoveMailbox(box.id, owner),
    ]


def test_whoever_proved_another_key_gets_and_changes_nothing(store: Store) -> None:
    """MB-29: the mailbox was removed and made again by somebody else; all at once, and one by one."""
    box = created(store)
    store.commit([box.append(), PutManifest(box.id, 3, b"three"), PutLeaves(box.id, 3, 0, (b"leaf",))], NOW)
    looks: list[Operation] = [LookAtHoldings(box.id), LookAtMailbox(box.id), Fetch(box.id, 0, 9)]
    before = store.commit(looks, NOW)
    stranger = ENTROPY(32)
    refused = asked_by(box, stranger)
    assert store.commit(refused, NOW) == [REFUSED] * len(refused)
    assert [one(store, operation) for operation in refused] == [REFUSED] * len(refused)
    assert store.commit(looks, NOW) == before
    assert {type(operation) for operation in refused} == set(OfOwner.__args__)
    for owner in (box.key, b""):
        assert Refused not in map(type, store.commit(asked_by(box, owner), NOW))
        assert store.commit([box.creation, box.append(), PutManifest(box.id, 3, b"x")], NOW)[0] == Stored()


def test_an_older_proof_holds_where_the_same_key_made_the_mailbox_again(store: Store) -> None:
    """MB-29: and not before, while it is somebody else's."""
    box, other = created(store), Box()
    other.id = box.id
    theirs = Acknowledge(box.id, 0, box.key)
    assert store.commit([theirs, RemoveMailbox(box.id, box.key)], NOW) == [Stored(), Stored()]
    assert store.commit([theirs, other.creation, theirs], NOW) == [REFUSED, Stored(), REFUSED]
    assert one(store, RemoveMailbox(box.id, other.key)) == Stored()
    assert store.commit([box.creation, theirs], NOW) == [Stored(), Stored()]
