"""The command `securemsg-relay`: its words, its status, its files."""

import json
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from relay.folder import DataFolder, write_private
from relay.identity import Identity
from securemsg.crypto.certificate import expires, make_certificate
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError
from securemsg.instant import DAY, Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed, LowShelf, Prekeys
from securemsg.mailbox.requests import Create, FetchPrekeys, PublishLeaves, PublishManifest
from securemsg.mailbox.tokens import Invitation
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import START, Setting, running
from tests.support.programs import RelayProgram, environment

Words = tuple[str, ...]


def run(data: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "relay", "--data", str(data), *words],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_administrator_can_ask_a_relay_that_runs_and_one_that_does_not(tmp_path: Path) -> None:
    data = tmp_path / "a folder whose name is too long for a socket" / ("x" * 100)
    data.parent.mkdir()
    relay = RelayProgram(data).start()
    try:
        assert run(data, "address") == (0, relay.address + "\n", "")
        asked: list[Words] = [("stats", "--json"), ("check", "--json"), ("invite", "--uses", "3", "--json")]
        running_replies = [json.loads(run(data, *words)[1]) for words in asked]
    finally:
        assert relay.stop() == 0
    stopped_replies = [json.loads(run(data, *words)[1]) for words in asked]
    for replies in (running_replies, stopped_replies):
        assert replies[0]["mailboxes"] == 0
        assert replies[1] == {"ok": True}
        assert Invitation.parse(replies[2]["token"])
    assert stopped_replies[0]["invitations"] == 1
    assert RelayAddress.parse(run(data, "address")[1]).pin == RelayAddress.parse(relay.address).pin


def test_a_second_relay_on_the_same_folder_ends_with_a_sentence(tmp_path: Path) -> None:
    """R15, R16: the lock is the operating system's, so it does not outlive a kill."""
    relay = RelayProgram(tmp_path / "data").start()
    try:
        status, printed, said = run(relay.data, "serve", "--listen", "127.0.0.1:0")
        assert (status, printed) == (1, "")
        assert said.startswith("securemsg-relay: Another securemsg-relay uses this data folder; ")
        assert said.count("\n") == 1
        relay.kill()
        relay.start()
    finally:
        relay.stop()


def test_everything_in_the_data_folder_is_private_and_known(tmp_path: Path) -> None:
    """RL-2."""
    relay = RelayProgram(tmp_path / "data").start()
    try:
        assert stat.S_IMODE(relay.data.stat().st_mode) == 0o700
        files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in relay.data.iterdir()}
        assert files.pop("blobs") == 0o700
    finally:
        relay.stop()
    known = {"identity.key", "tls.key", "tls.crt", "relay.db", "relay.db-wal", "reserve"}
    assert files == dict.fromkeys({*known, "control.sock"}, 0o600)
    assert {path.name for path in relay.data.iterdir()} <= {*known, "blobs"}


