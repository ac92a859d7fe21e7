"""What the relay tells of one mailbox is what it has, and all of it (Spec: RL-46)."""

import json
from pathlib import Path

import apsw
import pytest
import trio

from relay.control import ask
from relay.folder import DataFolder
from relay.holdings import holdings_text
from securemsg.errors import LocalError
from securemsg.mailbox.requests import (
    Acknowledge,
    FetchPrekeys,
    PublishLeaves,
    PublishManifest,
    Submit,
)
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import running
from tests.relay.test_relay_command import run


async def fill(data: Path, mailbox: Mailbox) -> tuple[list[Submit], dict[str, object]]:
    """Use a mailbox in every way; return its submits, and what the running relay holds."""
    submits = [mailbox.submit(bytes(100 + number)) for number in range(3)]
    async with running(data) as relay, RelayClient.open(relay.address) as owner:
        async with RelayClient.open(relay.address) as sender:
            await sender.ask_all([mailbox.creation, *submits])
            await owner.own(mailbox)
            await owner.ask(PublishManifest(mailbox.id, 7, b"manifest"))
            await owner.ask(PublishLeaves(mailbox.id, 7, 0, (b"leaf",) * 3))
            await sender.ask(FetchPrekeys(mailbox.id, mailbox.token))
        await owner.listen(mailbox)
        await owner.ask(Acknowledge(mailbox.id, 1))
        words = {"command": "what-we-hold", "mailbox": mailbox.id.hex()}
        return submits, await trio.to_thread.run_sync(ask, DataFolder(data), words) or {}


@pytest.mark.anyio
async def test_everything_that_a_mailbox_has_is_told(tmp_path: Path) -> None:
    mailbox, other = Mailbox(), Mailbox()
    await fill(tmp_path, other)
    submits, held = await fill(tmp_path, mailbox)
    assert held == {
        "mailbox": mailbox.id.hex(),
        "held": True,
        "owner_key": mailbox.key.public().hex(),
        "token_hashes": [mailbox.token.hash.hex()],
        "acknowledged": 1,
        "newest": 3,
        "envelopes": [
            {
                "sequence": number,
                "submit_id": submits[number - 1].submit_id.hex(),
                "bytes": 99 + number,
                "expires": "2027-02-14T08Z",
            }
            for number in (2, 3)
        ],
        "remembered_submit_ids": [{"expires": "2027-01-22T08Z", "count": 3}],
        "shelf": {"generation": 7, "manifest_bytes": 8, "leaf_positions": [1, 2]},
        "listening": True,
    }


@pytest.mark.anyio
async def test_no_table_has_a_row_of_the_mailbox_that_is_not_told(tmp_path: Path) -> None:
    """RL-46: a table that is added later must be told of as well."""
    mailbox = Mailbox()
    _, held = await fill(tmp_path, mailbox)
    with apsw.Connection(str(tmp_path / "relay.db")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        columns = {
            str(name)
            for table in tables
            for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))
        }
    database.close()
    told = {"mailbox", "token", "envelope", "submitted", "recent", "shelf", "leaf"}
    assert tables == told | {"invitation"}
    numbers_inside, contents, totals = {"box", "place"}, {"sealed", "manifest"}, {"messages", "bytes"}
    keys = {"name", "owner_key", "hash", "submit_id", "ids", "expires_hour"}
    progress = {"last_sequence", "acknowledged", "generation", "spent", "voided", "uses_left"}
    assert columns == numbers_inside | contents | totals | keys | progress
    assert held["held"] is True


@pytest.mark.anyio
async def test_people_read_the_same_and_a_relay_need_not_run(tmp_path: Path) -> None:
    mailbox = Mailbox()
    _, held = await fill(tmp_path, mailbox)
    del held["listening"]
    held["blobs"] = []
    status, printed, said = run(tmp_path, "what-we-hold", mailbox.id.hex(), "--json")
    assert (status, json.loads(printed), said) == (0, held, "")
    text = run(tmp_path, "what-we-hold", mailbox.id.hex())[1]
    assert text == holdings_text(held) + "\n"
    assert "messages waiting: 2, 203 bytes" in text
    assert "one-time keys left on it: 2" in text


def test_of_an_unknown_mailbox_nothing_is_held(tmp_path: Path) -> None:
    trio.run(fill, tmp_path, Mailbox())
    unknown = Mailbox().id.hex()
    assert run(tmp_path, "what-we-hold", unknown) == (0, f"Nothing is kept of mailbox {unknown}.\n", "")
    assert json.loads(run(tmp_path, "what-we-hold", unknown, "--json")[1])["held"] is False


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["", "00", "0" * 33, "G" * 32, "\u0660" * 32, "-" * 32, ["0" * 32]])
async def test_what_is_no_mailbox_id_is_refused_in_one_sentence(tmp_path: Path, name: object) -> None:
    words = {"command": "what-we-hold", "mailbox": name}
    async with running(tmp_path):
        with pytest.raises(LocalError):
            await trio.to_thread.run_sync(ask, DataFolder(tmp_path), words)
