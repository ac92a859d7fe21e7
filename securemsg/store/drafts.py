"""What the person began to write, one draft for each conversation."""

from dataclasses import dataclass, field
from typing import final

from securemsg.ids import MessageId
from securemsg.instant import Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import Direction, Quoted
from securemsg.store.rows import Rows


@final
@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was not sent, which message it answers, and which of ours it is to change."""

    text: str = field(repr=False)
    quoted: Quoted | None = None
    editing: MessageRow | None = None


@final
class Drafts:
    """Keeps drafts; what they refer to goes out of them when it is erased (Spec: ST-17)."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def save(self, contact: ContactId, draft: Draft, now: Instant) -> None:
        """Replace the draft of a conversation."""
        quoted = (0, b"") if draft.quoted is None else (draft.quoted.author, draft.quoted.message_id)
        self._rows.run(
            "insert or replace into drafts(contact, text, quoted_author, quoted_id, editing, changed_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (contact, draft.text, *quoted, draft.editing or 0, now),
        )

    def get(self, contact: ContactId) -> Draft | None:
        """Return the draft of a conversation, if there is one."""
        sql = "select text, quoted_author, quoted_id, editing from drafts where contact = ?"
        row = self._rows.one(sql, (contact,))
        if row is None:
            return None
        text, author, message_id, editing = row
        quoted = Quoted(Direction(author), MessageId(message_id)) if author else None
        return Draft(text, quoted, MessageRow(editing) if editing else None)

    def remove(self, contact: ContactId) -> bool:
        """Forget the draft of a conversation; tell whether there was one."""
        return self._rows.run("delete from drafts where contact = ?", (contact,)) == 1