@pytest.mark.anyio
async def test_a_backup_holds_everything_and_never_hands_out_a_leaf_twice(tmp_path: Path) -> None:
    """MB-9, RL-11: a restore voids the leaves, because some were handed out after the copy was made."""
    mailbox = Mailbox()
    async with running(tmp_path / "data") as relay, RelayClient.open(relay.address) as owner:
        async with RelayClient.open(relay.address) as sender:
            await sender.ask_all([mailbox.creation, mailbox.submit(b"kept")])
        await owner.own(mailbox)
        leaves = PublishLeaves(mailbox.id, 4, 0, (b"leaf",) * 3)
        assert await owner.ask_all([PublishManifest(mailbox.id, 4, b"manifest"), leaves]) == [Done()] * 2
        pin = relay.address.pin
    assert run(tmp_path / "data", "backup", str(tmp_path / "copy"))[0] == 0
    assert run(tmp_path / "data", "backup", str(tmp_path / "copy"))[0] == 1
    assert run(tmp_path / "new", "restore", str(tmp_path / "copy"))[0] == 0
    assert run(tmp_path / "new", "restore", str(tmp_path / "copy"))[0] == 1
    async with (
        running(tmp_path / "new") as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        assert relay.address.pin == pin
        assert await owner.listen(mailbox) == LowShelf(mailbox.id, 4, 0)
        assert (await owner.delivery()).envelope == b"kept"
        assert await sender.ask(FetchPrekeys(mailbox.id, mailbox.token)) == Prekeys(4, b"manifest", None)
        assert await owner.ask(leaves) == Failed(ErrorCode.CONFLICT)
        assert await owner.ask(PublishManifest(mailbox.id, 5, b"fresh")) == Done()
        assert await owner.ask(PublishLeaves(mailbox.id, 5, 0, (b"new",))) == Done()


def test_an_online_backup_is_consistent_and_the_relay_goes_on(tmp_path: Path) -> None:
    relay = RelayProgram(tmp_path / "data").start()
    try:
        assert run(relay.data, "backup", str(tmp_path / "copy"), "--json")[1] == '{"ok": true, "files": 0}\n'
        assert run(relay.data, "check")[0] == 0
        status, _, said = run(relay.data, "backup", str(tmp_path / "copy"))
        assert (status, said.count("\n")) == (1, 1)
    finally:
        assert relay.stop() == 0
    assert run(tmp_path / "copy", "check")[0] == 0


@pytest.mark.anyio
async def test_an_invitation_made_while_the_relay_runs_admits_one_mailbox(tmp_path: Path) -> None:
    config = tmp_path / "relay.toml"
    config.write_text('registration = "invitation"\n')
    process = subprocess.Popen(  # noqa: ASYNC220  # it runs beside us
        [sys.executable, "-m", "relay", "--config", str(config), "--data", str(tmp_path / "data"), "serve",
         "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = RelayAddress.parse(process.stdout.readline())
        token = Invitation.parse(run(tmp_path / "data", "invite")[1])
        async with RelayClient.open(address) as client:
            first, second = Mailbox(), Mailbox()
            refused = Failed(ErrorCode.REGISTRATION_REFUSED)
            assert await client.ask(first.creation) == refused
            for mailbox, answer in ((first, Done()), (second, refused)):
                assert await client.ask(Create(mailbox.id, mailbox.key.public(), (), token)) == answer
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ((), 2),
        (("dance",), 2),
        (("serve", "--listen", "nowhere"), 1),
        (("serve", "--listen", "127.0.0.1:99999"), 1),
        (("invite", "--uses", "many"), 2),
        (("stats",), 1),
        (("address",), 1),
        (("backup", "/nonexistent/copy"), 1),
        (("restore", "/nonexistent"), 1),
    ],
)
def test_what_fails_says_one_sentence_and_has_its_status(tmp_path: Path, words: Words, status: int) -> None:
    found, printed, said = run(tmp_path / "data", *words)
    assert (found, printed) == (status, "")
    assert status == 2 or (said.count("\n") == 1 and said.endswith(".\n"))


def test_the_certificate_is_renewed_in_time_and_the_pin_stays(tmp_path: Path) -> None:
    """N10: clients refuse a certificate that has ended, so it never does."""
    folder = DataFolder(tmp_path)
    first = Identity.prepare(folder, SystemEntropy(), START)
    assert Identity.prepare(folder, SystemEntropy(), START) == first
    ours, theirs = "relay.invalid", "relay.example"
    for host, days, renewed in ((ours, 31, False), (ours, 29, True), (ours, -5, True), (theirs, 5, False)):
        key, certificate = make_certificate(host, Instant(START - 100 * DAY), 100 + days)
        write_private(folder.tls_key, key)
        write_private(folder.tls_certificate, certificate)
        shown = Identity.load(folder)
        identity = Identity.prepare(folder, SystemEntropy(), START)
        assert identity.pin == first.pin
        assert (identity.spki_digest != shown.spki_digest) == renewed
        der = ssl.PEM_cert_to_DER_cert(folder.tls_certificate.read_text())
        assert host == theirs or expires(der) > START + 30 * DAY


def test_damaged_keys_are_told_apart_and_never_replaced(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    Identity.prepare(folder, SystemEntropy(), START)
    folder.identity_key.write_bytes(b"short")
    with pytest.raises(LocalError, match=r"identity\.key is damaged"):
        Identity.prepare(folder, SystemEntropy(), START)


@pytest.mark.anyio
async def test_a_relay_in_use_does_not_make_itself_a_new_identity(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        assert await client.ask_all([mailbox.creation, mailbox.submit()]) == [Done(), Accepted()]
    DataFolder(tmp_path).identity_key.unlink()
    with pytest.raises(LocalError, match=r"identity\.key is gone"):
        async with running(tmp_path, Setting()):
            pass
