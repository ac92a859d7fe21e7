"""A relay moves to PostgreSQL and back by the commands of the guide (Spec: RL-25, RL-29)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from relay.folder import DataFolder
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Done, LowShelf
from securemsg.mailbox.requests import PublishLeaves, PublishManifest
from tests.relay.client import Mailbox, RelayClient
from tests.support.postgres import postgres
from tests.support.programs import RelayProgram, environment


class House:
    """A relay's folder, its configuration, and its administrator."""

    def __init__(self, folder: Path) -> None:
        self.relay = RelayProgram(folder / "data")
        shards = folder / "shards"
        shards.write_text(f"# one line a shard\n{postgres().fresh()}\n")
        shards.chmod(0o640)
        self.postgres = f'[store]\nkind = "postgres"\nconnections_file = "{shards}"\n'

    def command(self, *words: str) -> tuple[int, str, str]:
        """Run a command with the configuration of the last start, or the one set since."""
        file = self.relay.data.parent / "admin.toml"
        file.write_text(self.relay.config)
        program = [sys.executable, "-m", "relay", "--config", str(file), "--data", str(self.relay.data)]
        done = subprocess.run(
            [*program, *words], capture_output=True, text=True, env=environment(), check=False
        )
        return done.returncode, done.stdout, done.stderr


async def leave(address: str, mailbox: Mailbox) -> None:
    """Fill a mailbox and its shelf."""
    async with RelayClient.open(RelayAddress.parse(address)) as owner:
        async with RelayClient.open(RelayAddress.parse(address)) as sender:
            assert await sender.ask_all([mailbox.creation, mailbox.submit(b"kept")]) == [Done(), Accepted()]
        await owner.own(mailbox)
        leaves = PublishLeaves(mailbox.id, 4, 0, (b"leaf",) * 3)
        await owner.ask_all([PublishManifest(mailbox.id, 4, b"manifest"), leaves])


async def found(address: str, mailbox: Mailbox) -> tuple[LowShelf, bytes]:
    """What the owner finds."""
    async with RelayClient.open(RelayAddress.parse(address)) as owner:
        shelf = await owner.listen(mailbox)
        return shelf, (await owner.delivery()).envelope


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_relay_moves_to_postgres_serves_there_and_moves_back(house: House) -> None:
    """RL-29: with its address, its mailboxes, what waits in them and their shelves."""
    relay, mailbox = house.relay, Mailbox()
    first = relay.start().address
    try:
        trio.run(leave, first, mailbox)
        relay.config = house.postgres
        status, _, said = house.command("migrate-store")
        assert (status, said.count("\n"), "drain" in said) == (1, 1, True)
        assert relay.stop() == 0
        assert house.command("migrate-store")[:2] == (
            0,
            "Moved and compared: 1 mailboxes, 1 envelopes, 0 invitations.\n",
        )
        assert not DataFolder(relay.data).database.exists()
        assert relay.start().address == first
        assert trio.run(found, first, mailbox) == (LowShelf(mailbox.id, 4, 3), b"kept")
        assert relay.stop() == 0
        assert house.command("migrate-store", "--to", "sqlite")[0] == 0
        relay.config = ""
        assert relay.start().address == first
        assert trio.run(found, first, mailbox) == (LowShelf(mailbox.id, 4, 3), b"kept")
    finally:
        relay.kill()


def test_commands_ask_a_relay_on_postgres_and_refuse_what_is_its_servers_to_do(house: House) -> None:
    relay, mailbox = house.relay, Mailbox()
    relay.config = house.postgres
    try:
        trio.run(leave, relay.start().address, mailbox)
        stats = json.loads(house.command("stats", "--json")[1])
        assert (stats["mailboxes"], stats["envelopes"]) == (1, 1)
        held = json.loads(house.command("what-we-hold", mailbox.id.hex(), "--json")[1])
        assert (held["held"], held["shelf"]["leaf_positions"]) == (True, [0, 1, 2])
        assert house.command("check", "--json")[:2] == (0, '{"ok": true}\n')
        for command in (("backup", str(relay.data.parent / "copy")), ("restored",)):
            status, printed, said = house.command(*command)
            assert (status, printed, said.count("\n")) == (1, "", 1), command
    finally:
        relay.kill()


def test_after_restored_the_shelves_are_empty(house: House) -> None:
    """RL-25."""
    relay, mailbox = house.relay, Mailbox()
    relay.config = house.postgres
    address = relay.start().address
    try:
        trio.run(leave, address, mailbox)
        assert relay.stop() == 0
        assert house.command("restored")[0] == 0
        relay.start()
        assert trio.run(found, address, mailbox) == (LowShelf(mailbox.id, 4, 0), b"kept")
    finally:
        relay.kill()


def test_a_start_without_any_server_is_told_in_one_sentence(house: House) -> None:
    shards = house.relay.data.parent / "shards"
    house.relay.config = house.postgres
    for written, said in (
        ("host=/nonexistent\nhost=/nowhere password=canary\n", "cannot be used"),
        ("host=/nonexistent password=canary connect_timeout=2\n", ""),
    ):
        shards.write_text(written)
        status, printed, complaint = house.command("serve", "--listen", "127.0.0.1:0")
        assert (status, printed, complaint.count("\n")) == (1, "", 1)
        assert said in complaint
        assert "canary" not in complaint
