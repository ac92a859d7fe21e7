"""Nothing that a relay writes anywhere tells who its users are (Spec: RL-3, RL-41, RL-43, RL-47)."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from relay.control import ask
from relay.folder import DataFolder
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Done
from securemsg.mailbox.requests import Create, FetchPrekeys
from securemsg.mailbox.tokens import Invitation
from securemsg.wire.framing import frame
from tests.relay.blobs import Blob, uploaded
from tests.relay.client import Mailbox, RelayClient
from tests.relay.test_relay_command import run
from tests.support.programs import RelayProgram, free_port

COMMANDS = (("config",), ("invites",), ("stats",), ("what-we-hold", "0" * 32), ("drain",))
CANARY = b"a canary in an envelope"


async def use(address: RelayAddress, blob: Blob, invitation: Invitation) -> None:
    """Do what a client can do, well and badly."""
    mailbox = blob.payer
    creation = Create(mailbox.id, mailbox.key.public(), (mailbox.token.hash,), invitation)
    async with RelayClient.open(address) as owner, RelayClient.open(address) as sender:
        assert await owner.ask(creation) == Done()
        await sender.ask_all([mailbox.submit(CANARY), FetchPrekeys(mailbox.id, mailbox.token)])
        await uploaded(sender, blob)
        await owner.listen(mailbox)
        await owner.delivery()
        await owner.stream.send(frame(b"\x92\x04\xc4\x10" + mailbox.id + b"\r\n\x1b[2J" + CANARY))
        while await owner.stream.receive():
            pass


async def metrics(port: int) -> bytes:
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        await stream.send_all(b"GET /metrics HTTP/1.1\r\n\r\n")
        return b"".join([piece async for piece in stream])


def forms(secret: bytes) -> Iterator[bytes]:
    """A value as it is, and as programs write bytes."""
    yield secret
    yield secret.hex().encode()
    yield base64.b64encode(secret).rstrip(b"=")
    yield base64.urlsafe_b64encode(secret).rstrip(b"=")
    yield repr(secret)[2:-1].encode()


async def overheard(relay: RelayProgram, port: int) -> list[bytes]:
    """What anybody on the machine or at the metrics may see, and what commands print; drains the relay."""
    assert relay.process is not None
    process = trio.Path(f"/proc/{relay.process.pid}")
    told = [await metrics(port), *[await (process / name).read_bytes() for name in ("cmdline", "environ")]]
    for words in COMMANDS:
        _, printed, said = await trio.to_thread.run_sync(run, relay.data, *words)
        told += [printed.encode(), said.encode()]
    return told


@pytest.mark.anyio
@pytest.mark.parametrize("style", ["text", "json"])
async def test_a_canary_is_in_no_log_no_number_no_answer_and_no_process_list(
    tmp_path: Path, style: str
) -> None:
    """N21, N22: ids, tokens, hashes, keys, invitations and content; and no control character."""
    port, mailbox, relay = free_port(), Mailbox(), RelayProgram(tmp_path / "data")
    blob = Blob(mailbox)
    relay.config = (
        f'registration = "invitation"\n[metrics]\nlisten = "127.0.0.1:{port}"\n[log]\nformat = "{style}"\n'
    )
    await trio.to_thread.run_sync(relay.start)
    try:
        words = {"command": "invite", "uses": 1, "days": 1}
        made = await trio.to_thread.run_sync(ask, DataFolder(relay.data), words)
        invitation = Invitation.parse((made or {})["token"])
        await use(RelayAddress.parse(relay.address), blob, invitation)
        told = await overheard(relay, port)
    finally:
        await trio.to_thread.run_sync(relay.stop)
    log = await trio.Path(tmp_path / "data.log").read_bytes()
    secrets = [bytes(mailbox.id), bytes(mailbox.token), bytes(mailbox.token.hash), mailbox.key.expose()]
    secrets += [bytes(blob.id), bytes(blob.write), bytes(blob.read), blob.write.hash, blob.content[:16]]
    secrets += [mailbox.key.public(), bytes(invitation), invitation.hash, CANARY]
    found = [form for text in [*told, log] for secret in secrets for form in forms(secret) if form in text]
    assert found == []
    assert b"started" in log
    assert b"127.0.0.1" not in log
    assert all(character == "\n" or character.isprintable() for character in log.decode("ascii"))
