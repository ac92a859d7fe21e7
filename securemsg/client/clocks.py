"""Whether this device and its relay agree on the time (Spec: CL-21)."""

from typing import Final

from securemsg.client.alarms import CLOCK, raise_alarm
from securemsg.client.step import Step
from securemsg.instant import HOUR, Instant
from securemsg.store.alarms import NOBODY

AGREEING: Final = HOUR
"""Clocks farther apart (ms) alarm: a wrong time zone shows, a sleepy clock does not."""


def compare_clocks(step: Step, relay_time: Instant) -> None:
    """Alarm where our clock differs from our relay's, and end that alarm where they agree.

    The relay may lie: what it says of the time is shown and used for nothing else.

    Spec: CL-21.
    """
    difference = relay_time - step.now
    if abs(difference) > AGREEING:
        raise_alarm(step, CLOCK)
        step.vault.alarms.tell(CLOCK, NOBODY, difference)
    elif step.vault.alarms.clear(NOBODY, (CLOCK,)):
        step.changes.list = True
