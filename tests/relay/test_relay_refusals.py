"""What a relay does not do, and what it says then."""

import statistics
import time
from pathlib import Path

import pytest

from relay.config import LimitSettings
from relay.storage.operations import Invite, Stored
from securemsg.crypto.ed25519 import SigningKey
from securemsg.errors import RemoteError
from securemsg.ids import MailboxId, SubmitId
from securemsg.instant import DAY, after
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.requests import (
    Acknowledge,
    Create,
    FetchPrekeys,
    Prove,
    PublishLeaves,
    PublishManifest,
    Request,
    SetTokens,
    Submit,
    Subscribe,
    values,
)
from securemsg.mailbox.tokens import Invitation, SendToken
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.running import START, Setting, running

pytestmark = pytest.mark.anyio

REFUSED = Failed(ErrorCode.REFUSED)


def owners_requests(mailbox: MailboxId) -> list[Request]:
    return [
        Subscribe(mailbox),
        Acknowledge(mailbox, 1),
        SetTokens(mailbox, (SendToken(ENTROPY(32)).hash,)),
        PublishManifest(mailbox, 1, b"manifest"),
        PublishLeaves(mailbox, 1, 0, (b"leaf",)),
    ]


async def test_unknown_mailbox_wrong_token_and_revoked_token_are_one_refusal(tmp_path: Path) -> None:
    """N07: for submits, fetches and proofs."""
    mailbox, stranger = Mailbox(), Mailbox()
    async with running(tmp_path) as relay:
        async with RelayClient.open(relay.address) as owner:
            await owner.ask(mailbox.creation)
            await owner.own(mailbox)
            assert await owner.ask(SetTokens(mailbox.id, (), (mailbox.token.hash,))) == Done()
            wrong_key = SigningKey.generate(ENTROPY)
            assert await owner.ask(owner.connection.proof(stranger.id, wrong_key)) == REFUSED
            assert await owner.ask(owner.connection.proof(mailbox.id, wrong_key)) == REFUSED
            assert await owner.ask(Prove(mailbox.id, bytes(64))) == REFUSED
        async with RelayClient.open(relay.address) as sender:
            wrong = SendToken(ENTROPY(32))
            asked: list[Request] = [
                stranger.submit(),
                mailbox.submit(),
                Submit(mailbox.id, wrong, SubmitId(ENTROPY(16)), b"sealed"),
                FetchPrekeys(stranger.id, stranger.token),
                FetchPrekeys(mailbox.id, mailbox.token),
                FetchPrekeys(mailbox.id, wrong),
            ]
            assert set(await sender.ask_all(asked)) == {REFUSED}


async def test_a_refusal_takes_the_same_time_whatever_its_reason(tmp_path: Path) -> None:
    """N07, MB-10: the medians of 200 refusals each are within a third of each other."""
    mailbox, stranger = Mailbox(), Mailbox()
    mailbox.token, right = SendToken(ENTROPY(32)), mailbox.token
    times: dict[str, list[float]] = {"unknown mailbox": [], "wrong token": []}
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(Create(mailbox.id, mailbox.key.public(), (right.hash,)))
        for _ in range(200):
            for name, target in (("unknown mailbox", stranger), ("wrong token", mailbox)):
                begun = time.perf_counter()
                assert await sender.ask(target.submit()) == REFUSED
                times[name].append(time.perf_counter() - begun)
    first, second = map(statistics.median, times.values())
    assert 2 / 3 < first / second < 3 / 2


async def test_nobody_but_its_owner_reads_deletes_or_changes_a_mailbox(tmp_path: Path) -> None:
    """N08: also not the owner of another one, or one who guesses."""
    victim, own = Mailbox(), Mailbox()
    async with running(tmp_path) as relay:
        async with RelayClient.open(relay.address) as sender:
            await sender.ask_all([victim.creation, own.creation])
            await sender.ask(victim.submit(b"kept"))
            answers = await sender.ask_all(owners_requests(victim.id))
            assert set(answers) == {Failed(ErrorCode.NOT_PROVEN)}
        async with RelayClient.open(relay.address) as thief:
            await thief.own(own)
            for mailbox in (victim.id, MailboxId(ENTROPY(16))):
                answers = await thief.ask_all(owners_requests(mailbox))
                assert set(answers) == {Failed(ErrorCode.NOT_PROVEN)}
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(victim)
            assert (await owner.delivery()).envelope == b"kept"


