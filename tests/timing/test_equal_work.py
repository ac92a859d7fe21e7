"""A refusal costs the relay's store the same, whether the mailbox exists or not: counted, not timed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from relay.storage.operations import Acknowledge, Append, Create, FindOwner, Operation, Refused, TakePrekeys
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from securemsg.ids import SubmitId
from securemsg.mailbox.limits import Registration
from tests.relay.stored import ENTROPY, NOW, Box, created

Asking = Callable[[Box], Operation]

MESSAGES = 500
SLACK = 40
"""Steps of SQLite that may differ: a row that is there takes some more to read; about a microsecond."""


def submit(box: Box) -> Append:
    return Append(box.id, Box().token, SubmitId(ENTROPY(16)), b"sealed")


def fetch(box: Box) -> TakePrekeys:
    return TakePrekeys(box.id, Box().token)


def create(box: Box) -> Create:
    return Create(box.id, Box().key, (box.token,), None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "relay.db", StorePolicy())
    yield opened
    opened.close()


def busy(store: SqliteStore) -> Box:
    """Return a mailbox that accepted messages, which its owner has read."""
    box = created(store)
    store.commit([box.append() for _ in range(MESSAGES)], NOW)
    store.commit([Acknowledge(box.id, MESSAGES)], NOW)
    return box


def steps(store: SqliteStore, operation: Operation) -> int:
    """Return how many steps SQLite takes to answer."""
    counted: list[int] = []

    def count(event: dict[str, object]) -> None:
        status = event["stmt_status"]
        assert isinstance(status, dict)
        counted.append(status["SQLITE_STMTSTATUS_VM_STEP"])

    store.database.trace_v2(apsw.SQLITE_TRACE_PROFILE, count)
    store.commit([operation], NOW)
    store.database.trace_v2(0, None)
    return sum(counted)


@pytest.mark.parametrize("ask", [submit, fetch])
def test_a_wrong_token_costs_what_an_unknown_mailbox_does(store: SqliteStore, ask: Asking) -> None:
    """N23, N07, MB-10."""
    box = created(store)
    assert isinstance(store.commit([ask(box)], NOW)[0], Refused)
    assert abs(steps(store, ask(box)) - steps(store, ask(Box()))) <= SLACK


@pytest.mark.parametrize("ask", [submit, fetch])
def test_a_wrong_token_does_not_tell_how_much_a_mailbox_received(store: SqliteStore, ask: Asking) -> None:
    """N23, N07, MB-10: who was revoked must not see that it goes on, and how much."""
    assert abs(steps(store, ask(busy(store))) - steps(store, ask(Box()))) <= SLACK


@pytest.mark.parametrize("ask", [submit, fetch])
def test_a_wrong_token_does_not_tell_whether_a_mailbox_is_in_use(store: SqliteStore, ask: Asking) -> None:
    """N23, N07, MB-10: when it was forgotten, as the least recently used are."""
    box = created(store)
    store._boxes.forget()
    assert abs(steps(store, ask(box)) - steps(store, ask(Box()))) <= SLACK


def test_looking_for_an_owner_costs_the_same_without_one(store: SqliteStore) -> None:
    """N23, MB-10: what a wrong proof costs; its signature is judged by a decoy then."""
    assert abs(steps(store, FindOwner(busy(store).id)) - steps(store, FindOwner(Box().id))) <= SLACK


@pytest.mark.parametrize("registration", [Registration.CLOSED, Registration.INVITATION])
def test_who_may_not_register_cannot_tell_whether_a_mailbox_exists(
    tmp_path: Path, registration: Registration
) -> None:
    """N23, MB-4: one refusal, for the same work."""
    path = tmp_path / "relay.db"
    opened = SqliteStore.open(path, StorePolicy())
    box = busy(opened)
    opened.close()
    store = SqliteStore.open(path, StorePolicy(registration=registration))
    assert store.commit([create(box)], NOW) == store.commit([create(Box())], NOW)
    assert abs(steps(store, create(box)) - steps(store, create(Box()))) <= SLACK
    store.close()


def test_the_count_sees_work(store: SqliteStore) -> None:
    """The count itself can fail: accepting costs more than refusing."""
    box = created(store)
    assert steps(store, box.append()) > steps(store, submit(box)) + SLACK
