"""One step of the client: a transaction, and everything that is not deterministic handed in."""

from dataclasses import dataclass, field

from securemsg.crypto.entropy import Entropy
from securemsg.instant import Instant
from securemsg.store.files import FileRecord
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.owner import Owner
from securemsg.store.transaction import Transaction


@dataclass(slots=True)
class Changes:
    """What a step changed that somebody may be looking at (Spec: CL-4)."""

    contacts: set[ContactId] = field(default_factory=set)
    """Whose messages were added or changed state."""

    outbox: bool = False
    """Whether something was queued, sealed, settled or put off."""

    waiting: int = 0
    """How many entries no relay has accepted yet, where `outbox` is set."""

    hurried: set[ContactId] = field(default_factory=set)
    """To whom the person wrote, so that what waits for them is tried at once (Spec: CL-6)."""

    list: bool = False
    """Whether the list of conversations changed otherwise: a contact, a trust state, an alias."""

    timed: bool = False
    """Whether something is due at a time that may be earlier than what was waited for."""

    files: bool = False
    """Whether a transfer begins or ends, or a ciphertext in the home has lost its key (Spec: FI-15)."""

    withdrawn: dict[MessageRow, FileRecord] = field(default_factory=dict)
    """Files of ours that nobody is to have any more, as far as the relay can still help (Spec: FI-15)."""

    heard: dict[ContactId, Instant] = field(default_factory=dict)
    """Of whom something came, and when: kept in memory only."""

    typing: dict[ContactId, Instant] = field(default_factory=dict)
    """Who is writing, and until when that is shown (Spec: CT-12)."""

    tokens: bool = False
    """Whether the relay is to refuse a token that it knows (Spec: CL-31)."""

    def join(self, other: "Changes") -> None:
        """Take in what another step changed."""
        self.contacts |= other.contacts
        if other.outbox:
            self.outbox, self.waiting = True, other.waiting
        self.hurried |= other.hurried
        self.list |= other.list
        self.timed |= other.timed
        self.files |= other.files
        self.withdrawn |= other.withdrawn
        self.tokens |= other.tokens
        self.heard |= other.heard
        self.typing |= other.typing


@dataclass(frozen=True, slots=True)
class Step:
    """What the deciding code works with; it does no I/O of its own (Spec: CL-1)."""

    vault: Transaction
    owner: Owner
    now: Instant
    entropy: Entropy
    changes: Changes
