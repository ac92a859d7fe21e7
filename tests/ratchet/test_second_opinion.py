"""Our ratchet and the plain one of tests/reference agree about every step of any schedule."""

import pytest

from tests.ratchet.second_opinion import run


@pytest.mark.parametrize("first", range(0, 16, 4))
def test_two_implementations_agree_whatever_peers_and_networks_do(first: int) -> None:
    """S01, RT-9 to RT-13, KR-5 to KR-9: verdict, content, rows, state; a refusal changes nothing."""
    assert run(range(first, first + 4), 40)["opened"] > 0


def test_the_schedules_meet_every_refusal() -> None:
    """Else they would show little."""
    met = run(range(100, 106), 60)
    assert {"opened", "Replayed", "TooManySkipped", "AuthenticationError", "Unrecognised"} <= set(met)
