"""Engines of two people of whom one was away for longer than prekeys live (Spec: CL-19)."""

from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.clock import system_clock
from securemsg.client.views import MessageState
from securemsg.instant import DAY, Instant
from securemsg.store.vault import Vault
from tests.client.live import profile_at, reached, running, states, texts, write
from tests.store.vaults import PASSPHRASE
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio


class Calendar:
    """A clock that can be set forward."""

    def __init__(self) -> None:
        self.days = 0

    def __call__(self) -> Instant:
        """Return the time of some later day."""
        return Instant(system_clock() + self.days * DAY)


def friends_with(calendar: Calendar, folder: Path, address: str) -> list[Profile]:
    """Return Ann and Ben, who have each other's links and the same clock."""
    for name in ("ann", "ben"):
        profile_at(folder, name, address).close()
    ann, ben = (Profile(Vault.open(folder / name, PASSPHRASE), calendar) for name in ("ann", "ben"))
    ann.add_contact(ben.own().link, "ben")
    ben.add_contact(ann.own().link, "ann")
    return [ann, ben]


async def test_who_is_away_for_weeks_is_written_to_in_the_session_that_there_is(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """CL-19, S10: their prekeys are too old for a new one; all arrives in order when they are back."""
    calendar = Calendar()
    ann, ben = friends_with(calendar, tmp_path, relay.address)
    async with running(ann, ben) as (of_ann, of_ben):
        await of_ann.published()
        await of_ben.published()
        await write(of_ann, "ben", "hello")
        await reached(lambda: texts(ben, "ann") == ["hello"])
        await write(of_ben, "ann", "hello")
        await reached(lambda: states(ben, "ann") == [MessageState.DELIVERED])
    said = [f"day {day}" for day in range(31, 36)]
    async with running(ann) as (of_ann,):
        for text in said:
            calendar.days = int(text.split()[1])
            await of_ann.accepted(await write(of_ann, "ben", text))
    assert len(ann.alarms()) <= 1
    async with running(ann, ben) as (of_ann, of_ben):
        await reached(lambda: texts(ben, "ann") == ["hello", *said])
        await write(of_ben, "ann", "I am back")
        await reached(lambda: texts(ann, "ben")[-1] == "I am back")
    ann.close()
    ben.close()
