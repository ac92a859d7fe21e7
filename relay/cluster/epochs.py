"""Where mailboxes lie: lists of shards, the newest last (Spec: RL-54)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from relay.storage.clustering import OVER
from securemsg.crypto.kdf import sha256
from securemsg.errors import LocalError

_NUMBER_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Epochs:
    """The shards of each epoch, oldest first; an epoch that is over has none."""

    written: tuple[str, ...]
    lists: tuple[tuple[int, ...], ...]

    @classmethod
    def parse(cls, written: Sequence[str], shards: int) -> Self:
        """Read texts like "1 2", of shards 1 to `shards`; none at all is one epoch of all shards.

        Raises `LocalError`.
        """
        texts = tuple(written) or (" ".join(map(str, range(1, shards + 1))),)
        lists = tuple(() if text == OVER else _numbers(text, shards) for text in texts)
        if not lists[-1]:
            raise LocalError(f'In [store], the last of epochs must name shards; "{OVER}" is for older ones.')
        return cls(texts, lists)

    @property
    def shards(self) -> tuple[int, ...]:
        """Every shard on which a mailbox may lie."""
        return tuple(sorted({shard for shards in self.lists for shard in shards}))

    def home(self, key: bytes) -> int:
        """Where what has this random key is made."""
        return max(self.lists[-1], key=lambda shard: _weight(shard, key))

    def homes(self, key: bytes) -> tuple[int, ...]:
        """Where it may lie, the likeliest first."""
        found = [max(shards, key=lambda shard: _weight(shard, key)) for shards in self.lists[::-1] if shards]
        return tuple(dict.fromkeys(found))


def _weight(shard: int, key: bytes) -> bytes:
    # SHA-256(shard || key), the greatest wins
    return sha256(shard.to_bytes(_NUMBER_BYTES, "big") + key)


def _numbers(text: str, shards: int) -> tuple[int, ...]:
    parts = text.split()
    numbers = tuple(int(part) for part in parts if part.isascii() and part.isdecimal())
    if not parts or len(set(numbers)) != len(parts) or not all(1 <= one <= shards for one in numbers):
        raise LocalError(
            f"In [store], each of epochs must be numbers from 1 to {shards}, lines of the connection strings,"
            f' such as "1 2", or "{OVER}" once no mailbox lies there any more.'
        )
    return numbers
