"""What waits to leave, in order for each contact; the only place from which anything is sent.

    UNSEALED --seal--> SEALED --accept--> ACCEPTED --(receipt, or 30 days)--> gone
        ^                 |                   |
        +------requeue (under a new number)---+
        +------unseal (in its place)----------+

An accepted entry keeps its content, not its envelope: a peer that lost its keys may ask
for it again (Spec: SE-9).
"""

from collections.abc import Sequence
from typing import Final, final

from securemsg.errors import LocalError
from securemsg.identity.trust import Trust
from securemsg.ids import MessageId, SubmitId
from securemsg.instant import DAY, Instant
from securemsg.store.ids import ContactId, MessageRow, OutboxId
from securemsg.store.outbox_entries import (
    SELECT_ENTRY,
    Act,
    OutboxEntry,
    OutboxState,
    SealedEntry,
    entry_of,
    withdraw,
)
from securemsg.store.rows import Rows

__all__ = ["KEPT_FOR", "Act", "Outbox", "OutboxEntry", "OutboxState", "SealedEntry"]

KEPT_FOR: Final = 30 * DAY
"""How long an accepted entry can be asked for: as long as relays keep envelopes."""

_INSERT: Final = """
    insert into outbox(
        contact, message, content, content_id, about, was_sealed, changed_at,
        state, submit_id, envelope, host, port, pin, mailbox, token, attempts, not_before, failure
    ) values (?, ?, ?, ?, ?, ?, ?, 1, x'', x'', '', 0, x'', x'', x'', 0, 0, '') returning id"""
# A walk from each contact's first waiting entry to the next contact's: its cost is the number
# of contacts for whom something waits, however much waits for them.
_HEADS: Final = f"""
    with recursive head(contact, id) as (
        select * from (
            select contact, id from outbox where state in (1, 2) order by contact, id limit 1)
        union all
        select next.contact, next.id from head join outbox next on next.id = (
            select id from outbox where state in (1, 2) and contact > head.contact
            order by contact, id limit 1)
    )
    {SELECT_ENTRY} join head on head.id = outbox.id join contacts on contacts.id = outbox.contact
    where contacts.trust <> ? and (state = 2 or exists (
        select 1 from addresses where addresses.contact = outbox.contact))"""  # noqa: S608  # constants only
_DUE: Final = _HEADS + " and not_before <= ? order by not_before, outbox.id limit ?"
_NEXT: Final = _HEADS + " order by not_before limit 1"


