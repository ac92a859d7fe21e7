"""Where contacts can be reached."""

from dataclasses import dataclass, field
from typing import Self, final

from securemsg.identity.access import SendToken, ShelfKey
from securemsg.identity.card import Card
from securemsg.identity.link import ContactLink
from securemsg.ids import MailboxId
from securemsg.mailbox.address import RelayAddress
from securemsg.store.ids import ContactId
from securemsg.store.rows import Rows


@final
@dataclass(frozen=True, slots=True)
class ContactAddress:
    """Where a contact receives: relay, mailbox, our token for it, and the key of its shelf."""

    relay: RelayAddress = field(repr=False)
    mailbox: MailboxId
    token: SendToken
    shelf: ShelfKey

    @classmethod
    def of(cls, source: Card | ContactLink) -> Self:
        """Return the address that a card or a contact link tells."""
        relay = RelayAddress(source.host, source.port, source.pin)
        return cls(relay, source.mailbox, source.token, source.shelf)


@final
class Addresses:
    """The address of each contact that has one."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def set(self, contact: ContactId, address: ContactAddress) -> None:
        """Keep the newest address of a contact."""
        relay = (address.relay.host, address.relay.port, address.relay.pin)
        self._rows.run(
            "insert or replace into addresses(contact, host, port, pin, mailbox, token, shelf)"
            " values (?,?,?,?,?,?,?)",
            (contact, *relay, address.mailbox, address.token.expose(), address.shelf.expose()),
        )

    def get(self, contact: ContactId) -> ContactAddress | None:
        """Return a contact's address, if it has told one."""
        sql = "select host, port, pin, mailbox, token, shelf from addresses where contact = ?"
        row = self._rows.one(sql, (contact,))
        if row is None:
            return None
        return ContactAddress(RelayAddress(*row[:3]), MailboxId(row[3]), SendToken(row[4]), ShelfKey(row[5]))
