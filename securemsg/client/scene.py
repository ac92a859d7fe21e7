"""What others said and did, written into a vault as if it had come: for rehearsals (see `rehearsal`)."""

from dataclasses import dataclass
from typing import Final

from securemsg.client.alarms import raise_alarm
from securemsg.client.scene_files import Attachment, attach
from securemsg.client.step import Step
from securemsg.client.views import Direction, MessageState, Trust
from securemsg.crypto.entropy import Entropy
from securemsg.identity.trust import Changed, Pinned
from securemsg.ids import AccountId, MessageId
from securemsg.instant import SECOND, Instant, after
from securemsg.store import messages as stored
from securemsg.store.choices import Timer
from securemsg.store.contacts import NewContact
from securemsg.store.edits import Version
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.reactions import Sign
from securemsg.wire.messages.content import Kind, Text, encode

MINUTE: Final = 60 * SECOND

NEWER_KIND: Final = 999
"""Of a content that this version does not know."""

IDENTITY_KIND: Final = -1
"""Of a line that says that another account claims to be the contact."""

_SIDES: Final = {Direction.IN: stored.Direction.IN, Direction.OUT: stored.Direction.OUT}


@dataclass(frozen=True, slots=True)
class Line:
    """One message with all that happened to it; `state` and `reason` count for our own only.

    `earlier` is what it said before it was edited; `signs` who put which beside it; `answers` the row
    of the message that it answers; `reason` a word of the outbox.
    """

    direction: Direction
    text: str
    at: Instant
    state: MessageState = MessageState.DELIVERED
    reason: str = ""
    lifetime: int = 0
    answers: int | None = None
    earlier: str = ""
    deleted: bool = False
    signs: tuple[tuple[Direction, str], ...] = ()
    file: Attachment | None = None


class Scene:
    """Writes within one step of the profile."""

    def __init__(self, step: Step, entropy: Entropy) -> None:
        """Write into the vault of `step`."""
        self._step = step
        self._entropy = entropy
        self._vault = step.vault

    def meet(self, alias: str, trust: Trust = Trust.FIRST_SEEN, name: str = "") -> int:
        """Add a person whom we have accepted and return the contact; of a changed one, another claims it."""
        contact = ContactId(self.stranger(alias, name))
        self._vault.contacts.accept(contact)
        known = self._vault.contacts.get(contact)
        if trust is Trust.VERIFIED:
            self._vault.contacts.set_standing(contact, Pinned(known.account, Trust.VERIFIED))
        elif trust is Trust.CHANGED:
            claimant = AccountId(self._entropy(AccountId.WIDTH))
            self._vault.contacts.set_standing(contact, Changed(known.account, Trust.VERIFIED, claimant))
        return contact

    def stranger(self, alias: str, name: str = "") -> int:
        """Add a person of whom nothing is decided; returns the contact."""
        account = AccountId(self._entropy(AccountId.WIDTH))
        new = NewContact(alias, name or alias, account, self._step.now)
        return self._vault.contacts.add(new).id

    def say(self, contact: int, line: Line) -> int:
        """Store a message as it stands after all that happened to it; returns its row."""
        there, message_id = ContactId(contact), MessageId(self._entropy(MessageId.WIDTH))
        kind = stored.TEXT_KIND if line.file is None else stored.FILE_KIND
        answers = None if line.answers is None else self._quoted(line.answers)
        said = line.earlier or line.text
        new = stored.NewMessage(message_id, line.at, kind, said, b"", line.lifetime, answers)
        row = self._add(there, line, new)
        if line.file is not None:
            attach(self._vault.files, row, (line.direction, line.at), line.file, self._entropy)
        if line.lifetime and line.state is not MessageState.QUEUED:
            self._vault.lifetimes.begin([row], line.at)
        self._happened(row, line)
        return row

    def set_timer(self, contact: int, seconds: int, at: Instant) -> None:
        """Let them set how long messages stay."""
        message_id = MessageId(self._entropy(MessageId.WIDTH))
        new = stored.NewMessage(message_id, at, Kind.TIMER, "", b"", seconds)
        self._vault.messages.add_incoming(ContactId(contact), new, at)
        self._vault.choices.set_timer(ContactId(contact), Timer(seconds, 1, stored.Direction.IN))

    def claim(self, contact: int, at: Instant) -> None:
        """Store the line that says since when another account claims to be the contact."""
        self._strange(contact, IDENTITY_KIND, at)

    def say_something_newer(self, contact: int, at: Instant) -> None:
        """Store a content that this version cannot read."""
        self._strange(contact, NEWER_KIND, at)

    def read(self, contact: int) -> None:
        """Count as read what was said so far."""
        self._vault.contacts.mark_read(ContactId(contact))

    def warn(self, kind: str) -> None:
        """Raise an alarm that concerns nobody in particular."""
        raise_alarm(self._step, kind)

    def _add(self, there: ContactId, line: Line, new: stored.NewMessage) -> MessageRow:
        if line.direction is Direction.IN:
            return self._vault.messages.add_incoming(there, new, line.at) or MessageRow(0)
        messages, row = self._vault.messages, self._vault.messages.add_outgoing(there, new, line.at)
        match line.state:
            case MessageState.ACCEPTED:
                messages.mark_accepted(row)
            case MessageState.DELIVERED:
                messages.mark_delivered(there, [new.message_id])
            case MessageState.READ:
                messages.mark_read(there, [new.message_id])
            case MessageState.FAILED:
                messages.mark_failed(row, line.reason)
            case MessageState.QUEUED if line.text:
                self._vault.outbox.add(there, encode(Text(new.message_id, line.at, line.text)), line.at, row)
            case _:
                pass
        return row

    def _happened(self, row: MessageRow, line: Line) -> None:
        """Write what was done to a message after it was sent."""
        later = after(line.at, MINUTE)
        if line.earlier:
            self._vault.edits.apply(self._vault.messages.get(row), Version(later, line.text))
        for by, emoji in line.signs:
            self._vault.reactions.put(row, Sign(_SIDES[by], emoji, later))
        if line.deleted:
            self._vault.edits.bury(row, later)

    def _strange(self, contact: int, kind: int, at: Instant) -> None:
        message_id = MessageId(self._entropy(MessageId.WIDTH))
        new = stored.NewMessage(message_id, at, kind, "", b"\x00")
        self._vault.messages.add_incoming(ContactId(contact), new, at)

    def _quoted(self, row: int) -> stored.Quoted:
        quoted = self._vault.messages.get(MessageRow(row))
        return stored.Quoted(quoted.direction, quoted.message_id)
