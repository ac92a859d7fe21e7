"""Blobs over real connections: what is put is read again, by whom it is for (Spec: MB-23 to MB-27)."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from securemsg.ids import BlobId
from securemsg.mailbox.answers import Done, ErrorCode, Failed, Goodbye
from securemsg.mailbox.blobs import MAX_CHUNK, BlobState, Chunk, PutChunk
from securemsg.mailbox.client import Answered
from securemsg.mailbox.tokens import ReadKey, SendToken, WriteKey
from tests.relay.blobs import Blob, joined, uploaded
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.running import running

if TYPE_CHECKING:
    from securemsg.mailbox.requests import Request

pytestmark = pytest.mark.anyio

REFUSED = Failed(ErrorCode.REFUSED)
CONFLICT = Failed(ErrorCode.CONFLICT)


async def test_what_was_put_is_read_again(tmp_path: Path) -> None:
    """MB-25, MB-26: by chunks of any length, at any offset."""
    mailbox = Mailbox()
    blob = Blob(mailbox, 300_000)
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
    ):
        await sender.ask(mailbox.creation)
        await uploaded(sender, blob)
        assert await sender.ask(blob.look) == BlobState(300_000, 300_000)
        assert joined(await reader.ask_all(blob.gets())) == blob.content
        pieces = [blob.get(0, 1), blob.get(299_999, 7), blob.get(12_345, 678), blob.get(300_000, 1)]
        assert await reader.ask_all(pieces) == [
            Chunk(blob.content[:1]),
            Chunk(blob.content[-1:]),
            Chunk(blob.content[12_345:13_023]),
            CONFLICT,
        ]


async def test_an_upload_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    """N24: after the connection was lost, and after the relay was restarted."""
    mailbox = Mailbox()
    blob = Blob(mailbox, 200_000)
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        assert await sender.ask_all([blob.creation, blob.put(0)]) == [Done(), Done()]
        async with RelayClient.open(relay.address) as again:
            assert await again.ask(blob.look) == BlobState(MAX_CHUNK, 200_000)
            assert await again.ask_all([blob.creation, blob.put(MAX_CHUNK, 777)]) == [Done(), Done()]
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
    ):
        state = await sender.ask(blob.look)
        assert state == BlobState(MAX_CHUNK + 777, 200_000)
        assert await reader.ask(blob.get(0)) == REFUSED
        assert set(await sender.ask_all(blob.puts(MAX_CHUNK + 777))) == {Done()}
        assert joined(await reader.ask_all(blob.gets())) == blob.content


async def test_what_is_there_is_never_written_again(tmp_path: Path) -> None:
    """N24: repeats are answered alike and change nothing; a gap and what goes beyond the size are refused."""
    mailbox = Mailbox()
    blob = Blob(mailbox, 1_000)

    def other(offset: int, length: int) -> PutChunk:
        return PutChunk(blob.id, blob.write, offset, bytes(length))

    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
    ):
        await sender.ask_all([mailbox.creation, blob.creation])
        asked = [blob.put(0, 400), other(401, 1), other(0, 400), other(100, 901), other(1_000, 1)]
        assert await sender.ask_all(asked) == [Done(), CONFLICT, Done(), CONFLICT, CONFLICT]
        assert await sender.ask(blob.look) == BlobState(400, 1_000)
        overlapping = PutChunk(blob.id, blob.write, 300, bytes(100) + blob.content[400:])
        assert await sender.ask(overlapping) == Done()
        assert await sender.ask_all([other(0, 1_000), other(0, 1_001)]) == [Done(), CONFLICT]
        assert joined(await reader.ask_all(blob.gets())) == blob.content


@pytest.mark.parametrize("is_whole", [True, False])
async def test_a_wrong_key_and_no_blob_are_one_answer(tmp_path: Path, is_whole: bool) -> None:  # noqa: FBT001  # a case
    """MB-10: for whoever reads, writes, looks or deletes."""
    mailbox = Mailbox()
    blob = Blob(mailbox)
    strangers = [
        replace(blob, id=BlobId(ENTROPY(16))),
        replace(blob, write=WriteKey(ENTROPY(32)), read=ReadKey(ENTROPY(32))),
        replace(blob, write=WriteKey(blob.read), read=ReadKey(blob.write)),
    ]
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
    ):
        await sender.ask_all([mailbox.creation, blob.creation])
        if is_whole:
            await uploaded(sender, blob)
        for stranger in strangers:
            assert await sender.ask_all([stranger.put(0), stranger.look, stranger.deletion]) == [REFUSED] * 3
            assert await reader.ask(stranger.get(0)) == REFUSED
        assert await sender.ask(blob.look) == BlobState(blob.size if is_whole else 0, blob.size)


async def test_only_who_may_send_to_a_mailbox_makes_blobs_at_its_cost(tmp_path: Path) -> None:
    """MB-24: a token that does not fit, or was revoked, and a mailbox that is not there, are one answer."""
    mailbox, nobody = Mailbox(), Mailbox()
    blob = Blob(mailbox)
    wrong = replace(blob.creation, token=SendToken(ENTROPY(32)))
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        assert await sender.ask_all([wrong, Blob(nobody).creation, blob.look]) == [REFUSED] * 3
        assert await sender.ask_all([blob.creation, blob.creation]) == [Done(), Done()]
        others = [
            replace(blob.creation, size=blob.size + 1),
            replace(blob.creation, writing=blob.read.hash),
            replace(blob.creation, reading=blob.write.hash),
        ]
        assert await sender.ask_all(others) == [REFUSED] * 3


async def test_a_blob_is_gone_when_its_creator_or_its_payer_deletes_it(tmp_path: Path) -> None:
    """MB-27: the owner of another mailbox deletes nothing."""
    mailbox, other = Mailbox(), Mailbox()
    blobs = [Blob(mailbox), Blob(mailbox)]
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as stranger,
        RelayClient.open(relay.address) as reader,
    ):
        await sender.ask_all([mailbox.creation, other.creation])
        for blob in blobs:
            await uploaded(sender, blob)
        assert await owner.ask(blobs[1].release) == Failed(ErrorCode.NOT_PROVEN)
        await owner.own(mailbox)
        await stranger.own(other)
        assert await stranger.ask(replace(blobs[1].release, mailbox=other.id)) == REFUSED
        assert joined(await reader.ask_all(blobs[1].gets())) == blobs[1].content
        assert await sender.ask(blobs[0].deletion) == Done()
        assert await owner.ask(blobs[1].release) == Done()
        assert await owner.ask(blobs[1].release) == REFUSED
        assert await sender.ask_all([blob.look for blob in blobs]) == [REFUSED] * 2
        assert await reader.ask_all([blob.get(0) for blob in blobs]) == [REFUSED] * 2
    left = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert {path.name for path in left} == {"decoy", "lock", "mark"}


async def test_a_relay_that_goes_down_answers_the_chunks_that_it_read(tmp_path: Path) -> None:
    """RL-9: and all that it answered is there when it comes back."""
    blob = Blob(Mailbox(), 60 * MAX_CHUNK)
    answered = 0
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask_all([blob.payer.creation, blob.creation, blob.put(0)])
        await sender.stream.send(b"".join(map(sender.connection.send, blob.puts(MAX_CHUNK))))
        await sender.answered()
        relay.drain()
        while isinstance(event := await sender._next(), Answered):
            assert event.answer == Done()
            answered += 1
        assert isinstance(event, Goodbye)
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        state = await sender.ask(blob.look)
        assert isinstance(state, BlobState)
        assert state.durable == (2 + answered) * MAX_CHUNK


async def test_a_connection_has_one_role(tmp_path: Path) -> None:
    """MB-6: the relay holds a client to it that does not do so by itself."""
    mailbox = Mailbox()
    blob = Blob(mailbox)
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
        RelayClient.open(relay.address) as owner,
    ):
        await sender.ask(mailbox.creation)
        await uploaded(sender, blob)
        await reader.ask(blob.get(0))
        await owner.own(mailbox)
        others: list[tuple[RelayClient, list[Request]]] = [
            (sender, [blob.get(0), sender.connection.proof(mailbox.id, mailbox.key)]),
            (reader, [blob.look, mailbox.submit(), reader.connection.proof(mailbox.id, mailbox.key)]),
            (owner, [blob.get(0), blob.look, blob.creation, blob.put(0), blob.deletion]),
        ]
        for client, refused in others:
            for request in refused:
                client.connection._role = None
                assert await client.ask(request) == CONFLICT
