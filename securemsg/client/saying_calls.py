"""What a person says, changes and takes back, as calls of a profile."""

from collections.abc import Sequence

from securemsg.client import outgoing, present, saying
from securemsg.client.core import ProfileCore
from securemsg.client.presence import tell_typing
from securemsg.client.views import EditView, MessageView
from securemsg.store.ids import ContactId, MessageRow

MOST_SHOWN: int = 200
"""Messages of the outbox that are shown: more are not looked through one by one."""


class SayingCalls(ProfileCore):
    """The part of `Profile` by which messages are made and changed; every call raises `LocalError`."""

    def queue_text(self, contact: int, text: str, *, reply_to: int | None = None) -> MessageView:
        """Store and queue a text, perhaps an answer to a row; on disk when this returns (Spec: CL-2)."""
        answered = None if reply_to is None else MessageRow(reply_to)
        with self.step() as step:
            row = saying.queue_text(step, ContactId(contact), text, answered)
            return present.message_view(step, row)

    def edit(self, row: int, text: str) -> MessageView:
        """Let a message of ours say something else, within a day (Spec: CT-9)."""
        with self.step() as step:
            saying.edit(step, MessageRow(row), text)
            return present.message_view(step, MessageRow(row))

    def history(self, row: int) -> list[EditView]:
        """Return what a message said before it was edited, the first version first (Spec: CT-9)."""
        with self.step() as step:
            message = step.vault.messages.get(MessageRow(row))
            versions = step.vault.edits.versions(message.row)
            return [EditView(version.text, version.at or message.sent_at) for version in versions]

    def delete_for_all(self, rows: Sequence[int]) -> None:
        """Take messages of ours back, here and on the other side (Spec: CT-11)."""
        self.decide(lambda step: saying.delete_for_all(step, [MessageRow(row) for row in rows]))

    def delete_for_me(self, rows: Sequence[int]) -> None:
        """Erase messages here; nobody is told (Spec: CT-11)."""
        self.decide(lambda step: saying.delete_for_me(step, [MessageRow(row) for row in rows]))

    def react(self, row: int, emoji: str) -> MessageView:
        """Put one sign beside a message, in place of the one there was; "" takes it back (Spec: CT-10)."""
        with self.step() as step:
            saying.react(step, MessageRow(row), emoji)
            return present.message_view(step, MessageRow(row))

    def typing(self, contact: int) -> None:
        """Tell a contact that the person is writing, where that is wanted and worth it (Spec: CT-12).

        May be called with every key.
        """
        self.decide(lambda step: tell_typing(step, ContactId(contact), self._recent))

    def retry(self, row: int) -> None:
        """Queue a failed message again; raises `LocalError` if there is nothing to retry."""
        self.decide(lambda step: outgoing.retry(step, MessageRow(row)))

    def cancel(self, row: int) -> None:
        """Erase a message that failed or has not been sealed; raises `LocalError` if it may have left."""
        self.decide(lambda step: outgoing.cancel(step, MessageRow(row)))

    def outbox(self) -> list[MessageView]:
        """Return messages of ours, to anybody, that wait or failed: the oldest first, at most 200."""
        with self.step() as step:
            return present.message_views(step, step.vault.messages.unsent(MOST_SHOWN))
