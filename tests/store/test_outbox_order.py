"""The outbox against a model: any schedule of steps keeps each contact's order."""

import contextlib
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from securemsg.ids import SubmitId
from securemsg.instant import Instant
from securemsg.store.outbox import OutboxEntry, OutboxState, SealedEntry
from securemsg.store.transaction import Transaction
from tests.store.vaults import NOW, add_contact, create, entropy, make_address

CONTACTS = 3
PLACE = make_address()


class Crash(Exception):  # noqa: N818  # what ends a step early
    """Nothing that the vault knows."""


class OutboxMachine(RuleBasedStateMachine):
    """What was said to whom, in order, and what a relay has got of it."""

    def __init__(self) -> None:
        """Begin with an empty outbox and three contacts."""
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.vault = create(Path(self.folder.name) / "home")
        with self.vault.transaction() as transaction:
            self.contacts = [add_contact(transaction, f"contact {number}") for number in range(CONTACTS)]
        self.now = NOW
        self.number = 0
        self.said = {contact: list[bytes]() for contact in self.contacts}
        self.got = {contact: list[bytes]() for contact in self.contacts}
        self.sent: dict[bytes, bytes] = {}

    @rule(who=st.integers(0, CONTACTS - 1), count=st.integers(1, 3))
    def say(self, who: int, count: int) -> None:
        """Queue contents for a contact."""
        with self.vault.transaction() as transaction:
            for _ in range(count):
                self.number += 1
                content = b"%d" % self.number
                transaction.outbox.add(self.contacts[who], content, self.now)
                self.said[self.contacts[who]].append(content)

    @rule(who=st.integers(0, CONTACTS - 1), count=st.integers(1, 3))
    def seal_ahead(self, who: int, count: int) -> None:
        """Seal the first contents for a contact."""
        with self.vault.transaction() as transaction:
            for entry in transaction.outbox.unsealed(self.contacts[who], count):
                self._seal(transaction, entry)

    @precondition(lambda self: self.number)
    @rule(
        fate=st.sampled_from(["accept", "lose answer", "postpone"]),
        limit=st.integers(1, 5),
    )
    def transmit(self, fate: str, limit: int) -> None:
        """Seal and transmit what is due; the answer comes, does not come, or is a wait."""
        with self.vault.transaction() as transaction:
            for entry in transaction.outbox.due(self.now, limit):
                if entry.sealed is None:
                    self._seal(transaction, entry)
                current = transaction.outbox.get(entry.id)
                assert current.sealed is not None
                self._answer(transaction, current, current.sealed, fate)

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now = Instant(self.now + 1000 * seconds)

    @rule()
    def crash(self) -> None:
        """Abandon a step in the middle."""
        with contextlib.suppress(Crash), self.vault.transaction() as transaction:
            for entry in transaction.outbox.due(self.now, 5):
                transaction.outbox.remove(entry.id)
            raise Crash

    @invariant()
    def nothing_is_lost_doubled_or_reordered(self) -> None:
        """For each contact: what relays have, then what waits, is what was said."""
        with self.vault.transaction() as transaction:
            due = transaction.outbox.due(Instant(2**50), 100)
            for contact in self.contacts:
                left = self.said[contact][len(self.got[contact]) :]
                assert self.got[contact] == self.said[contact][: len(self.got[contact])]
                assert [entry.content for entry in due if entry.contact == contact] == left[:1]
            assert transaction.outbox.waiting() == self.number - sum(map(len, self.got.values()))

    def teardown(self) -> None:
        """Close and remove the vault."""
        self.vault.close()
        self.folder.cleanup()

    def _seal(self, transaction: Transaction, entry: OutboxEntry) -> None:
        envelope = entropy(20)
        place = (PLACE.relay, PLACE.mailbox, PLACE.token)
        transaction.outbox.seal(entry.id, SealedEntry(SubmitId(entropy(16)), envelope, *place))
        assert self.sent.setdefault(entry.content, envelope) == envelope, "sealed twice"

    def _answer(self, transaction: Transaction, entry: OutboxEntry, sealed: SealedEntry, fate: str) -> None:
        assert entry.state is OutboxState.SEALED
        assert sealed.envelope == self.sent[entry.content], "a resend of other bytes"
        if fate == "postpone":
            transaction.outbox.postpone(entry.id, Instant(self.now + 5000), "busy")
        elif fate != "lose answer":
            settle = transaction.outbox.accept(sealed.submit_id, self.now)
            assert settle is not None
            self.got[entry.contact].append(entry.content)


TestOutboxOrder = OutboxMachine.TestCase
TestOutboxOrder.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
