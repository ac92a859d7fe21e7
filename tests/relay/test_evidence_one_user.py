"""One user cannot take the disk from the others (Spec: RL-5, RL-48)."""

from pathlib import Path

import pytest
import trio

from relay.config import MEBIBYTE, LimitSettings
from relay.storage.operations import Invite
from securemsg.instant import DAY, Instant
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.requests import Acknowledge, Create
from securemsg.mailbox.tokens import Invitation
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.running import START, Setting, running, until
from tests.relay.test_operation_disk import small_disk

__all__ = ["small_disk"]

LARGE = bytes(30_000)


async def fill(client: RelayClient, mailbox: Mailbox) -> int:
    """Submit until something is refused; returns how much was accepted (bytes)."""
    accepted = 0
    while (answers := await client.ask_all([mailbox.submit(LARGE) for _ in range(16)])) == [Accepted()] * 16:
        accepted += 16
    refusals = {answer.code for answer in answers if isinstance(answer, Failed)}
    assert refusals <= {ErrorCode.FULL, ErrorCode.UNAVAILABLE}
    return (accepted + answers.count(Accepted())) * len(LARGE)


@pytest.mark.anyio
async def test_who_was_invited_once_has_one_mailbox_and_its_quota(tmp_path: Path) -> None:
    """N06: an invitation is worth its uses times the quota of a mailbox, and no more."""
    limits = LimitSettings(mailbox_mebibytes=2)
    setting = Setting(limits, registration=Registration.INVITATION)
    greedy, second, quiet = Mailbox(), Mailbox(), Mailbox()
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as client:
        for mailbox, other in ((greedy, second), (quiet, Mailbox())):
            invitation = Invitation.make(ENTROPY)
            await relay.service.committer.commit([Invite(invitation.hash, 1, Instant(START + DAY))])
            for one, answer in ((mailbox, Done()), (other, Failed(ErrorCode.REGISTRATION_REFUSED))):
                made = Create(one.id, one.key.public(), (one.token.hash,), invitation)
                assert await client.ask(made) == answer
        assert await fill(client, greedy) <= 2 * MEBIBYTE
        assert await client.ask(quiet.submit(LARGE)) == Accepted()


@pytest.mark.anyio
async def test_on_an_open_relay_the_reserve_stops_one_user_and_the_others_keep_what_they_have(
    small_disk: Path,
) -> None:
    """N06: mailbox after mailbox until nobody new comes in; what others have is delivered and deleted."""
    setting = Setting(LimitSettings(reserve_mebibytes=4, mailbox_mebibytes=1))
    quiet = Mailbox()
    async with (
        running(small_disk / "data", setting) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as greedy,
    ):
        reserve = relay.service.reserve
        assert await owner.ask(quiet.creation) == Done()
        assert await greedy.ask(quiet.submit(LARGE)) == Accepted()
        await until(lambda: reserve.held > 0)
        mailbox = Mailbox()
        while (answer := await greedy.ask(mailbox.creation)) == Done():
            await fill(greedy, mailbox)
            mailbox = Mailbox()
            # The relay looks at its disk four times a second.
            await trio.sleep(0.3)
        assert answer == Failed(ErrorCode.UNAVAILABLE, 60)
        assert await greedy.ask(quiet.submit(LARGE)) == Accepted()
        # What holds the room is still there: nothing was dropped, and owners can make room.
        await owner.listen(quiet)
        assert (await owner.delivery()).envelope == LARGE
        assert await owner.ask(Acknowledge(quiet.id, 1)) == Done()
