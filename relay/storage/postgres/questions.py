"""What a transaction must read before it can decide, gathered from its operations."""

from collections import Counter
from collections.abc import Sequence
from typing import Self, TypeAlias

from relay.storage.clustering import Register, TakeOver
from relay.storage.operations import (
    Acknowledge,
    Append,
    ChangeTokens,
    Create,
    Fetch,
    FindOwner,
    Invite,
    LookAtMailbox,
    LookAtShelf,
    PutLeaves,
    PutManifest,
    TakePrekeys,
)
from relay.storage.rights import ShowToken

Owned: TypeAlias = (
    FindOwner
    | Fetch
    | Acknowledge
    | ChangeTokens
    | PutManifest
    | PutLeaves
    | LookAtShelf
    | LookAtMailbox
    | TakeOver
)
"""What a mailbox's owner asks of it."""

Batched: TypeAlias = Append | Create | Register | Invite | TakePrekeys | ShowToken | Owned
"""What is carried out together, in one transaction."""


class Questions:
    """Names of mailboxes by what must be known of them.

    `owned` are changed by their owners and locked in any case; `seen` are only read; `holders` show a
    send token, and lock the mailbox if it fits.
    """

    __slots__ = (
        "acknowledged",
        "changing",
        "holders",
        "invitations",
        "laid",
        "makes_mailboxes",
        "owned",
        "seen",
        "shelves",
        "submits",
        "takes",
        "takes_by_holder",
    )

    def __init__(self) -> None:
        self.makes_mailboxes = False
        self.owned: set[bytes] = set()
        self.seen: set[bytes] = set()
        self.changing: set[bytes] = set()
        self.shelves: set[bytes] = set()
        self.holders: set[tuple[bytes, bytes]] = set()
        self.submits: set[tuple[bytes, bytes]] = set()
        self.acknowledged: set[tuple[bytes, int]] = set()
        self.laid: set[tuple[bytes, int, int]] = set()
        self.takes: Counter[bytes] = Counter()
        self.takes_by_holder: set[tuple[bytes, bytes]] = set()
        self.invitations: set[bytes] = set()

    @classmethod
    def of(cls, operations: Sequence[Batched]) -> Self:
        """What `operations` need to know."""
        questions = cls()
        for operation in operations:
            if type(operation) is Append:
                questions.holders.add((operation.mailbox, operation.token))
                questions.submits.add((operation.mailbox, operation.submit_id))
            elif isinstance(operation, ShowToken):
                questions.holders.add((operation.mailbox, operation.token))
            else:
                questions._ask(operation)
        questions.seen -= questions.owned
        return questions

    def _ask(self, operation: Batched) -> None:  # noqa: C901, PLR0912  # one table
        match operation:
            case Create(mailbox, _, _, invitation):
                self.seen.add(mailbox)
                self.invitations.add(invitation or b"")
                self.makes_mailboxes = True
            case Register(mailbox):
                self.seen.add(mailbox)
                self.makes_mailboxes = True
            case TakeOver(mailbox):
                self.owned.add(mailbox)
            case FindOwner(mailbox) | Fetch(mailbox) | LookAtMailbox(mailbox):
                self.seen.add(mailbox)
            case LookAtShelf(mailbox):
                self.seen.add(mailbox)
                self.shelves.add(mailbox)
            case Acknowledge(mailbox, sequence):
                self.owned.add(mailbox)
                self.acknowledged.add((mailbox, sequence))
            case ChangeTokens(mailbox):
                self.owned.add(mailbox)
                self.changing.add(mailbox)
            case PutManifest() | PutLeaves() | TakePrekeys():
                self._ask_of_shelf(operation)
            case Invite() | Append() | ShowToken():
                pass

    def _ask_of_shelf(self, operation: PutManifest | PutLeaves | TakePrekeys) -> None:
        mailbox = operation.mailbox
        self.shelves.add(mailbox)
        if isinstance(operation, TakePrekeys):
            self.holders.add((mailbox, operation.token))
            self.takes_by_holder.add((mailbox, operation.token))
            self.takes[mailbox] += 1
            return
        self.owned.add(mailbox)
        if isinstance(operation, PutLeaves):
            first = operation.first_position
            self.laid.add((mailbox, first, first + len(operation.leaves) - 1))
