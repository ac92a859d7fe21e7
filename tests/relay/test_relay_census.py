"""A relay that has as many mailboxes as it may."""

from pathlib import Path

import pytest

from relay.config import LimitSettings
from relay.storage.operations import Invite, Stored
from securemsg.crypto.ed25519 import SigningKey
from securemsg.instant import DAY, after
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.requests import Create
from securemsg.mailbox.tokens import Invitation
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.running import START, Setting, running, until

pytestmark = pytest.mark.anyio

NOBODY_NEW = Failed(ErrorCode.REGISTRATION_REFUSED)


async def test_beyond_the_cap_nobody_new_is_let_in_and_those_who_are_here_are_served(tmp_path: Path) -> None:
    """RL-39, N06: also after a restart, as soon as the mailboxes are counted."""
    setting = Setting(limits=LimitSettings(mailboxes=3))
    here = [Mailbox() for _ in range(3)]
    stolen = Create(here[0].id, SigningKey.generate(ENTROPY).public(), ())
    for made in (Done(), NOBODY_NEW):
        async with running(tmp_path, setting) as relay:
            if made == NOBODY_NEW:
                await until(lambda: relay.service.census.is_full)
            async with RelayClient.open(relay.address) as client:
                assert await client.ask_all([one.creation for one in here]) == [Done()] * 3
                newcomers = [Mailbox().creation, stolen, Mailbox().creation]
                assert await client.ask_all([*newcomers, here[1].submit()]) == [NOBODY_NEW] * 3 + [Accepted()]
            async with RelayClient.open(relay.address) as owner:
                await owner.listen(here[1])
                await owner.delivery()


async def test_an_invitation_is_not_used_up_by_one_who_is_not_let_in(tmp_path: Path) -> None:
    """RL-39: it can be used when there is room again."""
    setting = Setting(limits=LimitSettings(mailboxes=1), registration=Registration.INVITATION)
    invitation = Invitation.make(ENTROPY)
    async with running(tmp_path, setting) as relay:
        await relay.service.committer.commit([Invite(invitation.hash, 2, after(START, DAY))])
        async with RelayClient.open(relay.address) as client:
            for answer in (Done(), NOBODY_NEW):
                one = Mailbox()
                assert await client.ask(Create(one.id, one.key.public(), (), invitation)) == answer
            relay.service.census.counted(0, relay.service.census.made)
            assert await client.ask(Create(one.id, one.key.public(), (), invitation)) == Done()
        assert await relay.service.committer.commit([Invite(ENTROPY(32), 1, after(START, DAY))]) == [Stored()]


async def test_what_is_made_while_the_store_counts_is_not_forgotten(tmp_path: Path) -> None:
    """RL-39: the count may be older than the answer to one who was let in."""
    async with running(tmp_path, Setting(limits=LimitSettings(mailboxes=1))) as relay:
        census = relay.service.census
        made = census.made
        async with RelayClient.open(relay.address) as client:
            assert await client.ask(Mailbox().creation) == Done()
            census.counted(0, made)
            assert await client.ask(Mailbox().creation) == NOBODY_NEW


async def test_one_mailbox_that_is_made_again_and_again_counts_once(tmp_path: Path) -> None:
    """RL-39: a stranger repeated his own request until nobody else could register."""
    async with (
        running(tmp_path, Setting(limits=LimitSettings(mailboxes=3))) as relay,
        RelayClient.open(relay.address) as client,
    ):
        mailbox = Mailbox()
        assert await client.ask_all([mailbox.creation for _ in range(10)]) == [Done()] * 10
        assert await client.ask(Mailbox().creation) == Done()
