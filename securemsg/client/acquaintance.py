"""Adding contacts, and the person's decisions about who they are (Spec: ID-11)."""

from securemsg.client.naming import unused_alias
from securemsg.client.sending import seal_waiting
from securemsg.client.step import Step
from securemsg.errors import LocalError
from securemsg.identity.link import ContactLink, parse_link
from securemsg.identity.trust import Changed, Standing, accepted, claimed, kept, verified
from securemsg.ids import AccountId
from securemsg.store.addresses import ContactAddress
from securemsg.store.contacts import Contact, ContactExists, ContactUnknown, NewContact
from securemsg.store.ids import ContactId


def add_contact(step: Step, text: str, alias: str) -> Contact:
    """Add the person of a contact link; an empty alias lets them be called after their account.

    A link of another account under the alias of a contact makes that contact Changed.
    Raises `LocalError` with a sentence for a link that cannot be used.

    Spec: ID-6, ID-11.
    """
    link = parse_link(text)
    if link.account_id == step.owner.account.account_id:
        raise LocalError("This is your own contact link: give it to others, and add theirs.")
    step.changes.list = True
    same = _by_account(step, link.account_id)
    if same is not None:
        return _again(step, same, link, alias)
    if alias and step.vault.contacts.alias_taken(alias):
        return _claim(step, step.vault.contacts.find(alias), link)
    called = alias or unused_alias(step, "", link.account_id)
    contact = step.vault.contacts.add(NewContact(called, "", link.account_id, 0, step.now))
    step.vault.addresses.set(contact.id, ContactAddress.of(link))
    return contact


def mark_verified(step: Step, contact: ContactId) -> None:
    """Note that the safety number was compared and fits: of the claimant, if there is one."""
    known = step.vault.contacts.get(contact)
    account = compared_account(known)
    _decide(step, known, verified(known.standing, account))


def accept_changed(step: Step, contact: ContactId) -> None:
    """Go on with the account that claims to be the contact, without comparing."""
    known = step.vault.contacts.get(contact)
    if isinstance(known.standing, Changed):
        _decide(step, known, accepted(known.standing, known.standing.claimant))


def keep_previous(step: Step, contact: ContactId) -> None:
    """Stay with the account that the contact had."""
    known = step.vault.contacts.get(contact)
    if isinstance(known.standing, Changed):
        _decide(step, known, kept(known.standing))


def compared_account(contact: Contact) -> AccountId:
    """Return the account whose safety number is to be compared now."""
    standing = contact.standing
    return standing.claimant if isinstance(standing, Changed) else standing.account_id


def _by_account(step: Step, account: AccountId) -> Contact | None:
    try:
        return step.vault.contacts.by_account(account)
    except ContactUnknown:
        return None


def _again(step: Step, known: Contact, link: ContactLink, alias: str) -> Contact:
    """Take a newer link of somebody known: perhaps another address, perhaps another alias."""
    step.vault.addresses.set(known.id, ContactAddress.of(link))
    if alias:
        step.vault.contacts.rename(known.id, alias)
    return step.vault.contacts.get(known.id)


def _claim(step: Step, known: Contact, link: ContactLink) -> Contact:
    step.vault.contacts.set_standing(known.id, claimed(known.standing, link.account_id), link.text)
    step.changes.contacts.add(known.id)
    return step.vault.contacts.get(known.id)


def _decide(step: Step, known: Contact, standing: Standing) -> None:
    link, another = known.claim_link, standing.account_id != known.account
    try:
        step.vault.contacts.set_standing(known.id, standing)
    except ContactExists as error:
        raise LocalError(
            "That account is another of your contacts already: write to that one, keep this one as it was."
        ) from error
    if another:
        # What was sealed for the other account is for nobody any more; it is sealed again.
        step.vault.sessions.forget(known.id)
        step.vault.outbox.unseal(known.id)
        if link:
            step.vault.addresses.set(known.id, ContactAddress.of(parse_link(link)))
    step.changes.list = True
    step.changes.contacts.add(known.id)
    seal_waiting(step, known.id)
