"""What every store does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    ChangeTokens,
    Count,
    Expire,
    Expired,
    ExpiryCursor,
    Fetch,
    FindOwner,
    LookAtMailbox,
    Operation,
    Owner,
    Page,
    Progress,
    Refused,
    Result,
    Store,
    Stored,
    StoredEnvelope,
    Totals,
)
from relay.storage.policy import StorePolicy
from relay.storage.rights import ShowToken
from securemsg.ids import MailboxId
from securemsg.instant import DAY, HOUR, Instant, after
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.tokens import TokenHash
from tests.relay.stored import ENTROPY, NOW, Box, created, one
from tests.relay.stores import STORES, OpenStore

POLICY = StorePolicy(messages=50, bytes=5_000, retention_hours=48)
REFUSED = Refused(ErrorCode.REFUSED)


@pytest.fixture(params=list(STORES), scope="module")
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    return STORES[request.param]


@pytest.fixture
def store(open_store: OpenStore, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path, POLICY)
    yield opened
    opened.close()


def totals(store: Store) -> Totals:
    counted = one(store, Count())
    assert isinstance(counted, Totals)
    return counted


def test_results_come_in_the_order_of_the_operations(store: Store) -> None:
    box, other = Box(), Box()
    first = box.append()
    operations: list[Operation] = [
        first,
        box.creation,
        first,
        FindOwner(box.id),
        other.append(),
        first,
        Acknowledge(box.id, 1),
        first,
    ]
    assert store.commit(operations, NOW) == [
        REFUSED,
        Stored(),
        Appended(1),
        Owner(box.key),
        REFUSED,
        Appended(0),
        Stored(),
        Appended(0),
    ]
    assert box.content(store) == []


def test_sequences_begin_at_one_and_are_never_used_again(store: Store) -> None:
    """MB-8: also not after everything was acknowledged."""
    box, other = created(store), created(store)
    assert store.commit([box.append(), other.append(), box.append()], NOW) == [
        Appended(1),
        Appended(1),
        Appended(2),
    ]
    one(store, Acknowledge(box.id, 2))
    assert one(store, box.append()) == Appended(3)


def test_what_was_committed_is_there_after_a_restart(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store(tmp_path, POLICY)
    box = created(store)
    repeat = box.append(b"first")
    store.commit([repeat, box.append(b"second"), Acknowledge(box.id, 1)], NOW)
    store.close()
    store = open_store(tmp_path, POLICY)
    assert [(found.sequence, found.envelope) for found in box.content(store)] == [(2, b"second")]
    assert one(store, repeat) == Appended(0)
    assert one(store, box.append()) == Appended(3)
    store.close()


def test_a_token_can_be_shown_without_sending(store: Store) -> None:
    """MB-24: revoked, wrong and unknown are one answer."""
    box = created(store)
    other, nobody = created(store), Box()
    shown = [ShowToken(one.id, box.token) for one in (box, other, nobody)]
    assert store.commit(shown, NOW) == [Stored(), REFUSED, REFUSED]
    assert store.commit([ChangeTokens(box.id, (), (box.token,)), shown[0]], NOW) == [Stored(), REFUSED]
    assert box.content(store) == []


def test_a_page_says_whether_there_is_more(store: Store) -> None:
    box = created(store)
    store.commit([box.append(b"%d" % number) for number in range(5)], NOW)
    page = one(store, Fetch(box.id, 1, 2))
    assert isinstance(page, Page)
    assert ([found.sequence for found in page.envelopes], page.newest) == ([2, 3], 5)
    assert one(store, Fetch(box.id, 5, 2)) == Page((), 5)
    assert one(store, Fetch(box.id, 2**53 - 1, 2)) == Page((), 5)
    assert one(store, Fetch(MailboxId(bytes(16)), 0, 2)) == REFUSED


def test_the_quota_is_counted_with_what_is_stored_in_the_same_commit(store: Store) -> None:
    """N05."""
    box = created(store)
    results = store.commit([box.append(bytes(1_000)) for _ in range(6)], NOW)
    assert results == [*map(Appended, range(1, 6)), Refused(ErrorCode.FULL, 60)]
    assert store.commit([Acknowledge(box.id, 2), box.append(bytes(2_000)), box.append(b"x")], NOW)[1:] == [
        Appended(6),
        Refused(ErrorCode.FULL, 60),
    ]
    assert totals(store).envelope_bytes == 5_000


def test_tokens_are_added_and_revoked_up_to_their_number(store: Store) -> None:
    """MB-3: 256 at most; a hash in both lists is revoked."""
    box = created(store)
    more = [TokenHash(ENTROPY(32)) for _ in range(256)]
    for start in range(0, 224, 32):
        assert one(store, ChangeTokens(box.id, tuple(more[start : start + 32]), ())) == Stored()
    assert one(store, ChangeTokens(box.id, tuple(more[224:256]), ())) == Refused(ErrorCode.CONFLICT)
    assert one(store, ChangeTokens(box.id, tuple(more[224:256]), (box.token,))) == Stored()
    assert one(store, box.append()) == REFUSED
    assert one(store, ChangeTokens(box.id, (more[3],), (more[3],))) == Stored()
    box.token = more[3]
    assert one(store, box.append()) == REFUSED
    box.token = more[4]
    assert one(store, box.append()) == Appended(1)


def test_a_token_may_be_revoked_and_added_again_in_one_commit(store: Store) -> None:
    box = created(store)
    revoked, added = ChangeTokens(box.id, (), (box.token,)), ChangeTokens(box.id, (box.token,), ())
    results = store.commit([revoked, box.append(), added, box.append(), added, revoked, box.append()], NOW)
    assert results == [Stored(), REFUSED, Stored(), Appended(1), Stored(), Stored(), REFUSED]
    assert store.commit([revoked, added], NOW) == [Stored(), Stored()]
    assert one(store, box.append()) == Appended(2)


def test_envelopes_and_submit_ids_go_when_their_time_is_over(store: Store) -> None:
    """RL-7, MB-7: envelopes after the retention, submit ids after seven days, both to the hour."""
    boxes = [created(store) for _ in range(3)]
    old = [box.append() for box in boxes for _ in range(4)]
    store.commit(old, NOW)
    later = after(NOW, 24 * HOUR)
    store.commit([boxes[0].append(b"younger")], later)
    assert expired(store, after(NOW, 47 * HOUR)) == 0
    assert expired(store, after(NOW, 49 * HOUR)) == 12
    assert [len(box.content(store)) for box in boxes] == [1, 0, 0]
    assert set(store.commit(old, after(NOW, 7 * DAY))) == {Appended(0)}
    assert expired(store, after(NOW, 8 * DAY + HOUR)) == 12 + 1 + 1
    assert one(store, old[0], after(NOW, 8 * DAY)) == Appended(6)


def expired(store: Store, now: Instant) -> int:
    removed = 0
    cursor: ExpiryCursor | None = ExpiryCursor()
    while cursor is not None:
        result = one(store, Expire(cursor, 3), now)
        assert isinstance(result, Expired)
        removed, cursor = removed + result.removed, result.cursor
    return removed


Step = tuple[str, int, int]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("aaarkf"), st.integers(0, 2), st.integers(0, 9)), max_size=12)
    )
)
def test_a_store_does_what_a_list_does(
    tmp_path_factory: pytest.TempPathFactory, open_store: OpenStore, commits: list[list[Step]]
) -> None:
    """Append, repeat, acknowledge and fetch in any order and grouping agree with a model in memory."""
    store = open_store(tmp_path_factory.mktemp("model"), POLICY)
    boxes = [created(store) for _ in range(3)]
    models = [Model() for _ in boxes]
    for steps in commits:
        operations: list[Operation] = []
        expected: list[Result] = []
        for word, place, number in steps:
            operation = models[place].operation(boxes[place], word, number)
            operations.append(operation)
            expected.append(models[place].result(operation))
        assert store.commit(operations, NOW) == expected
    for box, model in zip(boxes, models, strict=True):
        assert [found.sequence for found in box.content(store)] == list(model.waiting)
    store.close()


def test_the_highest_acknowledged_sequence_is_remembered(open_store: OpenStore, tmp_path: Path) -> None:
    """MB-14: over a restart, a lower acknowledgement, and the expiry of everything."""
    store = open_store(tmp_path, POLICY)
    box = created(store)
    assert one(store, LookAtMailbox(box.id)) == Progress(0, 0)
    store.commit([box.append(), box.append(), box.append(), Acknowledge(box.id, 2)], NOW)
    assert one(store, LookAtMailbox(box.id)) == Progress(2, 3)
    one(store, Acknowledge(box.id, 1))
    store.close()
    store = open_store(tmp_path, POLICY)
    store.commit([Expire(ExpiryCursor(), 10)], after(NOW, 30 * DAY))
    assert one(store, LookAtMailbox(box.id)) == Progress(2, 3)
    assert one(store, LookAtMailbox(Box().id)) == REFUSED
    store.close()


class Model:
    """A mailbox as simply as it can be said."""

    def __init__(self) -> None:
        self.submitted: list[Append] = []
        self.waiting: dict[int, Append] = {}

    def operation(self, box: Box, word: str, number: int) -> Append | Acknowledge | Fetch:
        """What a step of a schedule does."""
        if word == "k":
            return Acknowledge(box.id, number)
        if word == "f":
            return Fetch(box.id, number, 3)
        if word == "r" and number < len(self.submitted):
            return self.submitted[number]
        return box.append(bytes(1 + number))

    def result(self, operation: Append | Acknowledge | Fetch) -> Result:
        """What a store must answer to it."""
        newest = len(self.submitted)
        if isinstance(operation, Append):
            if operation in self.submitted:
                return Appended(0)
            if len(self.waiting) >= POLICY.messages:
                return Refused(ErrorCode.FULL, 60)
            self.submitted.append(operation)
            self.waiting[newest + 1] = operation
            return Appended(newest + 1)
        if isinstance(operation, Acknowledge):
            if operation.sequence > newest:
                return Refused(ErrorCode.CONFLICT)
            self.waiting = {at: kept for at, kept in self.waiting.items() if at > operation.sequence}
            return Stored()
        found = [(at, kept) for at, kept in self.waiting.items() if at > operation.after][: operation.count]
        return Page(tuple(_stored(at, kept) for at, kept in found), newest)


def _stored(sequence: int, append: Append) -> StoredEnvelope:
    return StoredEnvelope(sequence, append.submit_id, append.envelope)
