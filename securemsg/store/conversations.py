"""The list of conversations: every contact with the head of what was said."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.instant import Instant
from securemsg.store.choices import CHOICE_COLUMNS, Choice, choice_of
from securemsg.store.contacts import SELECT_CONTACT, Contact, contact_of
from securemsg.store.ids import ContactId
from securemsg.store.messages import LINES, Direction
from securemsg.store.rows import Row, Rows

MAX_UNREAD: Final = 1_000
"""Where counting stops: nobody reads the difference, and counting takes time."""

_HEAD: Final = 200
"""Characters of the last text and of the draft that a list shows at most."""

_LIST: Final = f"""
    with contact as ({SELECT_CONTACT}) select contact.*,
        coalesce(substr(last.text, 1, {_HEAD}), ''), coalesce(last.stored_at, 0), coalesce(last.direction, 0),
        coalesce(last.kind, 0),
        (select count(*) from (
            select 1 from messages
            where messages.contact = contact.id and messages.id > contact.read_up_to
                and messages.direction = {Direction.IN:d} and messages.kind not in {LINES}
            limit {MAX_UNREAD})),
        exists (
            select 1 from books join sessions on sessions.book = books.id
            where books.contact = contact.id and sessions.reduced = 1),
        coalesce(substr(drafts.text, 1, {_HEAD}), ''),
        {CHOICE_COLUMNS}
    from contact left join conversation_settings chosen on chosen.contact = contact.id
        left join drafts on drafts.contact = contact.id
        left join messages last on last.id = (
            select max(messages.id) from messages where messages.contact = contact.id)"""  # noqa: S608  # constants only
_ORDER: Final = " order by coalesce(last.stored_at, contact.created_at) desc, contact.id desc"


@final
@dataclass(frozen=True, slots=True)
class Conversation:
    """A contact, the beginning of its last text (and whether we wrote it), and what is unread.

    `last_at` is `None` where nothing was said; `unread` stops at `MAX_UNREAD`; `reduced`
    tells that the session in use began without a one-time prekey (Spec: HS-6). `last_kind`
    is the kind of what came last, 0 for nothing; `draft` the beginning of what was not sent.
    """

    contact: Contact
    last_text: str = field(repr=False)
    last_at: Instant | None
    last_is_ours: bool
    last_kind: int
    unread: int
    reduced: bool
    draft: str = field(repr=False)
    choice: Choice


@final
class Conversations:
    """Reads conversations."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def all(self) -> list[Conversation]:
        """Return every conversation, the one with the newest activity first."""
        return [_conversation(row) for row in self._rows.all(_LIST + _ORDER)]

    def get(self, contact: ContactId) -> Conversation | None:
        """Return the conversation with one contact."""
        row = self._rows.one(_LIST + " where contact.id = ?", (contact,))
        return None if row is None else _conversation(row)


def _conversation(row: Row) -> Conversation:
    contact, (text, at, direction, kind, unread, reduced, draft), chosen = row[:12], row[12:19], row[19:]
    last_at = Instant(at) if direction else None
    ours = direction == Direction.OUT
    return Conversation(
        contact_of(contact), text, last_at, ours, kind, unread, reduced == 1, draft, choice_of(chosen)
    )
