"""Ways to trouble a relay with blobs, each for ever (N24): whoever holds a token, or nobody."""

from dataclasses import replace
from typing import Final

import trio

from securemsg.ids import BlobId
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.blobs import MAX_CHUNK, CreateBlob, GetRange, PutChunk
from securemsg.mailbox.tokens import ReadKey
from tests.hostile.relay_floods import Flood, in_parallel
from tests.relay.blobs import Blob, uploaded
from tests.relay.client import ENTROPY, Mailbox, RelayClient

SIZE: Final = 50 * MAX_CHUNK
_AT_ONCE: Final = 4
_RANGES: Final = 1_000
_CHUNK: Final = bytes(MAX_CHUNK)


async def blob_uploads(address: RelayAddress) -> None:
    """Fill blobs as fast as the relay takes it, and begin others."""

    async def attempt(address: RelayAddress) -> None:
        async with RelayClient.open(address) as sender:
            mailbox = Mailbox()
            await sender.ask(mailbox.creation)
            blob = Blob(mailbox, SIZE)
            await sender.ask(blob.creation)
            puts = [PutChunk(blob.id, blob.write, at, _CHUNK) for at in range(0, SIZE, MAX_CHUNK)]
            while True:
                await sender.ask_all(puts)
                await sender.ask_all([blob.deletion, blob.creation])

    await in_parallel(attempt, address, _AT_ONCE)


async def blob_downloads(address: RelayAddress) -> None:
    """Read the same blob again and again."""

    async def attempt(address: RelayAddress) -> None:
        blob = await _made(address)
        async with RelayClient.open(address) as reader:
            while True:
                await reader.ask_all(blob.gets())

    await in_parallel(attempt, address, _AT_ONCE)


async def slow_blob_readers(address: RelayAddress) -> None:
    """Ask for sixty megabytes, and take nothing."""

    async def attempt(address: RelayAddress) -> None:
        blob = await _made(address)
        async with RelayClient.open(address) as reader:
            asked = [blob.get(0)] * _RANGES
            await reader.stream.send(b"".join(map(reader.connection.send, asked)))
            await trio.sleep_forever()

    await in_parallel(attempt, address, _AT_ONCE)


async def abandoned_uploads(address: RelayAddress) -> None:
    """Send four megabytes of chunks without listening, and leave in the middle of one."""

    async def attempt(address: RelayAddress) -> None:
        async with RelayClient.open(address) as sender:
            mailbox = Mailbox()
            await sender.ask(mailbox.creation)
            blob = Blob(mailbox, 2 * SIZE)
            requests: list[CreateBlob | PutChunk] = [blob.creation]
            requests += [PutChunk(blob.id, blob.write, at, _CHUNK) for at in range(0, 2 * SIZE, MAX_CHUNK)]
            await sender.stream.send(b"".join(map(sender.connection.send, requests))[:-1_000])

    await in_parallel(attempt, address, _AT_ONCE)


async def wrong_blob_keys(address: RelayAddress) -> None:
    """Ask for blobs that are not there, and for one that is with wrong keys."""

    async def attempt(address: RelayAddress) -> None:
        blob = await _made(address)
        async with RelayClient.open(address) as reader:
            while True:
                wrong: list[GetRange] = [replace(blob.get(0), key=ReadKey(ENTROPY(32))) for _ in range(50)]
                wrong += [replace(one, blob=BlobId(ENTROPY(16))) for one in wrong]
                await reader.ask_all(wrong)

    await in_parallel(attempt, address, _AT_ONCE)


async def _made(address: RelayAddress) -> Blob:
    blob = Blob(Mailbox(), SIZE)
    async with RelayClient.open(address) as sender:
        await sender.ask(blob.payer.creation)
        await uploaded(sender, blob)
    return blob


BLOB_FLOODS: Final[dict[str, Flood]] = {
    flood.__name__: flood
    for flood in (blob_uploads, blob_downloads, slow_blob_readers, abandoned_uploads, wrong_blob_keys)
}
