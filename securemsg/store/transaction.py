"""One transaction, with a repository for each concern."""

from typing import final

from securemsg.store.addresses import Addresses
from securemsg.store.alarms import Alarms
from securemsg.store.choices import Choices
from securemsg.store.contacts import Contacts
from securemsg.store.conversations import Conversations
from securemsg.store.drafts import Drafts
from securemsg.store.early import Early
from securemsg.store.edits import Edits
from securemsg.store.files import Files
from securemsg.store.lifetimes import Lifetimes
from securemsg.store.lists import DeviceLists
from securemsg.store.messages import Messages
from securemsg.store.news import News
from securemsg.store.outbox import Outbox
from securemsg.store.owner import OwnerRecord
from securemsg.store.position import Positions
from securemsg.store.prekeys import Prekeys
from securemsg.store.publication import Unconfirmed
from securemsg.store.reactions import Reactions
from securemsg.store.receipts import ReadReceipts
from securemsg.store.received import Received
from securemsg.store.recent import RecentSessions
from securemsg.store.rows import Rows
from securemsg.store.search import Search
from securemsg.store.sessions import Sessions
from securemsg.store.settings import Settings
from securemsg.store.skipped import Skipped
from securemsg.store.tokens import Tokens
from securemsg.store.upkeep import Notes, Reports


@final
class Transaction:
    """What one step of the client reads and changes; unusable once it has ended (Spec: ST-6)."""

    __slots__ = (
        "_rows",
        "addresses",
        "alarms",
        "choices",
        "contacts",
        "conversations",
        "drafts",
        "early",
        "edits",
        "files",
        "lifetimes",
        "lists",
        "messages",
        "news",
        "notes",
        "outbox",
        "owner",
        "position",
        "prekeys",
        "reactions",
        "read_receipts",
        "received",
        "reports",
        "search",
        "sessions",
        "settings",
        "skipped",
        "tokens",
        "unconfirmed",
    )

    def __init__(self, rows: Rows, recent: RecentSessions) -> None:
        """Give every repository the same `rows`; `recent` lives as long as the vault is open."""
        self._rows = rows
        self.owner = OwnerRecord(rows)
        self.tokens = Tokens(rows)
        self.contacts = Contacts(rows)
        self.addresses = Addresses(rows)
        self.conversations = Conversations(rows)
        self.sessions, self.skipped = Sessions(rows, recent), Skipped(rows)
        self.messages = Messages(rows)
        self.edits, self.reactions, self.early = Edits(rows), Reactions(rows), Early(rows)
        self.read_receipts, self.news = ReadReceipts(rows), News(rows)
        self.search = Search(rows)
        self.outbox = Outbox(rows)
        self.prekeys = Prekeys(rows)
        self.unconfirmed = Unconfirmed(rows)
        self.received = Received(rows)
        self.notes, self.reports = Notes(rows), Reports(rows)
        self.position = Positions(rows)
        self.alarms = Alarms(rows)
        self.lists = DeviceLists(rows)
        self.settings = Settings(rows)
        self.files = Files(rows)
        self.choices = Choices(rows)
        self.drafts = Drafts(rows)
        self.lifetimes = Lifetimes(rows)

    @property
    def is_erasing(self) -> bool:
        """Whether something was erased for good: a ciphertext in the home may have lost its key."""
        return self._rows.erasing

    def erased(self) -> None:
        """Truncate the WAL after the commit; repositories that erase texts say so themselves (Spec: ST-6)."""
        self._rows.mark_erasure()
