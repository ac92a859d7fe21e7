"""Adding contacts, and the person's decisions about who they are (Spec: ID-11)."""

from securemsg.client.lines import add_identity_line
from securemsg.client.naming import unused_alias
from securemsg.client.sending import accept_contact, seal_waiting
from securemsg.client.step import Step
from securemsg.client.terms import may_write
from securemsg.client.views import ScannedCode
from securemsg.errors import LocalError
from securemsg.identity.invitation import parse_invitation
from securemsg.identity.link import ContactLink, parse_link
from securemsg.identity.safety import parse_verification
from securemsg.identity.trust import Changed, Pinned, accepted, claimed, kept, verified
from securemsg.ids import AccountId
from securemsg.store.addresses import ContactAddress
from securemsg.store.contacts import Contact, ContactUnknown, NewContact
from securemsg.store.ids import ContactId


def add_contact(step: Step, text: str, alias: str) -> Contact:
    """Add the person of a contact link; an empty alias lets them be called after their account.

    A link of another account under the alias of a contact makes that contact Changed; a
    stranger who called itself so gives way instead. Raises `LocalError` with a sentence
    for a link that cannot be used.

    Spec: ID-6, ID-11, CL-10.
    """
    link = parse_invitation(text).link
    if link.account_id == step.owner.account.account_id:
        raise LocalError("This is your own contact link: give it to others, and add theirs.")
    step.changes.list = True
    same = _by_account(step, link.account_id)
    if same is not None:
        return _again(step, same, link, alias)
    if alias and step.vault.contacts.alias_taken(alias):
        namesake = step.vault.contacts.by_alias(alias)
        if namesake.accepted:
            return _claim(step, namesake, link)
        _step_aside(step, namesake)
    return _new(step, alias or unused_alias(step, "", link.account_id), link)


def mark_verified(step: Step, known: Contact) -> Contact:
    """Note that the safety number that was shown last was compared and fits.

    Returns the contact that bears the name now. Raises `LocalError` if what was shown is
    not, or no longer, the number to compare.
    """
    return _decide(step, known, verified(known.standing, _shown(step, known)))


def compare_code(step: Step, known: Contact, code: str) -> ScannedCode:
    """Compare a scanned code with what is on the screen of the account whose number was shown last.

    Raises `LocalError` for what is no code, and where the contact changed since its number was shown.

    Spec: ID-14.
    """
    ours, theirs = step.owner.account.account_id, _shown(step, known)
    shows, other = parse_verification(code)
    if shows == ours:
        return ScannedCode.OWN_SCREEN
    return ScannedCode.SAME if (shows, other) == (theirs, ours) else ScannedCode.DIFFERENT


def accept_changed(step: Step, known: Contact) -> Contact:
    """Go on with the account that claims to be the contact, as shown last, without comparing."""
    if not isinstance(known.standing, Changed):
        raise LocalError("Nothing has changed about this contact.")
    return _decide(step, known, accepted(known.standing, _shown(step, known)))


def keep_previous(step: Step, contact: ContactId) -> Contact:
    """Stay with the account that the contact had."""
    known = step.vault.contacts.get(contact)
    if not isinstance(known.standing, Changed):
        raise LocalError("Nothing has changed about this contact.")
    return _decide(step, known, kept(known.standing))


def compared_account(contact: Contact) -> AccountId:
    """Return the account whose safety number is to be compared now."""
    standing = contact.standing
    return standing.claimant if isinstance(standing, Changed) else standing.account_id


def _shown(step: Step, known: Contact) -> AccountId:
    """Return the account that a decision is about: the person decides about what was shown."""
    account = compared_account(known)
    shown = step.vault.contacts.shown(known.id)
    unseen = shown is None and not isinstance(known.standing, Changed)
    if shown != account and not unseen:
        raise LocalError("The contact changed since its safety number was shown: look again and compare.")
    return account


def _by_account(step: Step, account: AccountId) -> Contact | None:
    try:
        return step.vault.contacts.by_account(account)
    except ContactUnknown:
        return None


def _new(step: Step, alias: str, link: ContactLink) -> Contact:
    contact = step.vault.contacts.add(NewContact(alias, "", link.account_id, step.now))
    step.vault.addresses.set(contact.id, ContactAddress.of(link))
    accept_contact(step, contact.id)
    return step.vault.contacts.get(contact.id)


def _again(step: Step, known: Contact, link: ContactLink, alias: str) -> Contact:
    """Take a newer link of somebody known: perhaps another address, perhaps another alias."""
    step.vault.addresses.set(known.id, ContactAddress.of(link))
    if alias:
        step.vault.contacts.rename(known.id, alias)
    accept_contact(step, known.id)
    seal_waiting(step, known.id)
    return step.vault.contacts.get(known.id)


def _claim(step: Step, known: Contact, link: ContactLink) -> Contact:
    step.vault.contacts.set_standing(known.id, claimed(known.standing, link.account_id), link.text)
    add_identity_line(step, known.id)
    return step.vault.contacts.get(known.id)


def _step_aside(step: Step, contact: Contact) -> None:
    """Let another contact have this one's name."""
    step.vault.contacts.rename(contact.id, unused_alias(step, contact.alias, contact.account))


def _decide(step: Step, known: Contact, standing: Pinned) -> Contact:
    step.changes.list = True
    step.changes.contacts.add(known.id)
    if standing.account_id != known.account:
        return _succeed(step, known, standing)
    step.vault.contacts.set_standing(known.id, standing)
    accept_contact(step, known.id)
    seal_waiting(step, known.id)
    return step.vault.contacts.get(known.id)


def _succeed(step: Step, known: Contact, standing: Pinned) -> Contact:
    """Give name and waiting messages to the contact of another account.

    The old contact keeps its account and history: what one account said is never shown as
    said by another (Spec: ID-11).
    """
    link = parse_link(known.claim_link) if known.claim_link else None
    address = ContactAddress.of(link) if link else step.vault.addresses.get(known.id)
    if isinstance(known.standing, Changed):
        step.vault.contacts.set_standing(known.id, kept(known.standing))
    _step_aside(step, known)
    heir = _by_account(step, standing.account_id)
    if heir is None:
        heir = step.vault.contacts.add(NewContact(known.alias, "", standing.account_id, step.now))
    else:
        # What waits goes there.
        may_write(step, heir.id)
        step.vault.contacts.rename(heir.id, known.alias)
    if address is not None and (link or step.vault.addresses.get(heir.id) is None):
        step.vault.addresses.set(heir.id, address)
    step.vault.contacts.set_standing(heir.id, standing)
    add_identity_line(step, heir.id)
    step.vault.outbox.move_waiting(known.id, heir.id)
    step.vault.files.move_waiting(known.id, heir.id)
    step.changes.files = True
    step.changes.contacts.add(heir.id)
    step.changes.outbox = True
    accept_contact(step, heir.id)
    seal_waiting(step, heir.id)
    return step.vault.contacts.get(heir.id)
