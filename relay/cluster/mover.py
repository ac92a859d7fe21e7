"""Bringing mailboxes home from the shards of older epochs, one at a time (Spec: RL-55)."""

from typing import TYPE_CHECKING, Final, TypeVar, TypeVarTuple, Unpack

import trio

from relay.clock import Clock
from relay.cluster.epochs import Epochs
from relay.log import Event, Log
from relay.storage.operations import StoreFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from relay.storage.postgres.moving import MovingShard

_AGAIN_SECONDS: Final = 5
"""After a failure, or while another node moves from the same shard."""

_LOOK_SECONDS: Final = 600
"""Between two looks at a shard where everything was at home."""

_PAUSE_SECONDS: Final = 0.002
"""Between two mailboxes: the servers have other things to do."""

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


class Mover:
    """Moves mailboxes from one shard; `shards` are connections of its own to all of them."""

    def __init__(
        self, source: int, shards: "Mapping[int, MovingShard]", epochs: Epochs, clock: Clock
    ) -> None:
        self._source = shards[source]
        self._shards = shards
        self._epochs = epochs
        self._clock = clock

    async def run(self, log: Log) -> None:
        """Move for ever."""
        while True:
            wait = _AGAIN_SECONDS
            try:
                if await _in_thread(self._source.take_turn):
                    moved, left = await self._move_all()
                    wait = _AGAIN_SECONDS if left else _LOOK_SECONDS
                    if moved:
                        log.note(Event.MOVED, {"moved": moved, "left": left})
            except StoreFailedError as error:
                log.note_error(Event.MOVE_FAILED, error)
            finally:
                self.close()
            await trio.sleep(wait)

    def move(self, name: bytes, marked: int) -> bool:
        """Bring one mailbox home, or to where an earlier attempt was to bring it; tell whether it is there.

        Raises `StoreFailedError`; then the same call may be made again, by anybody.
        """
        target = self._shards.get(marked or self._epochs.home(name))
        if target is None:
            return False
        if not marked and not (target.has_room_for(name) and self._source.mark(name, target.shard.number)):
            return False
        parcel = self._source.pack(name)
        if parcel is None or not target.unpack(parcel):
            return False
        self._source.leave(name, self._clock())
        return True

    def close(self) -> None:
        """Disconnect."""
        for shard in self._shards.values():
            shard.close()

    async def _move_all(self) -> tuple[int, int]:
        """Move everything that is away from home; returns how many were moved, and how many could not be."""
        moved = left = 0
        last = b""
        while names := await _in_thread(self._source.names, last):
            last = names[-1][0]
            for name, marked in names:
                if not marked and self._epochs.home(name) == self._source.shard.number:
                    continue
                if await _in_thread(self.move, name, marked):
                    moved += 1
                else:
                    left += 1
                await trio.sleep(_PAUSE_SECONDS)
        return moved, left


async def _in_thread(step: "Callable[[Unpack[_Ts]], _T]", *arguments: *_Ts) -> _T:
    """Run a step; a relay that goes down does not wait for it, because any step may break off."""
    return await trio.to_thread.run_sync(step, *arguments, abandon_on_cancel=True)
