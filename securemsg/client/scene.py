"""What others said and did, written into a vault as if it had come: for rehearsals (see `rehearsal`)."""

from dataclasses import dataclass
from typing import Final

from securemsg.client.step import Step
from securemsg.client.views import Direction, MessageState, Trust
from securemsg.crypto.entropy import Entropy
from securemsg.identity.trust import Changed, Pinned
from securemsg.ids import AccountId, MessageId
from securemsg.instant import Instant
from securemsg.store import messages as stored
from securemsg.store.contacts import NewContact
from securemsg.store.ids import ContactId, MessageRow

NEWER_KIND: Final = 999
"""Of a content that this version does not know."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message; `state` and `reason` (a word of the outbox) count for our own only."""

    direction: Direction
    text: str
    at: Instant
    state: MessageState = MessageState.DELIVERED
    reason: str = ""
    lifetime: int = 0
    answers: int | None = None


class Scene:
    """Writes within one step of the profile."""

    def __init__(self, step: Step, entropy: Entropy) -> None:
        """Write into the vault of `step`."""
        self._step = step
        self._entropy = entropy
        self._vault = step.vault

    def meet(self, alias: str, trust: Trust = Trust.FIRST_SEEN, name: str = "") -> int:
        """Add a person whom we have accepted and return the contact; of a changed one, another claims it."""
        contact = self.stranger(alias, name)
        self._vault.contacts.accept(ContactId(contact))
        known = self._vault.contacts.get(ContactId(contact))
        if trust is Trust.VERIFIED:
            self._vault.contacts.set_standing(known.id, Pinned(known.account, Trust.VERIFIED))
        elif trust is Trust.CHANGED:
            claimant = AccountId(self._entropy(AccountId.WIDTH))
            self._vault.contacts.set_standing(known.id, Changed(known.account, Trust.VERIFIED, claimant))
        return contact

    def stranger(self, alias: str, name: str = "") -> int:
        """Add a person of whom nothing is decided; returns the contact."""
        account = AccountId(self._entropy(AccountId.WIDTH))
        new = NewContact(alias, name or alias, account, self._step.now)
        return self._vault.contacts.add(new).id

    def say(self, contact: int, line: Line) -> int:
        """Store a text of theirs or ours as it stands after all that happened to it; returns its row."""
        answers = None if line.answers is None else self._quoted(line.answers)
        message_id = MessageId(self._entropy(MessageId.WIDTH))
        kind, there = stored.TEXT_KIND, ContactId(contact)
        new = stored.NewMessage(message_id, line.at, kind, line.text, b"", line.lifetime, answers)
        if line.direction is Direction.IN:
            return self._vault.messages.add_incoming(there, new, line.at) or 0
        row = self._vault.messages.add_outgoing(there, new, line.at)
        match line.state:
            case MessageState.ACCEPTED:
                self._vault.messages.mark_accepted(row)
            case MessageState.DELIVERED:
                self._vault.messages.mark_delivered(there, [message_id])
            case MessageState.FAILED:
                self._vault.messages.mark_failed(row, line.reason)
            case _:
                pass
        return row

    def say_something_newer(self, contact: int, at: Instant) -> int:
        """Store a content that this version cannot read; returns its row."""
        message_id = MessageId(self._entropy(MessageId.WIDTH))
        new = stored.NewMessage(message_id, at, NEWER_KIND, "", b"\x00")
        return self._vault.messages.add_incoming(ContactId(contact), new, at) or 0

    def read(self, contact: int) -> None:
        """Count as read what was said so far."""
        self._vault.contacts.mark_read(ContactId(contact))

    def _quoted(self, row: int) -> stored.Quoted:
        quoted = self._vault.messages.get(MessageRow(row))
        return stored.Quoted(quoted.direction, quoted.message_id)
