"""A home that is put back from a backup, and its live twin, at a real relay (Spec: CL-15)."""

import shutil
from functools import partial
from pathlib import Path

import anyio
import pytest

from securemsg.client import Profile
from securemsg.client.alarms import BEHIND
from securemsg.client.views import MessageState
from securemsg.store.vault import Vault
from tests.client.live import PATIENCE, profile_at, reached, running, states, texts, write
from tests.store.vaults import PASSPHRASE
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

DELIVERED = MessageState.DELIVERED


def opened(home: Path) -> Profile:
    return Profile(Vault.open(home, PASSPHRASE))


def _has_read(profile: Profile, alias: str, text: str) -> bool:
    return text in texts(profile, alias)


async def exchange(ann: Profile, ben: Profile, *words: str) -> None:
    """Let both say each of the words, and both be receipted."""
    async with running(ann, ben) as (of_ann, of_ben):
        with anyio.fail_after(PATIENCE):
            await of_ann.published()
            await of_ben.published()
        for word in words:
            await write(of_ann, "ben", f"ann {word}")
            await reached(partial(_has_read, ben, "ann", f"ann {word}"))
            await write(of_ben, "ann", f"ben {word}")
            await reached(partial(_has_read, ann, "ben", f"ben {word}"))
        await reached(lambda: states(ann, "ben")[-1] is states(ben, "ann")[-1] is DELIVERED)
        with anyio.fail_after(PATIENCE):
            await of_ann.idle()
            await of_ben.idle()


async def test_a_home_from_a_backup_is_told_and_both_talk_on(relay: RelayProgram, tmp_path: Path) -> None:
    """R01: through the relay's own count of what was acknowledged."""
    ann, ben = (profile_at(tmp_path, name, relay.address) for name in ("ann", "ben"))
    ann.add_contact(ben.own().link, "ben")
    ben.add_contact(ann.own().link, "ann")
    await exchange(ann, ben, "one", "two")
    ann.close()
    shutil.copytree(tmp_path / "ann", tmp_path / "backup")
    ann = opened(tmp_path / "ann")
    await exchange(ann, ben, "three", "four")
    assert ann.alarms() == []
    ann.close()
    ann = opened(tmp_path / "backup")
    await exchange(ann, ben, "five", "six")
    assert [alarm.kind for alarm in ann.alarms()] == [BEHIND]
    assert ben.alarms() == []
    words = ["one", "two", "three", "four", "five", "six"]
    assert texts(ben, "ann") == [f"ann {word}" for word in words]
    assert texts(ann, "ben") == [f"ben {word}" for word in words if word not in ("three", "four")]
    ann.close()
    ben.close()


async def test_two_live_copies_of_a_home_are_both_told_and_stay_usable(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """R01, HS-16: in turn; each finds the shelf and the mailbox ahead of it, and says so."""
    ann, ben = (profile_at(tmp_path, name, relay.address) for name in ("ann", "ben"))
    ann.add_contact(ben.own().link, "ben")
    ben.add_contact(ann.own().link, "ann")
    await exchange(ann, ben, "one")
    ann.close()
    shutil.copytree(tmp_path / "ann", tmp_path / "twin")
    copies = [opened(tmp_path / "ann"), opened(tmp_path / "twin")]
    for turn, copy in enumerate([*copies, copies[0]]):
        await exchange(copy, ben, f"turn {turn}")
    assert [[alarm.kind for alarm in copy.alarms()] for copy in copies] == [[BEHIND], [BEHIND]]
    assert texts(ben, "ann") == ["ann one", *(f"ann turn {turn}" for turn in range(3))]
    for profile in (*copies, ben):
        profile.close()