@final
class Outbox:
    """Queues, seals, settles entries."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(
        self, contact: ContactId, content: bytes, now: Instant, message: MessageRow | None = None
    ) -> OutboxId:
        """Queue a content behind everything else for this contact: of a message, or what nobody confirms."""
        content_id = b"" if message is None else self._message_id(message)
        values = (contact, message or 0, content, content_id, 0, 0, now)
        return OutboxId(self._rows.number(_INSERT, values))

    def add_act(self, contact: ContactId, act: Act, now: Instant) -> OutboxId:
        """Queue what is confirmed like a message and is none (Spec: CT-4)."""
        # It is confirmed again after a repeat, when the entry is gone: it must be known then (CL-15).
        self._rows.run(
            "insert into spent(contact, direction, message_id, at) values (?, 2, ?, ?)"
            " on conflict do nothing",
            (contact, act.content_id, now),
        )
        values = (contact, 0, act.content, act.content_id, act.about or 0, 0, now)
        return OutboxId(self._rows.number(_INSERT, values))

    def get(self, entry: OutboxId) -> OutboxEntry:
        """Return one entry; raises `LocalError` if it is gone."""
        row = self._rows.one(f"{SELECT_ENTRY} where id = ?", (entry,))
        if row is None:
            raise LocalError("There is no such entry in the outbox.")
        return entry_of(row)

    def of_message(self, message: MessageRow) -> OutboxEntry | None:
        """Return the entry of a message, while there is one."""
        row = self._rows.one(f"{SELECT_ENTRY} where message = ? and message > 0", (message,))
        return None if row is None else entry_of(row)

    def waits_for(self, contact: ContactId) -> bool:
        """Tell whether anything for a contact has not left."""
        sql = "select count(*) from outbox where contact = ? and state in (1, 2)"
        return self._rows.number(sql, (contact,)) > 0

    def is_unconfirmed(self, contact: ContactId, beginning: bytes) -> bool:
        """Tell whether a content that begins so waits for its receipt."""
        sql = (
            "select count(*) from outbox where contact = ? and content_id <> x''"
            " and substr(content, 1, length(?2)) = ?2"
        )
        return self._rows.number(sql, (contact, beginning)) > 0

    def drop(self, contact: ContactId) -> list[MessageRow]:
        """Forget everything for a contact; return the messages that had not left."""
        sql = "select message from outbox where contact = ? and state in (1, 2) and message > 0 order by id"
        waited = [MessageRow(row) for (row,) in self._rows.all(sql, (contact,))]
        self._rows.run("delete from outbox where contact = ?", (contact,))
        self._rows.mark_erasure()
        return waited

    def unsent_about(self, message: MessageRow) -> list[OutboxEntry]:
        """Return what is queued about a message and cannot have left."""
        sql = f"{SELECT_ENTRY} where about = ? and about > 0 and state = 1 and was_sealed = 0 order by id"
        return [entry_of(row) for row in self._rows.all(sql, (message,))]

    def replace(self, entry: OutboxId, content: bytes) -> None:
        """Let an entry that cannot have left say something else; raises `LocalError` if it can."""
        sql = "update outbox set content = ? where id = ? and state = 1 and was_sealed = 0"
        if self._rows.run(sql, (content, entry)) != 1:
            raise LocalError("what may have left cannot be changed")
        self._rows.mark_erasure()

    def withdraw(self, message: MessageRow) -> None:
        """Take out everything that carries the words of a message, whatever its state."""
        withdraw(self._rows, [message])

    def due(self, now: Instant, limit: int) -> list[OutboxEntry]:
        """Return the first waiting entry of each contact whose time has come, the longest due first.

        Nothing overtakes it, and nothing leaves for a contact who is Changed or has no
        address: seal it or transmit it, as its state says.

        Spec: CL-5, CL-6.
        """
        return [entry_of(row) for row in self._rows.all(_DUE, (Trust.CHANGED, now, limit))]

    def next_due(self) -> Instant | None:
        """Return when the next entry may leave; `None` if nothing waits that could."""
        row = self._rows.one(_NEXT, (Trust.CHANGED,))
        return None if row is None else entry_of(row).not_before

    def unsealed(self, contact: ContactId, limit: int) -> list[OutboxEntry]:
        """Return the first entries for a contact that are not sealed, in order."""
        sql = f"{SELECT_ENTRY} where contact = ? and state in (1, 2) and state = 1 order by id limit ?"
        return [entry_of(row) for row in self._rows.all(sql, (contact, limit))]

    def waiting(self) -> int:
        """Return how many entries no relay has accepted yet."""
        return self._rows.number("select count(*) from outbox where state in (1, 2)")

    def seal(self, entry: OutboxId, sealed: SealedEntry) -> None:
        """Keep what is transmitted from now on, in the transaction that keeps the ratchet's step.

        Raises `LocalError` unless the entry is the contact's first unsealed one.

        Spec: CL-2, CL-5.
        """
        relay = (sealed.relay.host, sealed.relay.port, sealed.relay.pin)
        changed = self._rows.run(
            "update outbox set state = 2, submit_id = ?, envelope = ?, host = ?, port = ?, pin = ?,"
            " mailbox = ?, token = ?, was_sealed = 1, attempts = 0, not_before = 0, failure = ''"
            " where id = ? and state = 1"
            " and not exists (select 1 from outbox earlier where earlier.contact = outbox.contact"
            " and earlier.id < outbox.id and earlier.state in (1, 2) and earlier.state = 1)",
            (sealed.submit_id, sealed.envelope, *relay, sealed.mailbox, sealed.token.expose(), entry),
        )
        if changed != 1:
            raise LocalError("only the first unsealed entry of a contact can be sealed")

    def move_waiting(self, source: ContactId, target: ContactId) -> None:
        """Let messages that wait for one contact go to another, sealed anew, in order (Spec: ID-11).

        What waits besides messages and their edits (receipts, reports) was for the first one only.
        """
        # An edit of what goes over goes over with it.
        self._rows.run(
            "delete from outbox where contact = ?1 and state in (1, 2) and message = 0 and about not in"
            " (select message from outbox where contact = ?1 and state in (1, 2) and message > 0)",
            (source,),
        )
        self._rows.run(
            "update messages set contact = ? where id in"
            " (select message from outbox where contact = ? and state in (1, 2))",
            (target, source),
        )
        self._rows.run(
            "update outbox set contact = ?, state = 1, was_sealed = 0, submit_id = x'', envelope = x'',"
            " attempts = 0, not_before = 0, failure = '' where contact = ? and state in (1, 2)",
            (target, source),
        )

    def postpone(self, entry: OutboxId, not_before: Instant, failure: str) -> None:
        """Count an attempt that failed, and wait with this entry and all behind it (Spec: CL-6)."""
        sql = "update outbox set attempts = attempts + 1, not_before = ?, failure = ? where id = ?"
        self._rows.run(sql, (not_before, failure, entry))

    def hurry(self, contact: ContactId) -> None:
        """Let what waits for a contact be tried at once: the person acts, and may know that it helps now."""
        self._rows.run("update outbox set not_before = 0 where contact = ? and state in (1, 2)", (contact,))

    def accept(self, submit_id: SubmitId, now: Instant) -> OutboxEntry | None:
        """Note that a relay keeps what was submitted; `None` if that was known or is gone (Spec: MB-7)."""
        sql = (
            "update outbox set state = 3, envelope = x'', failure = '', changed_at = ?"
            " where submit_id = ? and submit_id <> x'' and state = 2 returning id"
        )
        row = self._rows.one(sql, (now, submit_id))
        return None if row is None else self.get(OutboxId(row[0]))

    def by_submit_ids(self, contact: ContactId, submit_ids: Sequence[SubmitId]) -> list[OutboxEntry]:
        """Return the entries for this contact that went under these ids, in order (Spec: SE-9)."""
        rows = []
        for submit_id in dict.fromkeys(submit_ids):
            sql = f"{SELECT_ENTRY} where submit_id = ? and submit_id <> x'' and contact = ?"
            rows += self._rows.all(sql, (submit_id, contact))
        return sorted((entry_of(row) for row in rows), key=lambda entry: entry.id)

    def requeue(self, entry: OutboxId, now: Instant) -> OutboxId:
        """Put a content behind everything else for its contact again, unsealed (Spec: SE-9)."""
        old = self.get(entry)
        self.remove(entry)
        names = (old.content_id or b"", old.about or 0, 1)
        values = (old.contact, old.message or 0, old.content, *names, now)
        return OutboxId(self._rows.number(_INSERT, values))

    def unseal(self, contact: ContactId, since: Instant) -> int:
        """Let what was sealed for a contact be sealed anew, in its place; return how many entries.

        That is everything that waits, and of what a relay accepted all that is not older than
        `since`: the peer knows again what arrives twice (Spec: CL-16).
        """
        return self._rows.run(
            "update outbox set state = 1, submit_id = x'', envelope = x'', attempts = 0, not_before = 0,"
            " failure = '' where contact = ? and (state = 2 or (state = 3 and changed_at >= ?))",
            (contact, since),
        )

    def unseal_unreceipted(self, contact: ContactId) -> int:
        """Let what waits, and whatever was not receipted yet, be sealed anew in its place (Spec: CL-23)."""
        return self._rows.run(
            "update outbox set state = 1, submit_id = x'', envelope = x'', attempts = 0, not_before = 0,"
            " failure = '' where contact = ? and (state = 2 or (state = 3 and content_id <> x''))",
            (contact,),
        )

    def remove(self, entry: OutboxId) -> None:
        """Take an entry out, whatever its state."""
        self._rows.run("delete from outbox where id = ?", (entry,))

    def receipted(self, contact: ContactId, content_ids: Sequence[MessageId]) -> None:
        """Forget the entries of contents that arrived, also those that still waited."""
        sql = "delete from outbox where contact = ? and content_id = ? and content_id <> x''"
        self._rows.each(sql, [(contact, content_id) for content_id in content_ids])

    def purge(self, now: Instant) -> None:
        """Forget entries that were accepted 30 days ago (Spec: SE-9, CL-8)."""
        self._rows.run("delete from outbox where state = 3 and changed_at < ?", (now - KEPT_FOR,))

    def _message_id(self, message: MessageRow) -> bytes:
        row = self._rows.one("select message_id from messages where id = ?", (message,))
        return b"" if row is None else bytes(row[0])
