"""The people we know: what we call them, and who they are."""

import re
from dataclasses import dataclass, field
from typing import Final, final

from securemsg.errors import LocalError
from securemsg.identity.trust import Changed, Earned, Pinned, Standing, Trust
from securemsg.ids import AccountId
from securemsg.instant import Instant
from securemsg.store.aliases import alias_key, fold, is_text
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.rows import Row, Rows
from securemsg.store.words import forgetting

_LEAST_PREFIX: Final = 4
"""Digits of an account id: fewer are a slip of the hand rather than a choice."""

_SURE_PREFIX: Final = 16
"""Digits after which a selector is looked for among account ids first."""

_PREFIX: Final = re.compile(rf"[0-9a-f]{{{_LEAST_PREFIX},64}}")
SELECT_CONTACT: Final = """
    select id, alias, name, account, trust, trust_before, claimant, claim_link,
           list_version, accepted, created_at, read_up_to
    from contacts"""
_INSERT: Final = """
    insert into contacts(
        alias, alias_key, name, account, trust, trust_before, claimant, claim_link,
        list_version, accepted, shown, created_at, read_up_to
    ) values (?,?,?,?,?, '', x'', '', 0, 0, x'', ?, 0) returning id"""


class ContactUnknown(LocalError):  # noqa: N818  # named after what is wrong
    """Nobody has this alias or an account id that begins so."""


class ContactAmbiguous(LocalError):  # noqa: N818  # named after what is wrong
    """Several account ids begin so."""


class ContactExists(LocalError):  # noqa: N818  # named after what is wrong
    """The alias or the account belongs to a contact already."""


@final
@dataclass(frozen=True, slots=True)
class Contact:
    """One person; `alias` is our name for them, `name` their own (hostile text, Spec: ID-12).

    `claim_link` is the text of the link by which another account claims to be this
    contact, empty if its shelf showed that or nothing did (Spec: ID-11). Messages behind
    `read_up_to` are unread.
    """

    id: ContactId
    alias: str = field(repr=False)
    name: str = field(repr=False)
    standing: Standing
    claim_link: str = field(repr=False)
    list_version: int
    accepted: bool
    """Whether the person chose to be in contact: nothing is sent to a stranger (Spec: CL-10)."""

    created_at: Instant
    read_up_to: MessageRow

    @property
    def account(self) -> AccountId:
        """The account that is pinned."""
        return self.standing.account_id


@final
@dataclass(frozen=True, slots=True)
class NewContact:
    """What `Contacts.add` keeps: a stranger, of whom no certificate was seen yet."""

    alias: str = field(repr=False)
    name: str = field(repr=False)
    account: AccountId
    created_at: Instant


