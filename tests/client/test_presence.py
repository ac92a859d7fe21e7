"""Who is writing, and what was read: told rarely, late, or not at all."""

import anyio
import pytest

from securemsg.client import notices
from securemsg.client.board import Board
from securemsg.client.notices import Notice
from securemsg.client.presence import is_passing, queue_read_receipts
from securemsg.client.sending import queue_passing
from securemsg.client.step import Changes
from securemsg.client.views import MessageState
from securemsg.ids import MessageId
from securemsg.instant import DAY, Instant
from securemsg.mailbox.answers import ErrorCode, Failed
from securemsg.store.ids import ContactId
from securemsg.wire.messages.content import Delete, Name, Receipt, Text, Typing, TypingState, encode
from tests.client.post import Person, PostOffice, settle
from tests.client.seen import THUMB, outgoing


def test_read_receipts_are_off_then_batched_and_late(office: PostOffice) -> None:
    """CT-13."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "one")
    settle(ann, ben)
    ben.profile.mark_read(ben.of("ann"))
    assert _read_due(ben) is None
    ben.profile.decide(lambda step: step.vault.settings.put("read_receipts", "on"))
    for text in ("two", "three"):
        ann.write("ben", text)
        settle(ann, ben)
        ben.profile.mark_read(ben.of("ann"))
    due = _read_due(ben)
    assert due is not None
    assert 2_000 <= due - office.now <= 30_000
    before = len(office.submitted)
    ben.profile.decide(queue_read_receipts)
    settle(ann, ben)
    assert len(office.submitted) == before
    office.pass_time(30_000)
    ben.profile.decide(queue_read_receipts)
    settle(ann, ben)
    assert len(office.submitted) == before + 1
    assert ann.states("ben") == [MessageState.DELIVERED, MessageState.READ, MessageState.READ]


def test_a_stranger_is_told_nothing(office: PostOffice) -> None:
    """CT-4, CT-12, CT-13: no receipt, no reading, no typing, and it is not shown as typing."""
    ann, ben = office.person("ann"), office.person("ben")
    ben.profile.decide(lambda step: step.vault.settings.put("read_receipts", "on"))
    ben.profile.decide(lambda step: step.vault.settings.put("typing", "on"))
    ann.add(ben)
    said = ann.write("ben", "who are you?")
    ann.profile.react(said.row, THUMB)
    settle(ann, ben)
    before = len(office.submitted)
    ben.profile.mark_read(ben.of("ann"))
    ben.profile.typing(ben.of("ann"))
    office.pass_time(60_000)
    ben.profile.decide(queue_read_receipts)
    settle(ann, ben)
    assert len(office.submitted) == before
    assert ben.read("ann") == ["who are you?"]


def test_typing_is_told_rarely_to_whom_we_heard_and_never_again(office: PostOffice) -> None:
    """CT-12."""
    ann, ben = office.friends("ann", "ben")
    ann.profile.decide(lambda step: step.vault.settings.put("typing", "on"))
    ann.write("ben", "hello")
    settle(ann, ben)
    office.pass_time(300_000)
    ann.profile.typing(ann.of("ben"))
    assert ann.profile.waiting() == 0
    ben.write("ann", "hello")
    settle(ann, ben)
    ben.profile.take_changes()
    for _ in range(3):
        ann.profile.typing(ann.of("ben"))
        settle(ann, ben)
    changes = ben.profile.take_changes()
    assert changes.typing == {ben.of("ann"): office.now + 15_000}
    assert not changes.contacts
    assert outgoing(ann) == 0
    ann.write("ben", "written")
    settle(ann, ben)
    assert ben.profile.take_changes().typing == {ben.of("ann"): office.now}


def test_typing_that_cannot_leave_or_comes_late_is_dropped(office: PostOffice) -> None:
    """CT-12."""
    ann, ben = office.friends("ann", "ben")
    ann.profile.decide(lambda step: step.vault.settings.put("typing", "on"))
    ben.write("ann", "hello")
    settle(ann, ben)
    ann.profile.typing(ann.of("ben"))
    assert ann.profile.waiting() == 1
    ben.box.failure = Failed(ErrorCode.UNAVAILABLE, 1)
    ann.send()
    assert ann.profile.waiting() == 0
    ben.box.failure = None
    office.pass_time(8_000)
    ann.profile.typing(ann.of("ben"))
    ann.send()
    office.pass_time(15_000)
    ben.profile.take_changes()
    ben.collect()
    assert ben.profile.take_changes().typing == {}


@pytest.mark.anyio
async def test_who_looks_is_told_who_types_and_until_when(office: PostOffice) -> None:
    """CT-12: not that messages changed, which would be looked for in vain."""
    board, heard = Board(), list[Notice]()

    async def listen() -> None:
        heard.extend([notice async for notice in board.notices()])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listen)
        await anyio.wait_all_tasks_blocked()
        board.changed(Changes(typing={ContactId(3): Instant(office.now + 15_000)}))
        board.close()
    assert heard == [notices.Typing(3, Instant(office.now + 15_000))]


def test_who_waits_for_the_typist_is_not_kept_waiting(office: PostOffice) -> None:
    """CT-12: where anything waits, or nothing can be sealed, nothing is told."""
    ann, ben = office.friends("ann", "ben")
    ann.profile.decide(lambda step: step.vault.settings.put("typing", "on"))
    ben.write("ann", "hello")
    settle(ann, ben)
    ann.write("ben", "waits")
    before = ann.profile.waiting()
    ann.profile.typing(ann.of("ben"))
    assert ann.profile.waiting() == before
    settle(ann, ben)
    ann.write("ben", "is not answered")
    ann.send()
    office.pass_time(8 * DAY)
    contact = ContactId(ann.of("ben"))
    typing = Typing(MessageId(bytes(16)), office.now, TypingState.TYPING)
    assert not ann.profile.decide(lambda step: queue_passing(step, contact, typing))
    assert ann.profile.waiting() == 0


@pytest.mark.parametrize("state", TypingState)
def test_only_typing_passes(state: TypingState) -> None:
    """CT-12: it is told by how it begins; whatever else is queued stays until it has left."""
    head = MessageId(bytes(16)), Instant(0)
    named = (MessageId(bytes(16)),)
    assert is_passing(encode(Typing(*head, state)))
    assert not any(is_passing(encode(other)) for other in (Receipt(*head, named), Delete(*head, named)))
    assert not any(is_passing(encode(other)) for other in (Text(*head, "typing"), Name(*head, "typing")))


def _read_due(person: Person) -> int | None:
    return person.profile.decide(lambda step: step.vault.read_receipts.next_due())
