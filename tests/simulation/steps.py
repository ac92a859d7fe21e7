"""Counts the steps of tasks, so that something can happen to a machine or a task between any two awaits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import trio

from tests.simulation.machine import MACHINE, Machine


@dataclass(slots=True)
class _Countdown:
    victim: Machine | trio.lowlevel.Task
    left: int
    happen: Callable[[], object]


class Steps(trio.abc.Instrument):
    """Lets things happen after so many steps of a victim, whatever these steps are."""

    def __init__(self) -> None:
        self._countdowns: list[_Countdown] = []
        self.total = 0

    def after(self, victim: Machine | trio.lowlevel.Task, steps: int, happen: Callable[[], object]) -> None:
        """Call `happen` when `victim` has made `steps` more steps."""
        self._countdowns.append(_Countdown(victim, steps, happen))

    def forget(self) -> None:
        """Let nothing more happen."""
        self._countdowns.clear()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count."""
        self.total += 1
        if not self._countdowns:
            return
        machine = task.context.get(MACHINE)
        for countdown in [each for each in self._countdowns if each.victim in (machine, *_line(task))]:
            countdown.left -= 1
            if countdown.left <= 0:
                self._countdowns.remove(countdown)
                countdown.happen()


def _line(task: trio.lowlevel.Task) -> Iterator[trio.lowlevel.Task]:
    """Yield a task and those that wait for it: its steps are theirs."""
    while True:
        yield task
        if task.parent_nursery is None:
            return
        task = task.parent_nursery.parent_task
