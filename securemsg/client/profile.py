"""One person's messaging on this device, without the network: the vault and all decisions.

Every method is one transaction. Methods may be called from any thread; they take
milliseconds. What is queued here leaves when an `Engine` runs.
"""

from collections.abc import Sequence
from typing import final

from securemsg.client import acquaintance, present
from securemsg.client.alarms import alarm_views
from securemsg.client.checks import offline_checks
from securemsg.client.healing import session_view
from securemsg.client.lifetimes import begin_counting
from securemsg.client.people_calls import PeopleCalls, conversation
from securemsg.client.saying_calls import SayingCalls
from securemsg.client.transfer.calls import FileCalls
from securemsg.client.views import (
    AlarmView,
    ChangeView,
    CheckView,
    ConversationView,
    MessageView,
    ProfileView,
    ScannedCode,
    SessionView,
    VerificationView,
)
from securemsg.store.alarms import NOBODY
from securemsg.store.ids import ContactId, MessageRow


@final
class Profile(SayingCalls, PeopleCalls, FileCalls):
    """An open home; `close` it at the end (Spec: CL-1)."""

    def own(self) -> ProfileView:
        """Return our own side: name, account, link."""
        return present.profile_view(self.owner)

    def conversations(self) -> list[ConversationView]:
        """Return every contact, the one with the newest activity first."""
        with self.step() as step:
            return [present.conversation_view(step, found) for found in step.vault.conversations.all()]

    def find_contact(self, selector: str) -> ConversationView:
        """Return the contact with this alias or beginning of the account id; raises `LocalError`."""
        with self.step() as step:
            return conversation(step, step.vault.contacts.find(selector).id)

    def messages(
        self, contact: int, *, before: int | None = None, after: int | None = None, limit: int = 150
    ) -> list[MessageView]:
        """Return a page of a conversation, oldest first: before row `before`, or after row `after`."""
        with self.step() as step:
            if after is not None:
                found = step.vault.messages.page_after(ContactId(contact), MessageRow(after), limit)
            else:
                end = None if before is None else MessageRow(before)
                found = step.vault.messages.page(ContactId(contact), end, limit)
            return present.message_views(step, found)

    def message(self, row: int) -> MessageView:
        """Return one message as it is now; raises `LocalError` if it is gone."""
        with self.step() as step:
            return present.message_view(step, MessageRow(row))

    def add_contact(self, link: str, alias: str = "") -> ConversationView:
        """Add the person of a contact link; raises `LocalError` (Spec: ID-6, ID-11)."""
        with self.step() as step:
            return conversation(step, acquaintance.add_contact(step, link, alias).id)

    def verification(self, contact: int) -> VerificationView:
        """Return the safety number with a contact, and remember that it was shown (Spec: ID-9)."""
        with self.step() as step:
            known = step.vault.contacts.get(ContactId(contact))
            step.vault.contacts.mark_shown(known.id, acquaintance.compared_account(known))
            return present.verification_view(step, known)

    def session(self, contact: int) -> SessionView | None:
        """Return how the session in use with a contact stands, `None` before there is one (Spec: CL-20)."""
        return self.decide(lambda step: session_view(step, ContactId(contact)))

    def mark_verified(self, contact: int) -> ConversationView:
        """Note that the safety number that was shown last was compared and fits (Spec: ID-11).

        Returns the contact that bears the name now: another one, if the account that was
        compared took it over. Raises `LocalError` if the contact changed since it was shown.
        """
        with self.step() as step:
            known = step.vault.contacts.get(ContactId(contact))
            return conversation(step, acquaintance.mark_verified(step, known).id)

    def compare_code(self, contact: int, code: str) -> ScannedCode:
        """Compare a scanned code with the safety number that was shown last (Spec: ID-14).

        It decides nothing; `mark_verified` is the person's. Raises `LocalError` for what is no such code, and
        if the contact changed since its number was shown.
        """
        with self.step() as step:
            return acquaintance.compare_code(step, step.vault.contacts.get(ContactId(contact)), code)

    def accept_changed(self, contact: int) -> ConversationView:
        """Go on with the account that claims to be a contact, as shown last, without comparing.

        Returns and raises as `mark_verified` does.
        """
        with self.step() as step:
            known = step.vault.contacts.get(ContactId(contact))
            return conversation(step, acquaintance.accept_changed(step, known).id)

    def keep_previous(self, contact: int) -> ConversationView:
        """Stay with the account that a contact had (Spec: ID-11)."""
        with self.step() as step:
            return conversation(step, acquaintance.keep_previous(step, ContactId(contact)).id)

    def alarms(self) -> list[AlarmView]:
        """Return what the person should know and has not dismissed, the newest first (Spec: CL-17).

        `ConversationsChanged` tells when to look again.
        """
        with self.step() as step:
            return alarm_views(step)

    def dismiss_alarm(self, kind: str, contact: int | None) -> None:
        """Show an alarm no more until it is raised again."""
        with self.step() as step:
            step.vault.alarms.dismiss(kind, NOBODY if contact is None else ContactId(contact))
            step.changes.list = True

    def unprinted(self, limit: int) -> list[MessageView]:
        """Return the oldest messages that `receive` has not printed."""
        with self.step() as step:
            return present.message_views(step, step.vault.messages.unprinted(limit))

    def mark_printed(self, rows: Sequence[int]) -> None:
        """Note that `receive` has printed these: they were read (Spec: CL-25)."""
        with self.step() as step:
            printed = [MessageRow(row) for row in rows]
            step.vault.messages.mark_printed(printed)
            begin_counting(step, printed)

    def news(self, limit: int) -> list[ChangeView]:
        """Return the oldest changes of printed messages that `receive` has not printed."""
        with self.step() as step:
            return present.change_views(step, step.vault.news.oldest(limit))

    def mark_news_printed(self, numbers: Sequence[int]) -> None:
        """Note that `receive` has printed these."""
        with self.step() as step:
            step.vault.news.forget(numbers)

    def waiting(self) -> int:
        """Return how many entries of the outbox no relay has accepted."""
        with self.step() as step:
            return step.vault.outbox.waiting()

    def checks(self) -> list[CheckView]:
        """Return what `doctor` can tell without the network."""
        with self._lock:
            damage = self._vault.check()
        with self.step() as step:
            return offline_checks(step, damage)
