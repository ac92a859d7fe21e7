"""A relay that lies about files causes refusals with a sentence, never a wrong file (FI-5, FI-9, FI-10)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.views import FileState, MessageState
from securemsg.errors import LocalError
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.client.live import friends, reached
from tests.client.transfer.carrying import (
    bytes_at,
    contents,
    fetched,
    file_of,
    offered,
    send,
    spooled,
    talking,
    written,
)
from tests.hostile.hostile_relay import HostileRelay, Values, honest, hostile_relay
from tests.support.programs import RelayProgram

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

SIZE = 150_000
FAILED, BLOB_STATE, CHUNK, DONE = 134, 138, 139, 129
REFUSED, FULL, TOO_LARGE = 1, 2, 5


@pytest.fixture
def hostile(relay: RelayProgram) -> Iterator[HostileRelay]:
    with hostile_relay(relay.port, relay.data) as before:
        yield before


@pytest.fixture
def pair(relay: RelayProgram, hostile: HostileRelay, tmp_path: Path) -> Iterator[list[Profile]]:
    address = relay.address.replace(f":{relay.port}#", f":{hostile.port}#")
    with friends(tmp_path, address, "ann", "ben") as people:
        yield people


def chunks(change: Callable[[bytes], bytes]) -> Callable[[Values], list[bytes]]:
    """Return a relay that changes what it hands out."""

    def tamper(values: Values) -> list[bytes]:
        kind, number, *rest = values
        if kind != CHUNK or not isinstance(rest[0], bytes):
            return honest(values)
        return [frame(encode([kind, number, change(rest[0])]))]

    return tamper


def instead(kind: int, code: int) -> Callable[[Values], list[bytes]]:
    """Return a relay that refuses instead of giving answers of this kind."""

    def tamper(values: Values) -> list[bytes]:
        return [frame(encode([FAILED, values[1], code, 0]))] if values[0] == kind else honest(values)

    return tamper


async def test_a_file_that_was_changed_is_deleted_and_said_so(
    pair: list[Profile], hostile: HostileRelay, tmp_path: Path
) -> None:
    """N24: a digest that does not fit; once the relay is honest the file can be fetched after all."""
    ann, ben = pair
    async with talking(ann, ben) as (of_ann, of_ben):
        await send(of_ann, "ben", written(tmp_path, SIZE))
        row = (await offered(ben)).row
        hostile.tamper = chunks(lambda content: content[:-1] + bytes([content[-1] ^ 1]))
        file = await fetched(of_ben, ben, row)
        assert (file.state, spooled(ben)) == (FileState.FAILED, [])
        assert "not what was sent" in file.reason
        with pytest.raises(LocalError, match="not here yet"):
            await of_ben.save_file(row, str(tmp_path))
        hostile.tamper = honest
        assert (await fetched(of_ben, ben, row)).state is FileState.SAVED
        assert bytes_at(await of_ben.save_file(row, str(tmp_path))) == contents(SIZE)


@pytest.mark.parametrize("change", [lambda content: content[:-1], lambda content: content + b"!"])
async def test_a_range_of_another_length_is_asked_for_again(
    pair: list[Profile], hostile: HostileRelay, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    """N24: shorter or longer than asked; nothing of it is kept as it came."""
    ann, ben = pair
    async with talking(ann, ben) as (of_ann, of_ben):
        await send(of_ann, "ben", written(tmp_path, SIZE))
        row = (await offered(ben)).row
        hostile.tamper = chunks(change)
        await of_ben.perform(lambda held: held.fetch_file(row))
        await reached(lambda: file_of(ben, row).reason)
        hostile.tamper = honest
        await reached(lambda: file_of(ben, row).state is FileState.SAVED)
        assert bytes_at(await of_ben.save_file(row, str(tmp_path))) == contents(SIZE)


async def test_a_file_that_the_relay_has_no_more_is_told(
    pair: list[Profile], hostile: HostileRelay, tmp_path: Path
) -> None:
    """FI-10: expired, deleted, or held back."""
    ann, ben = pair
    async with talking(ann, ben) as (of_ann, of_ben):
        await send(of_ann, "ben", written(tmp_path, SIZE))
        row = (await offered(ben)).row
        hostile.tamper = instead(CHUNK, REFUSED)
        file = await fetched(of_ben, ben, row)
        assert file.state is FileState.EXPIRED
        assert "does not have this file any more" in file.reason


async def test_a_full_relay_is_waited_for_with_a_sentence(
    pair: list[Profile], hostile: HostileRelay, tmp_path: Path
) -> None:
    """N05, N24: the quota of the contact's files; nothing is lost."""
    ann, ben = pair
    async with talking(ann, ben) as (of_ann, _):
        hostile.tamper = instead(BLOB_STATE, FULL)
        row = await send(of_ann, "ben", written(tmp_path, SIZE))
        await reached(lambda: "no room" in file_of(ann, row).reason)
        assert file_of(ann, row).state is FileState.UPLOADING
        assert ann.message(row).state is MessageState.QUEUED
        assert "no room" in ann.message(row).reason
        hostile.tamper = honest
        await offered(ben)


async def test_a_file_that_is_too_large_for_the_relay_fails_and_can_be_tried_again(
    pair: list[Profile], hostile: HostileRelay, tmp_path: Path
) -> None:
    """N24: oversized."""
    ann, ben = pair
    async with talking(ann, ben) as (of_ann, _):
        hostile.tamper = instead(BLOB_STATE, TOO_LARGE)
        row = await send(of_ann, "ben", written(tmp_path, SIZE))
        await reached(lambda: ann.message(row).state is MessageState.FAILED)
        assert "larger than the relay" in ann.message(row).reason
        hostile.tamper = honest
        await of_ann.perform(lambda held: held.retry(row))
        await offered(ben)


async def test_a_relay_that_claims_to_have_everything_harms_no_more_than_one_that_drops_it(
    pair: list[Profile], hostile: HostileRelay, tmp_path: Path
) -> None:
    """N24: the other side is told that the file is not there."""

    def whole(values: Values) -> list[bytes]:
        return (
            [frame(encode([*values[:2], values[3], values[3]]))]
            if values[0] == BLOB_STATE
            else honest(values)
        )

    ann, ben = pair
    async with talking(ann, ben) as (of_ann, of_ben):
        hostile.tamper = whole
        await send(of_ann, "ben", written(tmp_path, SIZE))
        row = (await offered(ben)).row
        assert (await fetched(of_ben, ben, row)).state is FileState.EXPIRED
