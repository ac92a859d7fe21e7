"""Mailboxes as one transaction sees them: read at its start, changed in memory, written at its end."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class ShelfState:
    """A mailbox's shelf; generation 0 where nothing was published.

    `leaves` are those at hand, by position: the lowest stored ones, as many as may be
    taken, and those laid here now. `filled` are the asked-for positions that were filled before.
    """

    generation: int = 0
    manifest: bytes = field(default=b"", repr=False)
    is_void: bool = False
    remaining: int = 0
    taken_hour: int = 0
    taken: int = 0
    leaves: dict[int, bytes] = field(default_factory=dict, repr=False)
    filled: set[int] = field(default_factory=set)
    laid: dict[int, bytes] = field(default_factory=dict, repr=False)
    spent: list[int] = field(default_factory=list)
    is_replaced: bool = False
    is_changed: bool = False

    def replace(self, generation: int, manifest: bytes) -> None:
        """Begin a new generation, without leaves."""
        self.generation, self.manifest = generation, manifest
        self.is_replaced = self.is_changed = True
        self.is_void = False
        self.remaining = 0
        for kept in (self.leaves, self.filled, self.laid, self.spent):
            kept.clear()

    def lay(self, position: int, sealed: bytes) -> None:
        """Fill a position, unless it was ever filled in this generation."""
        if position in self.filled:
            return
        self.filled.add(position)
        self.laid[position] = self.leaves[position] = sealed
        self.remaining += 1
        self.is_changed = True

    def take(self) -> tuple[int, bytes] | None:
        """Take the lowest leaf away."""
        if not self.leaves:
            return None
        position = min(self.leaves)
        self.spent.append(position)
        self.remaining -= 1
        return position, self.leaves.pop(position)


@dataclass(slots=True)
class Box:
    """A mailbox under its internal number; only one that is locked may be changed.

    `stored_to` is the last sequence number given before; `below` tells number and bytes of what is stored up
    to one. `fresh` are envelopes appended now, by sequence number, and `accepted` their submit ids, also
    of those deleted now. Up to `deleted_to` nothing is left. `moved` is not 0 where the mailbox is not here.
    """

    number: int
    name: bytes
    owner_key: bytes = field(repr=False)
    last_sequence: int = 0
    messages: int = 0
    size: int = 0
    acknowledged: int = 0
    submit_ids: int = 0
    listener: int = 0
    moved: int = 0
    is_locked: bool = False
    is_new: bool = False
    is_changed: bool = False
    tokens: set[bytes] = field(default_factory=set, repr=False)
    submitted: set[bytes] = field(default_factory=set)
    stored_to: int = 0
    below: dict[int, tuple[int, int]] = field(default_factory=dict)
    deleted: tuple[int, int] = (0, 0)
    deleted_to: int = 0
    accepted: list[bytes] = field(default_factory=list)
    fresh: dict[int, tuple[bytes, bytes]] = field(default_factory=dict, repr=False)
    shelf: ShelfState = field(default_factory=ShelfState)

    def append(self, submit_id: bytes, sealed: bytes) -> int:
        """Count and keep an envelope; returns its sequence number."""
        self.last_sequence += 1
        self.messages += 1
        self.size += len(sealed)
        self.submit_ids += 1
        self.submitted.add(submit_id)
        self.accepted.append(submit_id)
        self.fresh[self.last_sequence] = submit_id, sealed
        self.is_changed = True
        return self.last_sequence

    def acknowledge(self, sequence: int) -> None:
        """Delete envelopes up to a sequence number that is in `below` if something is stored up to it."""
        if sequence <= self.deleted_to:
            return
        self.deleted_to = sequence
        self.acknowledged = max(sequence, self.acknowledged)
        messages, size = self.below.get(sequence, (0, 0))
        self.messages -= messages - self.deleted[0]
        self.size -= size - self.deleted[1]
        self.deleted = messages, size
        for at in [at for at in self.fresh if at <= sequence]:
            self.messages -= 1
            self.size -= len(self.fresh.pop(at)[1])
        self.is_changed = True