async def test_an_owner_cannot_send_on_the_connection_that_shows_who_she_is(tmp_path: Path) -> None:
    """MB-6."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        await client.ask(mailbox.creation)
        await client.own(mailbox)
        client.connection._role = None
        asked: list[Request] = [mailbox.submit(), FetchPrekeys(mailbox.id, mailbox.token)]
        assert await client.ask_all(asked) == [Failed(ErrorCode.CONFLICT)] * 2


async def test_a_full_mailbox_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    """N05: by count; the same submit is accepted once there is room."""
    mailbox, other = Mailbox(), Mailbox()
    setting = Setting(LimitSettings(mailbox_messages=3))
    async with (
        running(tmp_path, setting) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask_all([mailbox.creation, other.creation])
        submits = [mailbox.submit() for _ in range(4)]
        full = Failed(ErrorCode.FULL, 60)
        assert await sender.ask_all(submits) == [*[Accepted()] * 3, full]
        assert await sender.ask_all([submits[3], submits[0], other.submit()]) == [
            full,
            Accepted(),
            Accepted(),
        ]
        await owner.listen(mailbox)
        assert [(await owner.delivery()).submit_id for _ in range(3)] == [
            one.submit_id for one in submits[:3]
        ]
        await owner.ask(Acknowledge(mailbox.id, 1))
        assert await sender.ask(submits[3]) == Accepted()


async def test_a_mailbox_is_full_by_bytes_too(tmp_path: Path) -> None:
    """N05."""
    mailbox = Mailbox()
    setting = Setting(LimitSettings(mailbox_mebibytes=1))
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        answers = await sender.ask_all([mailbox.submit(bytes(33_000)) for _ in range(32)])
        assert answers == [*[Accepted()] * 31, Failed(ErrorCode.FULL, 60)]
        assert await sender.ask(mailbox.submit(bytes(20_000))) == Accepted()


async def test_an_envelope_over_the_relays_limit_is_too_large(tmp_path: Path) -> None:
    mailbox = Mailbox()
    setting = Setting(LimitSettings(max_envelope=2_048))
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        large = mailbox.submit(bytes(2_049))
        assert await sender.ask(mailbox.submit(bytes(2_048))) == Accepted()
        # The client's own check stands in the way: the frame is made by hand.
        sender.connection._unanswered[9] = large
        await sender.stream.send(frame(encode(values(9, large))))
        assert await sender.answered() == Failed(ErrorCode.TOO_LARGE)


async def test_creation_is_repeatable_by_the_owner_alone(tmp_path: Path) -> None:
    """MB-4."""
    mailbox, thief = Mailbox(), Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        stolen = Create(mailbox.id, thief.key.public(), (thief.token.hash,))
        assert await client.ask_all([mailbox.creation, mailbox.creation, stolen]) == [Done(), Done(), REFUSED]
        assert await client.ask(Create(thief.id, bytes(32))) == REFUSED
        assert await client.ask(mailbox.submit()) == Accepted()


async def test_registration_by_invitation_takes_each_invitation_as_often_as_it_says(tmp_path: Path) -> None:
    """MB-4: a repeat by the owner does not use it up; it expires."""
    setting = Setting(registration=Registration.INVITATION)
    invitation, late = (Invitation.make(ENTROPY) for _ in range(2))
    refused = Failed(ErrorCode.REGISTRATION_REFUSED)
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as client:
        assert client.connection.limits.registration is Registration.INVITATION
        invites = [Invite(one.hash, 2, after(START, DAY)) for one in (invitation, late)]
        assert await relay.service.committer.commit(invites) == [Stored(), Stored()]
        boxes = [Mailbox() for _ in range(4)]
        creations = [Create(box.id, box.key.public(), (), invitation) for box in boxes]
        assert await client.ask(boxes[0].creation) == refused
        assert (
            await client.ask(Create(boxes[0].id, boxes[0].key.public(), (), Invitation(bytes(16)))) == refused
        )
        asked = [creations[0], creations[0], creations[1], creations[2], creations[1], boxes[1].creation]
        assert await client.ask_all(asked) == [Done(), Done(), Done(), refused, Done(), Done()]
        setting.now = after(START, 2 * DAY)
        assert await client.ask(Create(boxes[3].id, boxes[3].key.public(), (), late)) == refused


async def test_a_closed_relay_serves_those_it_has(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        await client.ask(mailbox.creation)
    setting = Setting(registration=Registration.CLOSED)
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as client:
        assert await client.ask(mailbox.creation) == Done()
        assert await client.ask(mailbox.submit()) == Accepted()
        assert await client.ask(Mailbox().creation) == Failed(ErrorCode.REGISTRATION_REFUSED)


async def test_below_the_disk_reserve_only_deletions_go_on(tmp_path: Path) -> None:
    """RL-5: nothing stored is dropped, nothing new is taken."""
    mailbox = Mailbox()
    unavailable = Failed(ErrorCode.UNAVAILABLE, 300)
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        await client.ask_all([mailbox.creation, mailbox.submit()])
    setting = Setting(LimitSettings(reserve_mebibytes=2**39))
    async with (
        running(tmp_path, setting) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as owner,
    ):
        assert await sender.ask_all([mailbox.submit(), Mailbox().creation]) == [unavailable] * 2
        await owner.listen(mailbox)
        assert (await owner.delivery()).sequence == 1
        assert await owner.ask(Acknowledge(mailbox.id, 1)) == Done()


async def test_acknowledging_more_than_was_ever_stored_is_a_conflict(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask(mailbox.creation)
        await owner.own(mailbox)
        for sequence in (1, 2**32, 2**53 - 1):
            assert await owner.ask(Acknowledge(mailbox.id, sequence)) == Failed(ErrorCode.CONFLICT)
        assert await owner.ask(Acknowledge(mailbox.id, 0)) == Done()


async def test_a_violation_is_told_after_what_came_before_it_was_answered(tmp_path: Path) -> None:
    """MB-11: code 11, then the connection is closed; others go on."""
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as client,
        RelayClient.open(relay.address) as other,
    ):
        creation = client.connection.send(mailbox.creation)
        await client.stream.send(creation + frame(b"\x91\xff"))
        with pytest.raises(RemoteError):
            await client.notice()
        assert await client.stream.receive() == b""
        assert await other.ask(mailbox.submit()) == Accepted()
        assert relay.service.counters.violations == 1
