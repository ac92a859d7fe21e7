"""One scripted scenario, with each of its system calls failing in turn: the method of SQLite's own tests."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from securemsg.errors import LocalError
from securemsg.store.ids import ContactId
from securemsg.store.vault import Vault
from tests.store.faulty import FAULTS, FAULTY_VFS, FOREVER
from tests.store.vaults import NOW, PASSPHRASE, add_contact, create, make_text

pytestmark = [
    pytest.mark.usefixtures("derived_once"),
    # What a VFS raises where SQLite cannot pass it on is reported a second time.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

BOB = ContactId(1)
NOTHING_KEPT = "nothing of this step was kept"
Said = frozenset[str]
Change = Callable[[Said], Said]


@dataclass(frozen=True)
class Step:
    """Something done to a vault, and what that makes of what is said in it."""

    do: Callable[[Vault], None]
    change: Change


def add(*texts: str) -> Step:
    def do(vault: Vault) -> None:
        with vault.transaction() as transaction:
            for text in texts:
                row = transaction.messages.add_outgoing(BOB, make_text(text), NOW)
                transaction.outbox.add(BOB, text.encode(), NOW, row)

    return Step(do, lambda said: said | set(texts))


def erase(*texts: str) -> Step:
    def do(vault: Vault) -> None:
        with vault.transaction() as transaction:
            found = transaction.messages.page(BOB, None, 1000)
            transaction.messages.erase([message.row for message in found if message.text in texts], NOW)

    return Step(do, lambda said: said - set(texts))


SCRIPT = (
    add("one", "two", "three"),
    add(*(f"number {number} " * 100 for number in range(8))),
    erase("two"),
    add("four"),
    Step(Vault.checkpoint, lambda said: said),
    add("five", "six"),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The place of a home whose first state is kept beside, so that each run begins alike."""
    vault = create(tmp_path / "kept")
    with vault.transaction() as transaction:
        assert add_contact(transaction) == BOB
    vault.close()
    monkeypatch.setattr("securemsg.store.connection.CIPHER_VFS", FAULTY_VFS)
    yield tmp_path / "home"
    FAULTS.disarm()


def run(home: Path) -> set[Said]:
    """Run the script, going on after what fails; return what may be in the vault then.

    A step that was confirmed is there. One that failed may be there, or not, but whole.
    """
    possible = {Said()}
    with contextlib.suppress(LocalError):
        vault = Vault.open(home, PASSPHRASE)
        for step in SCRIPT:
            after = {step.change(said) for said in possible}
            try:
                step.do(vault)
            except LocalError as error:
                if NOTHING_KEPT not in str(error):
                    possible |= after
            else:
                possible = after
        vault.close()
    return possible


def content(home: Path) -> Said:
    """Every text that is there, after a look at the whole vault."""
    with contextlib.closing(Vault.open(home, PASSPHRASE)) as vault:
        assert vault.check() == []
        with vault.transaction() as transaction:
            messages = transaction.messages.page(BOB, None, 1000)
            assert transaction.outbox.waiting() == len(messages)
            assert len(transaction.search.find("number", 1000)) in (0, 8)
    return Said(message.text for message in messages)


def run_afresh(home: Path) -> Said:
    """Run on a copy of the home, and compare what is there on a sound disk with what was confirmed."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(home.parent / "kept", home)
    possible = run(home)
    FAULTS.disarm()
    found = content(home)
    assert found in possible
    return found


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (apsw.IOError, 1),
        (apsw.IOError, FOREVER),
        (apsw.FullError, 1),
        (apsw.FullError, FOREVER),
        (apsw.NoMemError, 1),
        (apsw.BusyError, 1),
    ],
)
def test_whichever_call_fails_nothing_confirmed_is_lost_and_nothing_is_half(
    home: Path, kind: type[apsw.Error], count: int
) -> None:
    """R19: of opening, steps, checkpoint and closing, until the script runs without a failure."""
    seen: set[str] = set()
    for first in range(1, 10_000):
        FAULTS.arm(kind, first, count)
        found = run_afresh(home)
        if not FAULTS.failed:
            break
        seen.update(FAULTS.failed)
    assert len(found) == 13
    assert first > 60
    if kind is apsw.FullError:
        assert seen == {"write"}
    else:
        assert seen >= {"open", "read", "write", "sync", "size", "truncate", "lock"}


def test_wherever_memory_ends_nothing_confirmed_is_lost_and_nothing_is_half(home: Path) -> None:
    """R19: SQLite is refused what it asks for beyond a limit that rises until the script runs."""
    shutil.copytree(home.parent / "kept", home)
    run(home)
    outcomes = []
    for room in range(0, 2_000_000, 10_000):
        apsw.hard_heap_limit(apsw.memory_used() + room)
        try:
            shutil.rmtree(home)
            shutil.copytree(home.parent / "kept", home)
            possible = run(home)
        finally:
            apsw.hard_heap_limit(0)
        found = content(home)
        assert found in possible
        outcomes.append(len(found))
        if len(found) == 13:
            break
    assert outcomes[0] == 0
    assert outcomes[-1] == 13
    assert len(outcomes) > 10
