"""Who may register, and what is left of an invitation (Spec: MB-4, RL-47)."""

import json
from pathlib import Path

import apsw
import pytest
import trio

from relay.administration import Administration
from relay.control import ask
from relay.folder import DataFolder
from relay.program import Relay
from relay.storage.operations import Count, Totals
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError
from securemsg.instant import DAY, HOUR, Instant
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.requests import Create
from securemsg.mailbox.tokens import Invitation
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import START, Setting, running
from tests.relay.stored import one
from tests.relay.test_relay_command import run

REFUSED = Failed(ErrorCode.REGISTRATION_REFUSED)


async def control(relay: Relay, **words: object) -> dict[str, object]:
    folder = DataFolder(relay.service.config.data)
    return await trio.to_thread.run_sync(ask, folder, words) or {}


async def register(relay: Relay, invitation: Invitation | None) -> Answer:
    mailbox = Mailbox()
    async with RelayClient.open(relay.address) as client:
        return await client.ask(Create(mailbox.id, mailbox.key.public(), (mailbox.token.hash,), invitation))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("registration", "without", "with_one", "with_another"),
    [
        (Registration.OPEN, Done(), Done(), Done()),
        (Registration.INVITATION, REFUSED, Done(), REFUSED),
        (Registration.CLOSED, REFUSED, REFUSED, REFUSED),
    ],
)
async def test_registration_is_open_or_by_invitation_or_closed(
    tmp_path: Path, registration: Registration, without: Answer, with_one: Answer, with_another: Answer
) -> None:
    async with running(tmp_path, Setting(registration=registration)) as relay:
        token = str((await control(relay, command="invite", uses=1, days=1))["token"])
        assert await register(relay, None) == without
        assert await register(relay, Invitation.make(SystemEntropy())) == with_another
        assert await register(relay, Invitation.parse(token)) == with_one


@pytest.mark.anyio
async def test_an_invitation_ends_with_its_uses_its_time_or_its_revocation(tmp_path: Path) -> None:
    setting = Setting(registration=Registration.INVITATION)
    async with running(tmp_path, setting) as relay:
        made = {days: await control(relay, command="invite", uses=2, days=days) for days in (1, 2, 3)}
        tokens = {days: Invitation.parse(str(reply["token"])) for days, reply in made.items()}
        assert [await register(relay, tokens[1]) for _ in range(3)] == [Done(), Done(), REFUSED]
        assert await control(relay, command="revoke", name=made[2]["name"]) == {"ok": True}
        assert await register(relay, tokens[2]) == REFUSED
        with pytest.raises(LocalError, match="No invitation has that name"):
            await control(relay, command="revoke", name=made[2]["name"])
        assert await register(relay, tokens[3]) == Done()
        setting.now = Instant(START + 3 * DAY + 2 * HOUR)
        assert await register(relay, tokens[3]) == REFUSED


@pytest.mark.anyio
async def test_the_list_has_names_uses_and_ends_and_no_token(tmp_path: Path) -> None:
    async with running(tmp_path, Setting(registration=Registration.INVITATION)) as relay:
        spent = await control(relay, command="invite", uses=1, days=1)
        await register(relay, Invitation.parse(str(spent["token"])))
        made = await control(relay, command="invite", uses=5, days=2)
        await register(relay, Invitation.parse(str(made["token"])))
        listed = await control(relay, command="invites")
    assert listed == {"invitations": [{"name": made["name"], "uses": 4, "expires": "2027-01-17T08Z"}]}
    token = Invitation.parse(str(made["token"]))
    assert str(made["name"]) == token.hash.hex()[:10]
    assert token.hex() not in json.dumps(listed)


@pytest.mark.parametrize(
    "name", ["", "abc", "ABCDEF0123", "0123456789ab", "012345678g", "\u0660" * 10, "%" * 10]
)
def test_a_name_that_cannot_be_one_revokes_nothing(tmp_path: Path, name: str) -> None:
    store = SqliteStore.open(tmp_path / "relay.db", StorePolicy())
    administration = Administration(store, DataFolder(tmp_path), lambda: START, SystemEntropy())
    administration.invite(1, 1)
    with pytest.raises(LocalError, match="ten digits"):
        administration.revoke(name)
    totals = one(store, Count())
    assert isinstance(totals, Totals)
    assert totals.invitations == 1
    store.close()


@pytest.mark.anyio
async def test_nothing_on_disk_or_in_the_log_connects_a_mailbox_with_its_invitation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """N25, RL-47: of two invitations and the mailboxes made with them, which belongs to which."""
    async with running(tmp_path, Setting(registration=Registration.INVITATION)) as relay:
        made = [await control(relay, command="invite", uses=3, days=1) for _ in range(2)]
        tokens = [Invitation.parse(str(reply["token"])) for reply in made]
        for token in tokens:
            assert await register(relay, token) == Done()
    said = capsys.readouterr().err
    with apsw.Connection(str(tmp_path / "relay.db")) as database:
        invitations = {row[0]: row[1:] for row in database.execute("SELECT * FROM invitation")}
        others = [
            value
            for table in ("mailbox", "token", "envelope", "submitted", "recent", "shelf", "leaf")
            for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608  # names of ours
            for value in row
        ]
    database.close()
    assert set(invitations) == {token.hash for token in tokens}
    assert len(set(invitations.values())) == 1
    assert not set(others) & set(invitations)
    for token in tokens:
        assert bytes(token) not in (tmp_path / "relay.db").read_bytes()
        assert not [text for text in (token.text, token.hex(), token.hash.hex()[:10]) if text in said]


def test_the_commands_make_list_and_revoke_without_a_relay_that_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    SqliteStore.open(data / "relay.db", StorePolicy()).close()
    assert run(data, "invites") == (0, "There is no invitation that can be used.\n", "")
    made = json.loads(run(data, "invite", "--uses", "3", "--expires", "30", "--json")[1])
    assert run(data, "invites")[1].startswith(f"{made['name']}  uses left 3, until 20")
    assert run(data, "invite", "--revoke", made["name"])[0] == 0
    status, printed, said = run(data, "invite", "--revoke", made["name"])
    assert (status, printed, said.count("\n")) == (1, "", 1)
