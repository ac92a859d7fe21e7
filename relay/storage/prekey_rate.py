"""How fast the shelf of one mailbox may be emptied."""

from relay.storage.policy import PREKEY_BURST, PREKEY_REFILL
from securemsg.instant import SECOND, Instant


class PrekeyRate:
    """A bucket of fetches per mailbox, in memory only; a full bucket is not kept."""

    __slots__ = ("_full_at",)

    def __init__(self) -> None:
        # Instead of counting tokens: when the bucket will be full again.
        self._full_at: dict[int, int] = {}

    def take(self, box: int, now: Instant) -> int:
        """Take one fetch; return 0, or after how many seconds there will be one."""
        full_at = max(self._full_at.get(box, now), now)
        if full_at > now + PREKEY_BURST * PREKEY_REFILL:
            # The clock was set back: as if all had just been taken.
            full_at = self._full_at[box] = now + PREKEY_BURST * PREKEY_REFILL
        wait = full_at + PREKEY_REFILL - now - PREKEY_BURST * PREKEY_REFILL
        if wait > 0:
            return -(-wait // SECOND)
        self._full_at[box] = full_at + PREKEY_REFILL
        if len(self._full_at) > 2 * PREKEY_BURST:
            self._drop_one(now)
        return 0

    def _drop_one(self, now: Instant) -> None:
        # Oldest first, one for each that is added: memory follows the last half hour's use.
        box = next(iter(self._full_at))
        full_at = self._full_at.pop(box)
        if full_at > now:
            self._full_at[box] = full_at
