"""Files between two engines, with a real relay between them (FI-7 .. FI-10)."""

import os
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from securemsg.client import Engine
from securemsg.client.notices import FileProgress, Notice
from securemsg.client.views import FileState, MessageState
from tests.client.live import friends, reached, states, texts, write
from tests.client.transfer.carrying import (
    bytes_at,
    contents,
    fetched,
    file_of,
    offered,
    offers,
    send,
    spooled,
    talking,
    written,
)
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

CHUNK = 65_536


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("size", [0, CHUNK, 4_000_000])
async def test_a_file_arrives_as_it_was_sent(relay: RelayProgram, tmp_path: Path, size: int) -> None:
    """N24: nothing, exactly a chunk, and more; it is saved only when the person says so."""
    source = written(tmp_path, size)
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, of_ben):
            row = await send(of_ann, "ben", source, "the report")
            offer = await offered(ben)
            assert (offer.text, file_of(ben, offer.row).name) == ("the report", "report.bin")
            assert file_of(ben, offer.row).state is FileState.OFFERED
            await reached(lambda: states(ann, "ben") == [MessageState.DELIVERED])
            assert file_of(ann, row).state is FileState.SENT
            assert (await fetched(of_ben, ben, offer.row)).state is FileState.SAVED
            saved = await of_ben.save_file(offer.row, str(tmp_path))
    assert saved == str(tmp_path / "report (2).bin")
    assert bytes_at(saved) == contents(size)


async def test_words_do_not_wait_for_files(relay: RelayProgram, tmp_path: Path) -> None:
    """FI-8: a text that was written after a file is there before it."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, _):
            await send(of_ann, "ben", written(tmp_path, 8_000_000))
            await write(of_ann, "ben", "words")
            await reached(lambda: "words" in texts(ben, "ann"))
            assert [view.text for view in ann.messages(ann.find_contact("ben").contact)] == ["", "words"]
            await offered(ben)


async def test_nothing_is_fetched_before_the_person_asks(relay: RelayProgram, tmp_path: Path) -> None:
    """FI-10, T16: and nothing of what was fetched lies about in the clear."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, of_ben):
            await send(of_ann, "ben", written(tmp_path, 200_000))
            offer = await offered(ben)
            await anyio.sleep(0.3)
            assert not spooled(ben)
            await fetched(of_ben, ben, offer.row)
            (ciphertext,) = spooled(ben)
            assert contents(200_000)[:64] not in ciphertext.read_bytes()
            assert ciphertext.stat().st_mode & 0o777 == 0o600
            await reached(lambda: not spooled(ann))


