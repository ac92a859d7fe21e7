"""Blobs of several nodes: one folder that all of them see (Spec: RL-65)."""

import shutil
from pathlib import Path

import trio

from relay.storage.policy import StorePolicy
from relay.storage.postgres.store import PostgresStore
from securemsg.mailbox.address import RelayAddress
from tests.relay.blobs import Blob, joined, uploaded
from tests.relay.client import Mailbox, RelayClient
from tests.relay.test_operation_postgres import House
from tests.support.postgres import postgres
from tests.support.programs import RelayProgram

POLICY = StorePolicy()


def test_the_first_node_says_which_folder_it_is() -> None:
    place = postgres().fresh()
    nodes = [PostgresStore.open(place, POLICY) for _ in range(2)]
    first, second = b"1" * 16, b"2" * 16
    assert [node.agree_on_blobs(mark) for node in nodes for mark in (first, second)] == [first] * 4
    nodes[1].forget_blobs()
    assert nodes[0].agree_on_blobs(second) == second
    for node in nodes:
        node.close()


async def upload(address: str, blob: Blob) -> None:
    async with RelayClient.open(RelayAddress.parse(address)) as sender:
        await sender.ask(blob.payer.creation)
        await uploaded(sender, blob)


async def download(address: str, blob: Blob) -> bytes:
    async with RelayClient.open(RelayAddress.parse(address)) as reader:
        return joined(await reader.ask_all(blob.gets()))


def test_a_node_with_a_folder_of_its_own_does_not_start(tmp_path: Path) -> None:
    """RL-65: and one with the shared folder hands out what another took."""
    house, blob = House(tmp_path), Blob(Mailbox())
    first, second = house.relay, RelayProgram(tmp_path / "second")
    first.config = second.config = house.postgres
    try:
        trio.run(upload, first.start().address, blob)
        second.data.mkdir(mode=0o700)
        shutil.copy(first.data / "identity.key", second.data)
        house.relay = second
        status, _, said = house.command("serve", "--listen", f"127.0.0.1:{second.port}")
        house.relay = first
        assert (status, "not the one that other nodes use" in said) == (1, True)
        second.config += f'[blobs]\nfolder = "{first.data / "blobs"}"\n'
        assert trio.run(download, second.start().address, blob) == blob.content
    finally:
        first.stop()
        second.stop()
