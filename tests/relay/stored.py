"""Short ways to talk to a store in tests."""

from relay.storage.operations import (
    Append,
    Create,
    Fetch,
    Operation,
    Page,
    Result,
    Store,
    Stored,
    StoredEnvelope,
)
from securemsg.ids import MailboxId, SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.tokens import TokenHash
from tests.support.entropy import SeededEntropy

ENTROPY = SeededEntropy(9)
NOW = Instant(1_800_000_000_000)


class Box:
    """A mailbox with one token, as a store sees it."""

    def __init__(self) -> None:
        self.id = MailboxId(ENTROPY(16))
        self.key = ENTROPY(32)
        self.token = TokenHash(ENTROPY(32))

    @property
    def creation(self) -> Create:
        """The operation that makes it."""
        return Create(self.id, self.key, (self.token,), None)

    def append(self, envelope: bytes = b"sealed") -> Append:
        """An operation that stores a new envelope in it."""
        return Append(self.id, self.token, SubmitId(ENTROPY(16)), envelope)

    def content(self, store: Store, now: Instant = NOW) -> list[StoredEnvelope]:
        """Everything in it, read page by page."""
        found: list[StoredEnvelope] = []
        while True:
            page = one(store, Fetch(self.id, found[-1].sequence if found else 0, 64), now)
            assert isinstance(page, Page)
            if not page.envelopes:
                return found
            found += page.envelopes


def one(store: Store, operation: Operation, now: Instant = NOW) -> Result:
    """Carry out one operation in a commit of its own."""
    (result,) = store.commit([operation], now)
    return result


def created(store: Store) -> Box:
    """A mailbox that `store` has."""
    box = Box()
    assert one(store, box.creation) == Stored()
    return box