async def test_progress_is_told_and_ends_at_the_size(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-4: at most ten times a second."""
    heard: list[Notice] = []
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, _):

            async def listen() -> None:
                async for notice in of_ann.notices():
                    heard.append(notice)  # noqa: PERF401  # it is cancelled, and keeps what it heard

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(listen)
                await anyio.sleep(0.05)
                row = await send(of_ann, "ben", written(tmp_path, 3_000_000))
                await offered(ben)
                tasks.cancel_scope.cancel()
    told = [notice for notice in heard if isinstance(notice, FileProgress)]
    assert told
    assert all(notice.row == row and 0 <= notice.done <= notice.size == 3_000_000 for notice in told)


async def test_a_source_that_changes_is_not_sent(relay: RelayProgram, tmp_path: Path) -> None:
    """FI-7: between choosing and reading, with a sentence that says so."""
    source = written(tmp_path, 100_000)
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        contact = ann.find_contact("ben").contact
        row = ann.queue_file(contact, str(source)).row
        os.utime(source, ns=(1, 1))
        async with talking(ann, ben):
            await reached(lambda: file_of(ann, row).state is FileState.FAILED)
            assert "changed" in file_of(ann, row).reason
            assert ann.message(row).state is MessageState.FAILED
            assert not spooled(ann)


async def test_a_transfer_can_be_cancelled(relay: RelayProgram, tmp_path: Path) -> None:
    """N24: aborted before it left, nothing of it stays here, and nothing arrives."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, _):
            row = await send(of_ann, "ben", written(tmp_path, 20_000_000))
            await of_ann.perform(lambda held: held.cancel_file(row))
            await write(of_ann, "ben", "sorry")
            await reached(lambda: texts(ben, "ann") == ["sorry"])
            await reached(lambda: not spooled(ann))
            assert offers(ben) == []


async def test_a_download_rests_and_goes_on(relay: RelayProgram, tmp_path: Path) -> None:
    """FI-9: pause keeps what is here."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, of_ben):
            await send(of_ann, "ben", written(tmp_path, 8_000_000))
            row = (await offered(ben)).row
            await of_ben.perform(lambda held: held.fetch_file(row))
            await of_ben.perform(lambda held: held.pause_file(row))
            await anyio.sleep(0.2)
            assert file_of(ben, row).state is FileState.PAUSED
            assert (await fetched(of_ben, ben, row)).state is FileState.SAVED
            saved = await of_ben.save_file(row, str(tmp_path))
    assert bytes_at(saved) == contents(8_000_000)


async def test_a_note_to_oneself_keeps_its_file_at_home(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-34: nothing of it leaves the vault."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, _):
        own = ann.note_to_self().contact
        async with talking(ann) as (of_ann,):
            path = str(written(tmp_path, 70_000))
            row = await of_ann.perform(lambda held: held.queue_file(own, path).row)
            await reached(lambda: file_of(ann, row).state is FileState.SAVED)
            assert ann.message(row).state is MessageState.DELIVERED
            saved = await of_ann.save_file(row, str(tmp_path))
    assert bytes_at(saved) == contents(70_000)


async def test_a_relay_is_told_that_a_file_is_here(relay: RelayProgram, tmp_path: Path) -> None:
    """MB-27: what was fetched takes no room there any more, and it was said about how long it would."""
    blobs = relay.data / "blobs" / "content"
    others = files_below(blobs)
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, of_ben):
            await send(of_ann, "ben", written(tmp_path, 100_000))
            offer = await offered(ben)
            expires = file_of(ben, offer.row).expires_at
            assert expires is not None
            assert expires > offer.stored_at
            kept = files_below(blobs) - others
            assert kept
            await fetched(of_ben, ben, offer.row)
            await reached(lambda: not files_below(blobs) & kept)


async def test_what_is_taken_back_is_gone_at_the_relay(relay: RelayProgram, tmp_path: Path) -> None:
    """CT-11, MB-27: a file that was not fetched yet cannot be fetched any more; its keys go on both sides."""
    blobs = relay.data / "blobs" / "content"
    others = files_below(blobs)
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, _):
            row = await send(of_ann, "ben", written(tmp_path, 100_000))
            offer = await offered(ben)
            await reached(lambda: states(ann, "ben") == [MessageState.DELIVERED])
            kept = files_below(blobs) - others
            assert kept
            await of_ann.perform(lambda held: held.delete_for_all([row]))
            await reached(lambda: not files_below(blobs) & kept)
            await reached(lambda: ben.message(offer.row).deleted)
            assert ben.message(offer.row).file is None


async def test_what_is_taken_back_before_the_engine_runs_is_gone_at_the_relay(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """FI-15, MB-27: only who took it back knows what is to be deleted, and the engine comes later."""
    blobs = relay.data / "blobs" / "content"
    others = files_below(blobs)
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with talking(ann, ben) as (of_ann, _):
            row = await send(of_ann, "ben", written(tmp_path, 100_000))
            await reached(lambda: states(ann, "ben") == [MessageState.DELIVERED])
        kept = files_below(blobs) - others
        assert kept
        later = Engine(ann)
        await later.perform(lambda held: held.delete_for_all([row]))
        # Something else is done before it runs, too.
        await later.perform(lambda held: held.conversations())
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(later.run)
            await reached(lambda: not files_below(blobs) & kept)
            tasks.cancel_scope.cancel()
