"""Who registered after the backup was made: what they are told, and how they come back (RL-11)."""

import shutil
from pathlib import Path

import anyio.to_thread
import pytest

from securemsg.client import Engine
from securemsg.client.views import LinkState, MessageState
from tests.client.live import friends, reached, running, states, texts, write
from tests.relay.test_relay_command import run
from tests.support.programs import RelayProgram, running_relay

UNKNOWN = "Your relay does not know your mailbox"
CONFIG = "{}\n[limits]\nreconnect_seconds = 0\n"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def restart(relay: RelayProgram, registration: str) -> None:
    """Start the relay with another setting."""
    relay.stop()
    relay.config = CONFIG.format(f'registration = "{registration}"')
    relay.start()


def is_online(engine: Engine) -> bool:
    return engine.connection.state is LinkState.ONLINE


@pytest.mark.slow
@pytest.mark.anyio
async def test_they_are_told_and_come_back_once_the_administrator_opens_the_door(tmp_path: Path) -> None:
    """CL-15: with their number, so that contacts reach them as before; an alarm says what happened."""
    with running_relay(tmp_path) as relay, friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ann) as (of_ann,):
            await of_ann.published()
        status, _, said = run(relay.data, "backup", str(tmp_path / "copy"))
        assert status == 0, said
        async with running(ben) as (of_ben,):
            await of_ben.published()
        relay.kill()
        shutil.rmtree(relay.data)
        assert run(relay.data, "restore", str(tmp_path / "copy"))[0] == 0
        for registration in ("closed", "invitation"):
            await anyio.to_thread.run_sync(restart, relay, registration)
            async with running(ben) as (of_ben,):
                await reached(lambda: of_ben.connection.reason.startswith(UNKNOWN))
                assert not is_online(of_ben)
            assert not ben.alarms()
        await anyio.to_thread.run_sync(restart, relay, "open")
        async with running(ben, ann) as (of_ben, of_ann):
            await of_ben.published()
            await write(of_ann, "ben", "as before")
            await reached(lambda: states(ann, "ben") == [MessageState.DELIVERED])
        assert texts(ben, "ann") == ["as before"]
        assert [alarm.kind for alarm in ben.alarms()] == ["relay_behind"]
