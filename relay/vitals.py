"""How the relay is at this moment: what health, readiness and metrics tell (Spec: RL-41, RL-42)."""

import itertools
from dataclasses import asdict
from typing import Final

import trio

from relay.committing import Committing
from relay.folder import DataFolder
from relay.log import Event
from relay.metrics import exposition
from relay.reserve import Pressure
from relay.service import Service
from relay.storage.operations import Count, FindOwner, Refused, Totals
from relay.transport.pair import Pair
from securemsg.crypto.certificate import expires
from securemsg.errors import FrameError
from securemsg.ids import MailboxId
from securemsg.instant import SECOND
from securemsg.mailbox.answers import ErrorCode

_PROBE_SECONDS: Final = 5
"""Between two questions to the store, and how long one may take."""

_PROBES_PER_COUNT: Final = 12
"""Counting looks at every mailbox, so it is done once a minute only."""

_NOBODY: Final = MailboxId(bytes(MailboxId.WIDTH))
"""Asked for by the probe: ids are random, no mailbox has this one."""

_PRESSURES: Final = {
    Pressure.NONE: Event.DISK_HAS_ROOM,
    Pressure.NEW_MAILBOXES: Event.DISK_FILLING,
    Pressure.STORING: Event.DISK_FULL,
}


class Vitals:
    """Looks at one relay while it runs."""

    __slots__ = ("_answers", "_counted", "_folder", "_is_draining", "_pair", "_pressure", "_service")

    def __init__(self, service: Service, folder: DataFolder, pair: Pair) -> None:
        self._service = service
        self._folder = folder
        self._pair = pair
        self._counted: dict[str, int] = {}
        self._answers = False
        self._is_draining = False
        self._pressure = Pressure.NONE

    def drain(self) -> None:
        """Be ready for nobody new from now on."""
        self._is_draining = True

    def obstacles(self) -> list[str]:
        """Why new connections should go elsewhere; empty when the relay is ready."""
        found = {
            "draining": self._is_draining,
            "the store does not answer": not self._answers,
            "the disk is full": self._service.reserve.is_low,
        }
        return [name for name, holds in found.items() if holds]

    async def watch(self) -> None:
        """Ask the store now and then, for ever."""
        for probes in itertools.count():
            self._answers = await self._probe()
            self._note_pressure()
            if self._answers and probes % _PROBES_PER_COUNT == 0:
                await self._count()
            await trio.sleep(_PROBE_SECONDS)

    def page(self) -> bytes:
        """All numbers, as Prometheus reads them."""
        return exposition(self._service.counters, self.moment())

    def moment(self) -> dict[str, int]:
        """What is so now, by name."""
        operations, size = self._service.committer.waiting
        reserve = self._service.reserve
        certificate = _certificate_end(self._pair)
        return {
            **self._counted,
            **({} if certificate is None else {"certificate_expires_seconds": certificate}),
            "connections_open": self._service.counters.connections_open,
            "queue_operations": operations,
            "queue_bytes": size,
            **self._service.blobs.moment(),
            "store_bytes": self._folder.stored_bytes(),
            "disk_free_bytes": reserve.free,
            "disk_reserve_bytes": reserve.held,
            "disk_pressure": int(reserve.pressure),
            "ready": int(not self.obstacles()),
        }

    async def _probe(self) -> bool:
        """Tell whether the store answers; of several shards one is enough: all nodes miss the same ones."""
        answered: list[bool] = []
        with trio.move_on_after(_PROBE_SECONDS):
            async with trio.open_nursery() as nursery:
                for committer in self._service.committer.each:
                    nursery.start_soon(self._probe_one, committer, answered)
        return any(answered)

    async def _probe_one(self, committer: Committing, answered: list[bool]) -> None:
        (found,) = await committer.commit([FindOwner(_NOBODY)])
        answered.append(not (isinstance(found, Refused) and found.code is ErrorCode.UNAVAILABLE))

    async def _count(self) -> None:
        with trio.move_on_after(_PROBE_SECONDS):
            made = self._service.census.made
            (totals,) = await self._service.committer.commit([Count()])
            if isinstance(totals, Totals):
                self._counted = asdict(totals)
                self._service.census.counted(totals.mailboxes, made)

    def _note_pressure(self) -> None:
        pressure = self._service.reserve.pressure
        if pressure is not self._pressure:
            self._pressure = pressure
            self._service.log.note(_PRESSURES[pressure], {"free": self._service.reserve.free})


def _certificate_end(pair: Pair) -> int | None:
    try:
        return expires(pair.leaf()) // SECOND
    except (OSError, ValueError, FrameError):
        return None