@final
class Contacts:
    """Finds and changes contacts."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, new: NewContact) -> Contact:
        """Add a contact as FirstSeen.

        Raises `ContactExists`, and `LocalError` for an alias that is empty, too long,
        or no valid Unicode.

        Spec: ID-11.
        """
        key = alias_key(new.alias)
        sql = "select count(*) from contacts where alias_key = ? or account = ?"
        if self._rows.number(sql, (key, new.account)):
            raise ContactExists("The vault has a contact of this alias or account already.")
        who = (new.alias, key, new.name, new.account, Trust.FIRST_SEEN)
        number = self._rows.number(_INSERT, (*who, new.created_at))
        return self.get(ContactId(number))

    def all(self) -> list[Contact]:
        """Return every contact, in the order of adding."""
        return [contact_of(row) for row in self._rows.all(f"{SELECT_CONTACT} order by id")]

    def get(self, contact: ContactId) -> Contact:
        """Return one contact; raises `ContactUnknown`."""
        return self._one("id = ?", contact)

    def by_account(self, account: AccountId) -> Contact:
        """Return the contact with this account; raises `ContactUnknown`."""
        return self._one("account = ?", account)

    def by_alias(self, alias: str) -> Contact:
        """Return the contact that is called so; raises `ContactUnknown`."""
        row = self._rows.one(f"{SELECT_CONTACT} where alias_key = ?", (alias_key(alias),))
        if row is None:
            raise ContactUnknown("There is no such contact.")
        return contact_of(row)

    def alias_taken(self, alias: str) -> bool:
        """Tell whether a contact is called so; raises `LocalError` for what is no alias."""
        return self._rows.number("select count(*) from contacts where alias_key = ?", (alias_key(alias),)) > 0

    def find(self, selector: str) -> Contact:
        """Return the contact whose alias, or else beginning of the account id (hexadecimal), this is.

        Sixteen digits and more mean an account: nobody may take its place by being called so.
        Raises `ContactUnknown` and `ContactAmbiguous`.
        """
        prefix = "".join(selector.split()).lower()
        found = self._by_prefix(prefix) if len(prefix) >= _SURE_PREFIX else []
        if not found and is_text(selector):
            found = self._rows.all(f"{SELECT_CONTACT} where alias_key = ?", (fold(selector),))
        found = found or self._by_prefix(prefix)
        if not found:
            raise ContactUnknown("There is no such contact: `securemsg contacts` lists those that there are.")
        if len(found) > 1:
            raise ContactAmbiguous("Several account ids begin like this: give more of it, or the alias.")
        return contact_of(found[0])

    def called(self, key: str) -> list[ContactId]:
        """Return the contact whose alias folds to `key` (Spec: CL-10)."""
        rows = self._rows.all("select id from contacts where alias_key = ?", (key,))
        return [ContactId(number) for (number,) in rows]

    def with_word(self, beginning: str, limit: int) -> list[ContactId]:
        """Return contacts whose alias has a word that begins so, folded."""
        sql = "select id from contacts where instr(' ' || alias_key, ' ' || ?) > 0 order by id limit ?"
        return [ContactId(number) for (number,) in self._rows.all(sql, (beginning, limit))]

    def rename(self, contact: ContactId, alias: str) -> None:
        """Change our name for a contact; raises as `add` does."""
        key = alias_key(alias)
        sql = "select count(*) from contacts where alias_key = ? and id <> ?"
        if self._rows.number(sql, (key, contact)):
            raise ContactExists("The vault has a contact of this alias already.")
        self._rows.run("update contacts set alias = ?, alias_key = ? where id = ?", (alias, key, contact))

    def delete(self, contact: ContactId) -> None:
        """Erase a contact with everything that the vault holds of it (Spec: ST-15)."""
        account = self.get(contact).account
        self._rows.run("delete from lists where account = ?", (account,))
        self._rows.run("delete from alarms where contact = ?", (contact,))
        messages = self._rows.number("select count(*) from messages where contact = ?", (contact,))
        with forgetting(self._rows, messages):
            self._rows.run("delete from contacts where id = ?", (contact,))
        self._rows.mark_erasure()

    def set_name(self, contact: ContactId, name: str) -> None:
        """Keep what a contact calls itself."""
        self._rows.run("update contacts set name = ? where id = ?", (name, contact))

    def set_standing(self, contact: ContactId, standing: Standing, claim_link: str = "") -> None:
        """Keep how far a contact's account is trusted, and who claims to be the contact.

        The account itself stays: another one is another contact. Raises `LocalError` if
        `standing` is of another account than the contact's.

        Spec: ID-11.
        """
        before, claimant = (
            (standing.before, standing.claimant) if isinstance(standing, Changed) else ("", b"")
        )
        changed = self._rows.run(
            "update contacts set trust = ?, trust_before = ?, claimant = ?, claim_link = ?"
            " where id = ? and account = ?",
            (standing.trust, before, claimant, claim_link, contact, standing.account_id),
        )
        if changed != 1:
            raise LocalError("a contact keeps its account")

    def accept(self, contact: ContactId) -> bool:
        """Note that the person chose to be in contact; tell whether that is news (Spec: CL-10)."""
        sql = "update contacts set accepted = 1 where id = ? and accepted = 0"
        return self._rows.run(sql, (contact,)) == 1

    def mark_shown(self, contact: ContactId, account: AccountId) -> None:
        """Note that the safety number with this account was shown for a contact."""
        self._rows.run("update contacts set shown = ? where id = ?", (account, contact))

    def shown(self, contact: ContactId) -> AccountId | None:
        """Return the account whose safety number was shown last, `None` before the first time."""
        row = self._rows.one("select shown from contacts where id = ? and shown <> x''", (contact,))
        return None if row is None else AccountId(row[0])

    def raise_list_version(self, contact: ContactId, list_version: int) -> None:
        """Keep the highest list version seen; it never goes down (Spec: ID-5)."""
        sql = "update contacts set list_version = max(list_version, ?) where id = ?"
        self._rows.run(sql, (list_version, contact))

    def mark_read(self, contact: ContactId) -> None:
        """Count every message stored up to now as read."""
        self._rows.run(
            "update contacts set read_up_to ="
            " (select coalesce(max(messages.id), 0) from messages where messages.contact = contacts.id)"
            " where id = ?",
            (contact,),
        )

    def _by_prefix(self, prefix: str) -> list[Row]:
        if not _PREFIX.fullmatch(prefix):
            return []
        low, high = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
        return self._rows.all(f"{SELECT_CONTACT} where account between ? and ? limit 2", (low, high))

    def _one(self, condition: str, value: int | bytes) -> Contact:
        row = self._rows.one(f"{SELECT_CONTACT} where {condition}", (value,))
        if row is None:
            raise ContactUnknown("There is no such contact.")
        return contact_of(row)


def contact_of(row: Row) -> Contact:
    """Return a row of `SELECT_CONTACT` as a value."""
    number, alias, name, account, trust, before, claimant, claim_link = row[:8]
    list_version, accepted, created_at, read = row[8:]
    standing = _standing(AccountId(account), Trust(trust), before, claimant)
    times = (Instant(created_at), MessageRow(read))
    known = (list_version, accepted == 1)
    return Contact(ContactId(number), alias, name, standing, claim_link, *known, *times)


def _standing(account: AccountId, trust: Trust, before: str, claimant: bytes) -> Standing:
    if trust is Trust.CHANGED:
        return Changed(account, _earned(Trust(before)), AccountId(claimant))
    return Pinned(account, _earned(trust))


def _earned(trust: Trust) -> Earned:
    return Trust.VERIFIED if trust is Trust.VERIFIED else Trust.FIRST_SEEN
