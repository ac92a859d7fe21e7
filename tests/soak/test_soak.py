"""Half a minute of the soak, and whether its judge sees what grows."""

import random  # noqa: TID251  # nothing secret
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import trio
from typing_extensions import override

from securemsg.mailbox.answers import Answer, Deliver, Done
from securemsg.mailbox.requests import Acknowledge, Request
from tests.relay.client import RelayClient
from tests.soak.figures import MEBIBYTE, Sample, growth, refuse_growth, table
from tests.soak.people import Pair
from tests.soak.run import Pace, play

SECONDS = 30


@pytest.mark.slow
def test_half_a_minute_of_everything_loses_nothing_and_leaves_no_file_open(tmp_path: Path) -> None:
    """R22, N03: people come and go, register and are forgotten while the administrator copies and renews."""
    soak = play(tmp_path, SECONDS, Pace(speed=4_800, look=1, round=4, command=5), seed=1)
    for name in ("accepted", "delivered", "registered", "visits", "backups", "checks", "certificates"):
        assert soak.counts[name], name
    assert soak.counts["expired"], "nothing expired"
    assert soak.counts["one-time keys"], "no prekey was fetched"
    # Memory needs longer than this to settle.
    assert growth(soak.sampler.samples, "descriptors") <= 16
    assert "memory: " in soak.report()


class Line(RelayClient):
    """A connection on which every acknowledgement is answered."""

    def __init__(self) -> None:
        """There is nobody at its other end."""

    @override
    async def ask(self, request: Request) -> Answer:
        assert isinstance(request, Acknowledge)
        return Done()


def delivered(places: Sequence[int]) -> Pair:
    """A pair that wrote three messages, of which so many were delivered, in this order."""
    pair = Pair(random.Random(1), Counter())  # noqa: S311  # nothing secret
    submits = [pair.mailbox.submit() for _ in range(3)]
    pair.sent = dict.fromkeys(submit.submit_id for submit in submits)
    for sequence, place in enumerate(places, 1):
        submit = submits[place]
        trio.run(pair._take, Line(), Deliver(pair.mailbox.id, sequence, submit.submit_id, submit.envelope))
    return pair


@pytest.mark.parametrize("places", [(0, 2), (1,), (0, 0), (0, 1, 2, 1)])
def test_the_judge_notices_what_is_doubled_or_out_of_order(places: Sequence[int]) -> None:
    with pytest.raises(AssertionError, match="twice, or out of order"):
        delivered(places)


def test_the_judge_knows_what_is_missing() -> None:
    assert len(delivered((0, 1)).sent) == 1
    assert not delivered((0, 1, 2)).sent


def steady(count: int = 720) -> list[Sample]:
    """What a relay takes that does not grow, with the noise that there is."""
    noise = random.Random(2)  # noqa: S311  # nothing secret
    return [
        Sample(5.0 * at, 90 * MEBIBYTE + noise.randrange(MEBIBYTE), 40 + noise.randrange(8), 6, 0, 0.001)
        for at in range(count)
    ]


def test_what_does_not_grow_passes_and_what_grows_slowly_is_noticed() -> None:
    samples = steady()
    refuse_growth(samples)
    assert "memory" in table(samples)
    for name, each in (
        ("memory", MEBIBYTE // 12),
        ("descriptors", 1 / 12),
        ("threads", 1 / 40),
        ("log", 2**20),
    ):
        leaking = [
            replace(one, **{name: getattr(one, name) + int(at * each)}) for at, one in enumerate(samples)
        ]
        with pytest.raises(AssertionError, match=name):
            refuse_growth(leaking)


def test_what_a_relay_takes_at_its_start_is_no_growth() -> None:
    samples = [replace(one, memory=one.memory // 2) if one.at < 600 else one for one in steady()]
    refuse_growth(samples)
