"""What a relay knows and tells: its database, its logs, its control socket (Spec: RL-2, RL-3)."""

import json
from pathlib import Path

import apsw
import pytest

from relay.clock import system_clock
from relay.config import LimitSettings
from relay.log import Event, Log
from securemsg.instant import HOUR
from securemsg.mailbox.answers import Accepted
from securemsg.mailbox.requests import Acknowledge, FetchPrekeys, PublishLeaves, PublishManifest
from securemsg.wire.framing import frame
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import START, Setting, running

COLUMNS = {
    "mailbox": {"box", "name", "owner_key", "last_sequence", "messages", "bytes", "acknowledged"},
    "token": {"box", "hash"},
    "envelope": {"place", "submit_id", "expires_hour", "sealed"},
    "submitted": {"box", "submit_id", "expires_hour"},
    "recent": {"place", "expires_hour", "ids"},
    "shelf": {"box", "generation", "manifest", "voided"},
    "leaf": {"place", "spent", "sealed"},
    "invitation": {"hash", "uses_left", "expires_hour"},
}


async def used(data: Path, mailbox: Mailbox) -> None:
    """Have a relay on `data` do a little of everything, also badly."""
    setting = Setting(LimitSettings(mailbox_messages=2))
    async with (
        running(data, setting) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await owner.own(mailbox)
        await owner.ask(PublishManifest(mailbox.id, 1, b"a canary in the manifest"))
        await owner.ask(PublishLeaves(mailbox.id, 1, 0, (b"a canary in a leaf",)))
        submits = [mailbox.submit(b"a canary in the envelope") for _ in range(3)]
        assert (await sender.ask_all(submits))[:2] == [Accepted()] * 2
        await sender.ask(Mailbox().submit())
        await sender.ask(FetchPrekeys(mailbox.id, mailbox.token))
        await owner.listen(mailbox)
        await owner.ask(Acknowledge(mailbox.id, 99))
        await sender.stream.send(frame(b"\x92\x04\xc4\x10" + mailbox.id + b"\r\n\x1b[2Jcanary"))
        while await sender.stream.receive():
            pass


def secrets_of(mailbox: Mailbox) -> list[bytes]:
    raw = [bytes(mailbox.id), bytes(mailbox.token), mailbox.token.hash, mailbox.key.expose(), b"canary"]
    return [*raw, *(value.hex().encode() for value in raw)]


@pytest.mark.anyio
async def test_logs_hold_numbers_and_kinds_of_errors_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """N21, N22: no id, token, address, content, and no control character of anybody's."""
    mailbox = Mailbox()
    await used(tmp_path, mailbox)
    printed, said = capsys.readouterr()
    assert printed == ""
    assert said.isascii()
    assert all(character == "\n" or character.isprintable() for character in said)
    assert not [secret for secret in secrets_of(mailbox) if secret in said.encode()]
    assert "127.0.0.1" not in said
    for line in said.splitlines():
        record = json.loads(line)
        assert record.pop("event") in set(Event)
        assert record.pop("level") in {"info", "warning", "error"}
        assert {type(value) for value in record.values()} <= {int}


def test_an_errors_words_are_not_logged_because_they_may_quote_input(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """N21: only the kinds, also of what is in a group."""
    errors = ExceptionGroup(
        "\x1b[2J", [ValueError("\r\ncanary"), ExceptionGroup("canary", [KeyError("canary")])]
    )
    Log(system_clock).note_error(Event.CONNECTION_FAILED, errors)
    record = json.loads(capsys.readouterr().err)
    assert (record["event"], record["kinds"]) == ("connection failed", ["KeyError", "ValueError"])


@pytest.mark.anyio
async def test_the_database_has_no_column_for_anything_else(tmp_path: Path) -> None:
    """N25: no address, sender, account, name, clear token; no time finer than an hour."""
    mailbox = Mailbox()
    await used(tmp_path, mailbox)
    with apsw.Connection(str(tmp_path / "relay.db")) as database:
        tables = {
            str(name) for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
        assert tables == set(COLUMNS)
        for table, columns in COLUMNS.items():
            described = database.execute("SELECT name FROM pragma_table_info(?)", (table,))
            assert {name for (name,) in described} == columns
        hours = {hour for (hour,) in database.execute("SELECT expires_hour FROM envelope")}
        assert hours == {START // HOUR + 720}
    database.close()
    files = (tmp_path / "relay.db").read_bytes()
    assert bytes(mailbox.id) in files
    assert bytes(mailbox.token) not in files
    assert b"127.0.0.1" not in files


@pytest.mark.anyio
async def test_two_submits_of_one_sender_have_nothing_in_common_on_disk(tmp_path: Path) -> None:
    """N25: rows of two mailboxes share no value but the hour."""
    mailboxes = [Mailbox(), Mailbox()]
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask_all([mailbox.creation for mailbox in mailboxes])
        await sender.ask_all([mailboxes[0].submit(b"one"), mailboxes[1].submit(b"two")])
    with apsw.Connection(str(tmp_path / "relay.db")) as database:
        first, second = database.execute("SELECT place, submit_id, sealed FROM envelope").fetchall()
        assert not set(first) & set(second)
    database.close()
