"""A step that is interrupted, wherever that is: all of it is there or nothing, and the vault goes on."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from securemsg.errors import LocalError
from securemsg.store import vault as vault_module
from securemsg.store.ids import MessageRow
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.harmed import say
from tests.store.vaults import NOW, PASSPHRASE, add_contact, create

STORE = str(Path(vault_module.__file__).parent)
CONTACTS = 40
Trace = Callable[[FrameType, str, Any], Any]


class Interrupted(BaseException):
    """Comes from nowhere, as a cancellation or Ctrl-C does."""


def prepare(home: Path) -> Vault:
    vault = create(home)
    with vault.transaction() as transaction:
        for number in range(CONTACTS):
            add_contact(transaction, f"contact {number}")
        say(transaction, 1)
    return vault


def rows_of(vault: Vault) -> list[list[tuple[Any, ...]]]:
    """Every row of every table, the index of words included."""
    with vault.transaction() as transaction:
        rows = transaction._rows
        names = rows.all("select name from sqlite_schema where type = 'table' order by name")
        return [rows.all(f'select * from "{name}"') for (name,) in names]  # noqa: S608  # names of the schema


def speak(transaction: Transaction) -> None:
    say(transaction, 2)
    transaction.contacts.set_name(transaction.contacts.find("contact 1").id, "somebody")


def forget(transaction: Transaction) -> None:
    transaction.messages.erase([MessageRow(1)], NOW)


def run(vault: Vault, step: Callable[[Transaction], None]) -> None:
    with vault.transaction() as transaction:
        step(transaction)


@contextlib.contextmanager
def interrupted_at_statement(vault: Vault, number: int) -> Iterator[list[str]]:
    """Interrupt before the statement of that number; the list gets all that are run."""
    connection = vault._connection
    assert connection is not None
    seen: list[str] = []

    def trace(_cursor: object, statement: str, _bindings: object) -> bool:
        seen.append(statement)
        if len(seen) == number:
            raise Interrupted
        return True

    connection.exec_trace = trace
    try:
        with contextlib.suppress(Interrupted):
            yield seen
    finally:
        connection.exec_trace = None


@contextlib.contextmanager
def interrupted_at_line(number: int) -> Iterator[list[str]]:
    """Interrupt at the line of that number that is run in the store; the list tells which it was."""
    left = number
    at: list[str] = []

    def trace(frame: FrameType, event: str, _argument: object) -> Trace | None:
        nonlocal left
        if not frame.f_code.co_filename.startswith(STORE):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                at.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
                raise Interrupted
        return trace

    sys.settrace(trace)
    try:
        with contextlib.suppress(Interrupted):
            yield at
    finally:
        sys.settrace(None)


def reopened(kept: Path, home: Path) -> Vault:
    """Put the home back as it was kept."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(kept, home)
    return Vault.open(home, PASSPHRASE)


def check_whole(vault: Vault, before: list[list[tuple[Any, ...]]]) -> bool:
    """Tell whether the step is there, all of it; else nothing of it is."""
    with vault.transaction() as transaction:
        number = transaction._rows.number
        said = number("select count(*) from messages")
        counts = [number(f"select count(*) from {table}") for table in ("outbox", "received", "notes")]  # noqa: S608  # constants
        found = len(transaction.search.find("text", 10))
        named = transaction.contacts.find("contact 1").name == "somebody"
    if said == 1:
        assert rows_of(vault) == before
        return False
    # Forgetting leaves what was received and noted.
    assert (said, counts, found, named) in ((2, [2, 2, 2], 2, True), (0, [0, 1, 1], 0, False))
    return True


@pytest.mark.parametrize("step", [speak, forget])
def test_a_step_interrupted_at_any_statement_leaves_nothing_of_it(
    home: Path, step: Callable[[Transaction], None]
) -> None:
    """N19, ST-6: begin and commit are statements, too; what comes after the commit undoes nothing."""
    vault = prepare(home)
    before = rows_of(vault)
    for number in range(1, 1_000):
        with interrupted_at_statement(vault, number) as seen:
            run(vault, step)
        assert check_whole(vault, before) == ("commit" in seen[: number - 1]), seen
        if "commit" in seen[: number - 1]:
            break
    assert number > 5
    assert vault.check() == []
    vault.close()


@pytest.mark.usefixtures("derived_once")
@pytest.mark.parametrize("step", [speak, forget])
def test_a_step_interrupted_at_any_line_is_there_whole_or_not_at_all(
    home: Path, step: Callable[[Transaction], None]
) -> None:
    """N19, ST-6: and the vault goes on, unless the cleaning-up itself was interrupted: then it refuses."""
    kept = home.parent / "kept"
    prepare(kept).close()
    vault = reopened(kept, home)
    before = rows_of(vault)
    places: set[str] = set()
    stuck: set[str] = set()
    for number in range(1, 10_000):
        with interrupted_at_line(number) as at:
            run(vault, step)
        if vault._busy:
            with pytest.raises(LocalError, match="open already"):
                vault.checkpoint()
            stuck.update(at)
            vault._busy = False
        if check_whole(vault, before):
            vault.close()
            vault = reopened(kept, home)
        places.update(at)
        if not at:
            break
    vault.close()
    assert len(places) > 30
    assert {place.split(":")[0] for place in stuck} == {"Vault.transaction", "Rows.end"}
    assert len(stuck) == 3
