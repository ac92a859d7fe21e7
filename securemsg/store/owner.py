"""The one row about ourselves: account, device, mailbox and contact link."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto import ed25519
from securemsg.errors import RemoteError
from securemsg.identity.access import LinkSecret
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.identity.link import ContactLink
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.store.errors import DAMAGED, VaultDamaged
from securemsg.store.rows import Rows

_INSERT: Final = """
    insert into owner(
        id, account, device, name, host, port, pin, mailbox, link_secret, mailbox_key, registered,
        created_at
    ) values (1, ?,?,?, ?,?,?,?,?, ?, 0, ?)"""
_SELECT: Final = """
    select account, device, name, host, port, pin, mailbox, link_secret, mailbox_key, created_at from owner"""


@final
@dataclass(frozen=True, slots=True)
class Owner:
    """Ourselves, as made at the start.

    `name` is what we tell others (at most 64 bytes); `link` tells where our relay and
    mailbox are, `mailbox_key` proves the mailbox to the relay (Spec: MB-3).
    """

    account: Account
    device: Device
    name: str = field(repr=False)
    link: ContactLink
    mailbox_key: ed25519.SigningKey
    created_at: Instant


@final
class OwnerRecord:
    """Reads and changes what the vault knows of ourselves."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def create(self, owner: Owner) -> None:
        """Write the row; raises `LocalError` if there is one."""
        link = owner.link
        place = (link.host, link.port, link.pin, link.mailbox, link.secret.expose())
        key = owner.mailbox_key.expose()
        values = (owner.account.encode(), owner.device.encode(), owner.name, *place, key, owner.created_at)
        self._rows.run(_INSERT, values)

    def load(self) -> Owner:
        """Return ourselves; that expands keys and verifies our certificate (a millisecond), so keep it."""
        row = self._rows.one(_SELECT)
        if row is None:
            raise VaultDamaged(DAMAGED)
        host, port, pin, mailbox, secret = row[3:8]
        try:
            account, device = Account.decode(row[0]), Device.decode(row[1])
        except RemoteError as error:
            raise VaultDamaged(DAMAGED) from error
        link = ContactLink(account.account_id, host, port, pin, MailboxId(mailbox), LinkSecret(secret))
        return Owner(account, device, row[2], link, ed25519.SigningKey(row[8]), Instant(row[9]))

    def set_name(self, name: str) -> None:
        """Keep what we call ourselves from now on."""
        self._rows.run("update owner set name = ?", (name,))

    def registered(self) -> bool:
        """Tell whether our relay has confirmed our mailbox (Spec: CL-8)."""
        return self._rows.number("select registered from owner") == 1

    def mark_registered(self) -> None:
        """Note that our relay has confirmed our mailbox."""
        self._rows.run("update owner set registered = 1")
