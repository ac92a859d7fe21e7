"""A relay is destroyed and an older backup of it put back: what people notice, and what they lose (RL-11)."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio.to_thread
import pytest

from securemsg.client import Profile
from securemsg.client.views import MessageState
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Prekeys
from securemsg.mailbox.requests import FetchPrekeys
from securemsg.mailbox.tokens import SendToken
from tests.client.live import friends, reached, running, states, texts, write
from tests.relay.client import RelayClient
from tests.relay.test_relay_command import run
from tests.support.programs import RelayProgram, running_relay


@dataclass
class Drill:
    """A relay with a backup, people at it, and every one-time key that was handed out to a stranger."""

    folder: Path
    relay: RelayProgram
    ann: Profile
    ben: Profile
    cleo: Profile
    dora: Profile
    leaves: list[bytes] = field(default_factory=list)
    generations: list[int] = field(default_factory=list)

    @property
    def copy(self) -> Path:
        """Where the backup is."""
        return self.folder / "copy"

    async def back_up(self) -> None:
        """Copy the relay while it runs."""
        status, _, said = await anyio.to_thread.run_sync(run, self.relay.data, "backup", str(self.copy))
        assert status == 0, said

    async def destroy_and_restore(self) -> None:
        """Lose the machine, and put the backup in its place."""
        self.relay.kill()
        shutil.rmtree(self.relay.data)
        status, _, said = await anyio.to_thread.run_sync(run, self.relay.data, "restore", str(self.copy))
        assert status == 0, said
        await anyio.to_thread.run_sync(self.relay.start)

    async def fetch(self, count: int) -> list[Prekeys]:
        """Fetch Ben's prekeys as somebody who was given his link."""
        link = self.ben.owner.link
        request = FetchPrekeys(link.mailbox, SendToken(link.token.expose()))
        async with RelayClient.open(RelayAddress.parse(self.relay.address)) as stranger:
            found = await stranger.ask_all([request] * count)
        assert all(isinstance(one, Prekeys) for one in found)
        prekeys = [one for one in found if isinstance(one, Prekeys)]
        self.generations += [one.generation for one in prekeys]
        self.leaves += [one.leaf.sealed for one in prekeys if one.leaf is not None]
        return prekeys


@pytest.fixture
def anyio_backend() -> str:
    return "trio"


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    with ExitStack() as stack:
        relay = stack.enter_context(running_relay(tmp_path))
        people = stack.enter_context(friends(tmp_path, relay.address, "ann", "ben", "cleo", "dora"))
        ann, ben, cleo, dora = people
        yield Drill(tmp_path, relay, ann, ben, cleo, dora)


def is_delivered(writer: Profile, reader: str) -> bool:
    """Tell whether the other's device has what was said last."""
    return states(writer, reader)[-1] is MessageState.DELIVERED


def kinds(profile: Profile) -> set[str]:
    """The alarms that somebody is shown."""
    return {alarm.kind for alarm in profile.alarms()}


async def until_the_backup(drill: Drill) -> None:
    """Ann and Ben talk; Cleo has registered and written to nobody."""
    async with running(drill.ann, drill.ben, drill.cleo) as (ann, ben, cleo):
        for engine in (ann, ben, cleo):
            await engine.published()
        await write(ann, "ben", "before the backup")
        await write(ben, "ann", "before the backup, too")
        await reached(
            lambda: states(drill.ann, "ben") == states(drill.ben, "ann") == [MessageState.DELIVERED]
        )
        await drill.back_up()


async def after_the_backup(drill: Drill) -> None:
    """Everybody goes on: new sessions, new tokens, a new mailbox; at the end Ben goes and Ann writes."""
    # Whoever comes next gets a token that the backup does not know.
    drill.ben.decide(lambda step: step.vault.tokens.forget_spare())
    async with running(drill.ann, drill.ben, drill.cleo, drill.dora) as (ann, ben, cleo, dora):
        await dora.published()
        await ben.published()
        await drill.fetch(5)
        await write(ann, "ben", "received after the backup")
        await write(cleo, "ben", "a session that is younger than the backup")
        await reached(lambda: states(drill.cleo, "ben") == [MessageState.DELIVERED])
        await write(ben, "cleo", "an answer with a token that is younger than the backup")
        await reached(lambda: states(drill.ben, "cleo") == [MessageState.DELIVERED])
        await reached(partial(is_delivered, drill.ann, "ben"))
    async with running(drill.ann) as (ann,):
        await write(ann, "ben", "accepted after the backup, fetched by nobody")
        await reached(lambda: states(drill.ann, "ben")[-1] is MessageState.ACCEPTED)
    drill.ann.queue_text(drill.ann.find_contact("ben").contact, "in the outbox")


@pytest.mark.slow
@pytest.mark.anyio
async def test_after_a_restore_only_what_nobody_fetched_is_lost_and_no_key_is_handed_out_twice(
    drill: Drill,
) -> None:
    """RL-11, HS-16, CL-15, R24: people notice, publish anew, and talk on, late-comers too."""
    await until_the_backup(drill)
    await after_the_backup(drill)
    before = drill.generations[-1]
    assert len(set(drill.leaves)) == 5
    await drill.destroy_and_restore()

    # Until Ben comes there is no one-time key: whoever writes to him first now uses the last resort.
    assert [one.leaf for one in await drill.fetch(3)] == [None] * 3
    async with running(drill.dora) as (dora,):
        await write(dora, "ben", "the first to write after the restore")
        await reached(lambda: states(drill.dora, "ben") == [MessageState.ACCEPTED])

    async with running(drill.ann, drill.ben, drill.cleo, drill.dora) as (ann, ben, cleo, dora):
        await reached(lambda: states(drill.dora, "ben") == [MessageState.DELIVERED])
        await reached(partial(is_delivered, drill.ann, "ben"))
        for engine in (ann, ben, cleo, dora):
            await engine.published()
        await write(cleo, "ben", "with the token that the backup did not know")
        await write(ben, "dora", "to a mailbox that the backup did not know")
        await write(ben, "ann", "and on")
        for writer, reader in ((drill.cleo, "ben"), (drill.ben, "dora"), (drill.ben, "ann")):
            await reached(partial(is_delivered, writer, reader))
        fresh = await drill.fetch(5)

    assert min(one.generation for one in fresh) > before
    assert len(set(drill.leaves)) == len(drill.leaves) == 10
    assert "relay_behind" in kinds(drill.ann) & kinds(drill.ben)
    assert texts(drill.ben, "ann") == ["before the backup", "received after the backup", "in the outbox"]
    assert states(drill.ann, "ben") == [
        MessageState.DELIVERED,
        MessageState.DELIVERED,
        # Its writer is told: no receipt came.
        MessageState.ACCEPTED,
        MessageState.DELIVERED,
    ]
    assert texts(drill.ann, "ben") == ["before the backup, too", "and on"]
