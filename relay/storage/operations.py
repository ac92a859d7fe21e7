"""The words that every store understands: operations, their results, and the contract between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from relay.storage.clustering import ClusterOperation, TakeOver
from relay.storage.inspection import Inspected, ListInvitations, LookAtHoldings, RevokeInvitation
from relay.storage.removal import RemoveMailbox
from relay.storage.rights import ShowToken
from securemsg.ids import MailboxId, SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.tokens import TokenHash


@dataclass(frozen=True, slots=True)
class Create:
    """Register a mailbox; `invitation` is the hash of one (32 bytes), `None` where none is needed."""

    mailbox: MailboxId
    owner_key: bytes = field(repr=False)
    tokens: tuple[TokenHash, ...] = field(repr=False)
    invitation: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FindOwner:
    """Look up the owner key that a proof must verify with."""

    mailbox: MailboxId


class Append(NamedTuple):
    """Store one envelope for the holder of a send token; a named tuple, because they come by the thousand."""

    mailbox: MailboxId
    token: TokenHash
    submit_id: SubmitId
    envelope: bytes

    def __repr__(self) -> str:
        return f"Append({self.mailbox!r}, {self.submit_id!r})"


@dataclass(frozen=True, slots=True)
class Fetch:
    """Read envelopes after a sequence number, oldest first: `count` of them, or fewer large ones."""

    mailbox: MailboxId
    after: int
    count: int
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Delete everything up to and including a sequence number."""

    mailbox: MailboxId
    sequence: int
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class ChangeTokens:
    """Add and revoke send tokens."""

    mailbox: MailboxId
    added: tuple[TokenHash, ...] = field(repr=False)
    revoked: tuple[TokenHash, ...] = field(repr=False)
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class PutManifest:
    """Replace the shelf's manifest and empty the shelf."""

    mailbox: MailboxId
    generation: int
    manifest: bytes = field(repr=False)
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class PutLeaves:
    """Lay leaves on the shelf at consecutive positions."""

    mailbox: MailboxId
    generation: int
    first_position: int
    leaves: tuple[bytes, ...] = field(repr=False)
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class TakePrekeys:
    """Read the manifest and take the lowest leaf away, for the holder of a send token."""

    mailbox: MailboxId
    token: TokenHash = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookAtShelf:
    """Read generation and number of leaves left."""

    mailbox: MailboxId
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class LookAtMailbox:
    """Read how far a mailbox has come."""

    mailbox: MailboxId
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Invite:
    """Remember the hash of an invitation that `uses` new mailboxes may use until `expires`."""

    hash: bytes = field(repr=False)
    uses: int
    expires: Instant


class ExpiryCursor(NamedTuple):
    """How far a walk through the submit ids has come; it begins before the first."""

    box: int = 0
    submit_id: bytes = b""


@dataclass(frozen=True, slots=True)
class Expire:
    """Remove at most `budget` envelopes past their time, else look at some submit ids after `cursor`."""

    cursor: ExpiryCursor
    budget: int


@dataclass(frozen=True, slots=True)
class Count:
    """Count what the store holds."""


_Reading = Fetch | LookAtShelf | LookAtMailbox | TakeOver
_Changing = Acknowledge | ChangeTokens | PutManifest | PutLeaves | RemoveMailbox
OfOwner = _Reading | _Changing
"""What the owner of a mailbox asks of it.

`owner` is the key (32 bytes) that she proved, empty where the relay asks by itself: a mailbox that was made
again with another key is none of hers, and all is refused as if it were not there (Spec: MB-29).
"""

_OfOthers = Create | FindOwner | Append | TakePrekeys | ShowToken | Invite | Expire | Count
Operation = OfOwner | _OfOthers | ListInvitations | RevokeInvitation | LookAtHoldings | ClusterOperation


@dataclass(frozen=True, slots=True)
class Stored:
    """Done, and durable once the commit has returned."""


class Appended(NamedTuple):
    """The envelope is stored, now or by an earlier submit; `sequence` is 0 for a repeat."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The operation changed nothing; what the client is told."""

    code: ErrorCode
    retry_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner key (32 bytes) of a mailbox."""

    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredEnvelope:
    """One waiting envelope."""

    sequence: int
    submit_id: SubmitId
    envelope: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Envelopes in the order of acceptance, and the newest sequence number the mailbox ever gave."""

    envelopes: tuple[StoredEnvelope, ...]
    newest: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The highest sequence numbers ever acknowledged and given; the newest subscription's number."""

    acknowledged: int
    newest: int
    listener: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sealed prekey and its position on the shelf."""

    position: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A manifest, the leaf taken if there was one, and how many are left.

    Generation 0 means that nothing was ever published.
    """

    generation: int
    manifest: bytes = field(repr=False)
    leaf: Leaf | None
    remaining: int


@dataclass(frozen=True, slots=True)
class Expired:
    """`cursor` continues the walk, `None` when it reached the end; `removed` counts rows."""

    cursor: ExpiryCursor | None
    removed: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers about the whole store; sizes in bytes. They must not cost a look at every envelope or leaf."""

    mailboxes: int
    envelopes: int
    envelope_bytes: int
    invitations: int


Result = Stored | Appended | Refused | Owner | Page | Progress | Shelf | Expired | Totals | Inspected


class StoreFailedError(Exception):
    """The commit did not happen; nothing of it is stored, and later ones may succeed (Spec: RL-5)."""


class StoreUnsureError(StoreFailedError):
    """The commit may have happened: nobody may be told that it did, everybody may repeat (Spec: RL-23)."""


class StoreBrokenError(Exception):
    """It is unknown what is stored: the process must end without an answer (Spec: RL-5)."""


class Store(Protocol):
    """The contract of a store; the conformance tests run on every one."""

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered."""
        ...

    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        """Carry out all operations in order in one durable transaction.

        Returns one result for each, after it is on disk. Raises `StoreFailedError`
        or `StoreBrokenError`; then no operation has a result.

        Spec: RL-1
        """
        ...

    def tidy(self) -> None:
        """Overwrite what was deleted, in every file (Spec: RL-7)."""
        ...

    def close(self) -> None:
        """Give the store back; the files are complete."""
        ...
