"""What the store remembers of mailboxes between commits, so that a submit needs no lookup."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import apsw

from relay.storage.operations import OfOwner
from relay.storage.sqlite.database import execute_flat
from relay.storage.sqlite.recent import Recent
from securemsg.ids import MailboxId
from securemsg.mailbox.tokens import TokenHash

_REMEMBERED: Final = 2_048
"""Mailboxes kept in memory, the least recently used forgotten first; each has up to 256 token hashes."""

_TAKES: Final = (
    "SELECT asked.column1, asked.column2 FROM (VALUES (ROWS)) AS asked"
    " LEFT JOIN mailbox ON mailbox.name = asked.column1"
    # In the place of an unknown mailbox: SQLite numbers from 1.
    " CROSS JOIN token ON token.box = ifnull(mailbox.box, 0) AND token.hash = asked.column2"
)

Right: TypeAlias = tuple[MailboxId, TokenHash]
"""To send to a mailbox, who holds a token with that hash."""


@dataclass(slots=True)
class Box:
    """A mailbox under its internal number: the send tokens it takes, its tally, and how many ids it knows.

    `acknowledged` is the highest sequence number that its owner ever acknowledged (Spec: MB-14).
    """

    number: int
    owner_key: bytes = field(repr=False)
    tokens: set[bytes]
    last_sequence: int
    messages: int
    bytes: int
    acknowledged: int
    submit_ids: int
    recent: Recent


class Boxes:
    """Mailboxes by name; their tallies are written once per commit, by `save`."""

    __slots__ = ("_database", "_known", "_touched")

    def __init__(self, database: apsw.Connection) -> None:
        self._database = database
        self._known: OrderedDict[MailboxId, Box] = OrderedDict()
        self._touched: dict[int, Box] = {}

    def find(self, name: MailboxId) -> Box | None:
        """The mailbox with that name, if there is one."""
        box = self._known.get(name)
        if box is None:
            return self._read(name)
        self._known.move_to_end(name)
        return box

    def obeys(self, operation: OfOwner) -> bool:
        """Tell whether a mailbox, if it is there, is of the owner who asks."""
        if not operation.owner:
            return True
        box = self.find(operation.mailbox)
        return box is None or box.owner_key == operation.owner

    def numbered(self, number: int) -> Box | None:
        """The mailbox with that number, if there is one."""
        row = self._database.execute("SELECT name FROM mailbox WHERE box = ?", (number,)).fetchone()
        return None if row is None else self.find(MailboxId(row[0]))

    def authorized(self, rights: Iterable[Right]) -> dict[Right, Box]:
        """The mailbox of each right, where it exists and takes that token hash.

        A refusal costs the same two lookups, whether the mailbox is unknown, idle or busy:
        it is not loaded before the token fits (Spec: MB-10).
        """
        found: dict[Right, Box] = {}
        asked: list[object] = []
        for right in rights:
            name, token = right
            box = self._known.get(name)
            if box is not None and token in box.tokens:
                self._known.move_to_end(name)
                found[right] = box
            else:
                asked += right
        for name, token in execute_flat(self._database, _TAKES, 2, asked):
            mailbox = MailboxId(name)
            if (box := self.find(mailbox)) is not None:
                found[mailbox, TokenHash(token)] = box
        return found

    def recount(self, number: int) -> None:
        """Read again which submit ids a mailbox knows, if it is in memory."""
        row = self._database.execute("SELECT name FROM mailbox WHERE box = ?", (number,)).fetchone()
        box = None if row is None else self._known.get(MailboxId(row[0]))
        if box is None:
            return
        box.recent = Recent.read(self._database, number)
        rows: Any = self._database.execute(
            "SELECT count(*) FROM submitted WHERE box = ?", (number,)
        ).fetchone()
        box.submit_ids = rows[0] + len(box.recent.ids)

    def touch(self, box: Box) -> None:
        """Have the tally of `box` written with this commit."""
        self._touched[box.number] = box

    def save(self) -> None:
        """Write every touched tally, and forget the mailboxes that were used least recently.

        Never during a commit: two `Box` of one mailbox would count past each other.
        """
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        if not self._touched:
            return
        tallies: list[object] = []
        for box in self._touched.values():
            tallies += (box.number, box.last_sequence, box.messages, box.bytes, box.acknowledged)
        execute_flat(
            self._database,
            "UPDATE mailbox SET last_sequence = fresh.column2, messages = fresh.column3,"
            " bytes = fresh.column4, acknowledged = fresh.column5 FROM (VALUES (ROWS)) AS fresh"
            " WHERE mailbox.box = fresh.column1",
            5,
            tallies,
        )
        self._touched.clear()

    def drop(self, name: MailboxId) -> None:
        """Forget a mailbox that was deleted in this commit."""
        box = self._known.pop(name, None)
        if box is not None:
            self._touched.pop(box.number, None)

    def forget(self) -> None:
        """Drop everything: what memory says was not committed."""
        self._known.clear()
        self._touched.clear()

    def _read(self, name: MailboxId) -> Box | None:
        row = self._database.execute(
            "SELECT box, owner_key, last_sequence, messages, bytes, acknowledged,"
            " (SELECT count(*) FROM submitted WHERE submitted.box = mailbox.box)"
            " FROM mailbox WHERE name = ?",
            (name,),
        ).fetchone()
        if row is None:
            return None
        # Read at once: of two cursors that are open together apsw keeps one for ever.
        hashes: list[tuple[Any, ...]] = self._database.execute(
            "SELECT hash FROM token WHERE box = ?", (row[0],)
        ).fetchall()
        recent = Recent.read(self._database, row[0])
        number, key, sequence, messages, size, acknowledged, in_table = row
        tokens = {hash_ for (hash_,) in hashes}
        ids = in_table + len(recent.ids)
        box = Box(number, key, tokens, sequence, messages, size, acknowledged, ids, recent)
        self._known[name] = box
        return box
