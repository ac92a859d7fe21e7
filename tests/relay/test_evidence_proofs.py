"""A proof of ownership is good on one connection to one relay (Spec: MB-5)."""

from pathlib import Path

import pytest

from securemsg.mailbox.answers import Done, ErrorCode, Failed
from securemsg.mailbox.hello import RelayHello, sign_proof
from securemsg.mailbox.requests import Prove, Subscribe
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import running


def hello_of(client: RelayClient) -> RelayHello:
    """What the relay said first."""
    return client.connection._open()


REFUSED = Failed(ErrorCode.REFUSED)


@pytest.mark.anyio
async def test_a_proof_is_refused_on_every_other_connection(tmp_path: Path) -> None:
    """N09: recorded in full, also while the connection for which it was made still lives."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        assert await owner.ask(mailbox.creation) == Done()
        recorded = owner.connection.proof(mailbox.id, mailbox.key)
        assert await owner.ask(recorded) == Done()
        async with RelayClient.open(relay.address) as thief:
            assert await thief.ask(recorded) == REFUSED
            assert await thief.ask(Subscribe(mailbox.id)) == Failed(ErrorCode.NOT_PROVEN)


@pytest.mark.anyio
async def test_a_relay_cannot_use_a_proof_at_another_where_the_same_mailbox_is(tmp_path: Path) -> None:
    """N09: not even where it passes the other's challenge on as its own."""
    mailbox = Mailbox()
    async with (
        running(tmp_path / "one") as honest,
        running(tmp_path / "two") as hostile,
        RelayClient.open(honest.address) as relayed,
        RelayClient.open(hostile.address) as owner,
    ):
        for client in (relayed, owner):
            assert await client.ask(mailbox.creation) == Done()
        assert await relayed.ask(owner.connection.proof(mailbox.id, mailbox.key)) == REFUSED
        # What the owner signs at a relay names that relay, whatever challenge it shows.
        challenge, identity = hello_of(relayed).challenge, hello_of(owner).identity
        stolen = Prove(mailbox.id, sign_proof(mailbox.key, identity, challenge, mailbox.id))
        assert await relayed.ask(stolen) == REFUSED
        assert await relayed.ask(relayed.connection.proof(mailbox.id, mailbox.key)) == Done()
