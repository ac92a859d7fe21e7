"""One person, and what another says to her, with nothing between them."""

from dataclasses import dataclass

from securemsg.client.taking import Said, take
from securemsg.client.views import MessageView
from securemsg.ids import AccountId, MessageId
from securemsg.instant import Instant
from securemsg.store.ids import ContactId
from securemsg.wire.messages.content import Delete, Edit, Reaction, Text
from tests.client.post import MORNING, Person
from tests.support.entropy import SeededEntropy


@dataclass
class Ear:
    """Ann, and what Ben says to her."""

    ann: Person
    ben: AccountId
    entropy: SeededEntropy

    def hear(self, *said: Said) -> None:
        """Take what Ben says, one step for each."""
        contact = ContactId(self.ann.of("ben"))
        for each in said:
            with self.ann.profile.step() as step:
                take(step, contact, each)

    def fresh(self) -> MessageId:
        """Return an id that nothing has."""
        return MessageId(self.entropy(16))

    def at(self, seconds: int) -> Instant:
        """Return an instant of this morning."""
        return Instant(MORNING + seconds * 1000)

    def text(self, text: str, seconds: int = 0) -> Text:
        """Let Ben write."""
        return Text(self.fresh(), self.at(seconds), text)

    def edit(self, target: MessageId, text: str, seconds: int) -> Edit:
        """Let Ben change what he wrote."""
        return Edit(self.fresh(), self.at(seconds), target, text)

    def delete(self, *targets: MessageId) -> Delete:
        """Let Ben take back what he wrote."""
        return Delete(self.fresh(), self.at(99), targets)

    def reaction(self, target: MessageId, emoji: str, seconds: int) -> Reaction:
        """Let Ben react to what he wrote."""
        return Reaction(self.fresh(), self.at(seconds), self.ben, target, emoji)

    def seen(self, message_id: MessageId) -> MessageView:
        """Return what Ann is shown of a message."""
        (found,) = [each for each in self.ann.messages("ben") if each.id == message_id.hex()]
        return found

    def history(self, message_id: MessageId) -> list[str]:
        """Return what a message said before."""
        return [each.text for each in self.ann.profile.history(self.seen(message_id).row)]

    def kept_early(self) -> int:
        """Count what waits for its message."""
        count = "select count(*) from early"
        return self.ann.profile.decide(lambda step: step.vault.early._rows.number(count))
