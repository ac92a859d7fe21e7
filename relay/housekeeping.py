"""What a relay does when nobody asks: forget what is past its time, and tidy up (Spec: RL-7)."""

import itertools
from typing import Final

import trio

from relay.committing import Committing
from relay.log import Event
from relay.service import Service
from relay.storage.operations import Expire, Expired, ExpiryCursor, Store

_ROUND_SECONDS: Final = 60
"""Between two rounds: deleted content goes from the WAL within this."""

_ROUNDS_PER_EXPIRY: Final = 30
"""Times are stored by the hour, and each walk looks at every submit id."""

_BATCH: Final = 200
"""Rows removed in one commit: others wait for it."""

_ROUNDS_PER_LOG: Final = 10


async def keep_house(service: Service, store: Store) -> None:
    """Expire and tidy for ever."""
    for rounds in itertools.count():
        if rounds % _ROUNDS_PER_EXPIRY == 0:
            for committer in service.committer.each:
                await expire_all(service, committer)
        await service.committer.alone(store.tidy)
        await trio.sleep(_ROUND_SECONDS)
        if rounds % _ROUNDS_PER_LOG == 0:
            service.log.note(Event.COUNTERS, service.counters.numbers())


async def expire_all(service: Service, committer: Committing) -> None:
    """Remove everything that is past its time; a walk that came to its end is counted."""
    cursor: ExpiryCursor | None = ExpiryCursor()
    while cursor is not None:
        (result,) = await committer.commit([Expire(cursor, _BATCH)])
        if not isinstance(result, Expired):
            return
        service.counters.expired += result.removed
        cursor = result.cursor
    service.counters.expiry_walks += 1
