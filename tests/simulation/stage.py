"""What stands in for the world outside while a simulation runs: threads, dialling, disks, the scheduler."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
import trio
import trio._core._run as scheduler
from trio.testing import MockClock

from securemsg.client.dial import Dialled
from securemsg.crypto.entropy import Entropy
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.ratchet.state import Active
from securemsg.session.book import Book
from securemsg.session.sending import Sealed
from securemsg.store.slots import open_slots
from tests.simulation.disk import CIPHER_VFS
from tests.simulation.machine import MACHINE, run_inline
from tests.simulation.plan import Plan

_INSTANT: Final = 1e-6
"""Seconds: more than the error of adding times, less than anything that matters."""


def _seal_message(state: Active, content: bytes, entropy: Entropy) -> tuple[Active, bytes]:
    return MACHINE.get().world.seals.seal_message(state, content, entropy)


def _seal(book: Book, content: bytes, entropy: Entropy) -> Sealed:
    return MACHINE.get().world.seals.seal(book, content, entropy)


async def _dial(address: RelayAddress, _now: Instant) -> Dialled:
    return await MACHINE.get().world.dial(MACHINE.get(), address)


def _jump(clock: MockClock) -> None:
    """Let time pass to just behind the next deadline.

    Exactly there, code that computes how long it must still wait would find, by rounding, that it is
    an instant too early, for ever: only in a simulation does no time pass meanwhile.
    """
    seconds = trio.lowlevel.current_statistics().seconds_to_next_deadline
    if 0 < seconds < float("inf"):
        clock.jump(seconds + _INSTANT)


_open_slots = functools.cache(open_slots)
"""A passphrase costs the same time at each start of a client, and always gives the same key."""


@contextmanager
def stage(plan: Plan) -> Iterator[None]:
    """Make everything in the block follow from the seed that is not ours to decide.

    The scheduler's shuffling is what Hypothesis seeds too: trio has no public way.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduler, "_ALLOW_DETERMINISTIC_SCHEDULING", True)
        patch.setattr(MockClock, "_autojump", _jump)
        patch.setattr("anyio.to_thread.run_sync", run_inline)
        patch.setattr("trio.to_thread.run_sync", run_inline)
        patch.setattr("securemsg.client.link.dial", _dial)
        patch.setattr("securemsg.client.sending.seal", _seal)
        patch.setattr("securemsg.session.sending.seal_message", _seal_message)
        patch.setattr("securemsg.store.connection.CIPHER_VFS", CIPHER_VFS)
        patch.setattr("securemsg.store.vault.open_slots", _open_slots)
        # Days of rounds each minute would be most of what happens.
        patch.setattr("relay.housekeeping._ROUND_SECONDS", max(60, plan.heartbeat))
        before = scheduler._r.getstate()
        scheduler._r.seed(plan.seed)
        try:
            yield
        finally:
            scheduler._r.setstate(before)
