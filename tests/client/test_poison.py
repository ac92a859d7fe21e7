"""A delivery that makes handling fail in an unforeseen way is put aside after one failure."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from securemsg.client import inbox
from securemsg.client.board import Board
from securemsg.client.profile import Profile
from securemsg.client.randomness import RandomnessFailed
from securemsg.client.receiving import receive
from securemsg.client.step import Step
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.answers import Deliver
from securemsg.store.errors import StorageFailed
from securemsg.store.vault import Vault
from tests.client.post import Person, PostOffice, settle
from tests.store.vaults import PASSPHRASE

pytestmark = pytest.mark.anyio
Enough: TypeAlias = Callable[[], bool]


@pytest.fixture
def anyio_backend() -> str:
    return "trio"


def inbox_of(person: Person) -> inbox.Inbox:
    """Return the inbox of a person who is not connected."""

    async def decide(function: Callable[[Step], object]) -> object:
        return person.profile.decide(function)

    return inbox.Inbox(person.profile, Board(), decide)  # type: ignore[arg-type]  # generic in its result


async def test_those_beside_a_poisoned_delivery_are_read(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T19, CL-14: it fails once by itself, is noted, and counts as handled."""
    ann, ben = office.friends("ann", "ben")
    for number in range(5):
        ann.write("ben", str(number))
    ann.send()
    poison = ben.box.queue[2]
    tried: list[int] = []

    def fail(step: Step, deliveries: Sequence[Deliver], enough: Enough) -> int:
        tried.append(len(deliveries))
        handled = receive(step, deliveries, enough)
        if poison in deliveries:
            raise ZeroDivisionError
        return handled

    monkeypatch.setattr(inbox, "receive", fail)
    await inbox_of(ben)._handle(list(ben.box.queue))
    assert ben.read("ann") == ["0", "1", "3", "4"]
    assert ben.notes() == {"quarantined": 1}
    assert tried == [5, 1, 1, 1, 1, 1]
    monkeypatch.undo()
    settle(ann, ben)
    assert ben.read("ann") == ["0", "1", "3", "4"]


async def test_a_random_generator_that_fails_puts_nothing_aside(office: PostOffice) -> None:
    """CL-14, CL-3, PR-2: an opening, and an answer that needs a new ratchet key, wait until it works."""
    ann, ben = office.friends("ann", "ben")
    works = True

    def source(count: int) -> bytes:
        return ann.profile.entropy(count) if works else bytes(count)

    ben.profile.close()
    ben.profile = Profile(Vault.open(ben.home, PASSPHRASE), ben.clock, SystemEntropy(source))
    for text in ("opens a session", "goes on"):
        ann.write("ben", text)
        ann.send()
        works = False
        with pytest.raises(RandomnessFailed):
            await inbox_of(ben)._handle(list(ben.box.queue))
        assert ben.notes() == {}
        assert ben.profile.decide(lambda step: step.vault.position.load()).handled == ben.box.sequence - 1
        works = True
        settle(ann, ben)
        assert ben.read("ann")[-1] == text
        ben.write("ann", "answers")
        settle(ann, ben)


async def test_memory_that_runs_out_puts_nothing_aside(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL-14: nor anything else that this computer is to blame for."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "kept by the relay")
    ann.send()

    def fail(_step: Step, _deliveries: Sequence[Deliver], _enough: Enough) -> int:
        raise MemoryError

    monkeypatch.setattr(inbox, "receive", fail)
    with pytest.raises(MemoryError):
        await inbox_of(ben)._handle(list(ben.box.queue))
    monkeypatch.undo()
    assert ben.notes() == {}


async def test_a_failing_disk_puts_nothing_aside(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """CL-14, CL-3: the message is not to blame, and stays at the relay."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "kept by the relay")
    ann.send()

    def fail(_step: Step, _deliveries: Sequence[Deliver], _enough: Enough) -> int:
        raise StorageFailed("the disk is full")

    monkeypatch.setattr(inbox, "receive", fail)
    with pytest.raises(StorageFailed):
        await inbox_of(ben)._handle(list(ben.box.queue))
    monkeypatch.undo()
    assert ben.notes() == {}
    settle(ann, ben)
    assert ben.read("ann") == ["kept by the relay"]


async def test_what_takes_long_is_handled_in_several_turns(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL-3: the person does something in between, and what was handled stays so."""
    ann, ben = office.friends("ann", "ben")
    for number in range(3):
        ann.write("ben", str(number))
    ann.send()
    queue = list(ben.box.queue)
    assert ben.profile.decide(lambda step: receive(step, queue, lambda: True)) == 1
    assert ben.read("ann") == ["0"]
    assert ben.profile.decide(lambda step: step.vault.position.load()).handled == queue[0].sequence
    monkeypatch.setattr(inbox, "TURN", -1)
    assert await inbox_of(ben)._handle(queue[1:]) == 1
    assert ben.read("ann") == ["0", "1"]
    monkeypatch.undo()
    settle(ann, ben)
    assert ben.read("ann") == ["0", "1", "2"]
