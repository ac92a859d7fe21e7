"""A clock that differs from the relay's is told, and the relay's own is believed in nothing."""

from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.alarms import CLOCK
from securemsg.client.clock import system_clock
from securemsg.client.clocks import compare_clocks
from securemsg.instant import DAY, HOUR, LAST_INSTANT, SECOND, Instant
from securemsg.store.vault import Vault
from tests.client.live import profile_at, reached, running, texts, write
from tests.client.post import Person, PostOffice
from tests.store.vaults import PASSPHRASE
from tests.support.programs import RelayProgram


def greeted(person: Person, difference: int) -> None:
    """Let the relay's clock differ by so many milliseconds."""
    person.profile.decide(lambda step: compare_clocks(step, Instant(step.now + difference)))


def told(profile: Profile) -> list[str]:
    """Return what the person is told of clocks."""
    return [alarm.sentence for alarm in profile.alarms() if alarm.kind == CLOCK]


@pytest.fixture
def ann(office: PostOffice) -> Person:
    return office.friends("ann", "ben")[0]


@pytest.mark.parametrize("difference", [0, HOUR, -HOUR, 59 * 60 * SECOND])
def test_clocks_within_an_hour_are_nobodys_business(ann: Person, difference: int) -> None:
    """CL-21."""
    greeted(ann, difference)
    assert told(ann.profile) == []


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (HOUR + SECOND, "60 minutes"),
        (-90 * 60 * SECOND, "90 minutes"),
        (2 * HOUR, "2 hours"),
        (47 * HOUR, "47 hours"),
        (-2 * DAY, "2 days"),
        (400 * DAY, "400 days"),
    ],
)
def test_clocks_farther_apart_are_told_with_how_far(ann: Person, difference: int, words: str) -> None:
    """CL-21: in either direction; `doctor` says it too."""
    greeted(ann, difference)
    (sentence,) = told(ann.profile)
    assert f"differs from the relay's by {words}: set it" in sentence
    assert sentence in [check.advice for check in ann.profile.checks() if not check.ok]


@pytest.mark.parametrize("relay_time", [0, LAST_INSTANT // SECOND * SECOND])
def test_a_relay_that_tells_the_ends_of_time_is_only_an_alarm(ann: Person, relay_time: int) -> None:
    """CL-21: whatever it claims."""
    ann.profile.decide(lambda step: compare_clocks(step, Instant(relay_time)))
    assert len(told(ann.profile)) == 1


def test_the_alarm_ends_when_the_clocks_agree_again(ann: Person) -> None:
    """CL-21, CL-17: and is raised anew, with its new number, where they part again."""
    greeted(ann, DAY)
    greeted(ann, 3 * DAY)
    assert "3 days" in told(ann.profile)[0]
    ann.profile.dismiss_alarm(CLOCK, None)
    assert told(ann.profile) == []
    greeted(ann, 3 * DAY)
    assert len(told(ann.profile)) == 1
    greeted(ann, 0)
    assert told(ann.profile) == []


@pytest.mark.anyio
async def test_people_whose_clock_is_wrong_are_told_when_they_connect(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """CL-21: their own relay says it; messages carry their own time, not the relay's."""
    late = Instant(system_clock() - 3 * HOUR)
    profiles = [profile_at(tmp_path, name, relay.address) for name in ("ann", "ben")]
    links = [profile.own().link for profile in profiles]
    for profile in profiles:
        profile.close()
    homes = [Vault.open(tmp_path / name, PASSPHRASE) for name in ("ann", "ben")]
    ann, ben = Profile(homes[0], lambda: late), Profile(homes[1])
    ann.add_contact(links[1], "ben")
    ben.add_contact(links[0], "ann")
    async with running(ann, ben) as (of_ann, of_ben):
        await of_ben.published()
        await write(of_ann, "ben", "is it early?")
        await reached(lambda: texts(ben, "ann") == ["is it early?"])
        await reached(lambda: told(ann))
    assert "3 hours" in told(ann)[0] or "2 hours" in told(ann)[0]
    assert told(ben) == []
    sent = ben.messages(ben.find_contact("ann").contact)[0].sent_at
    assert sent == late
    for profile in (ann, ben):
        profile.close()
