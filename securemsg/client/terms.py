"""On what terms we are with a contact: ourselves, blocked, a stranger, or somebody we talk to."""

from securemsg.client.step import Step
from securemsg.errors import LocalError
from securemsg.store.contacts import Contact
from securemsg.store.ids import ContactId


def is_own(step: Step, contact: ContactId) -> bool:
    """Tell whether this is the note to oneself, of which nothing ever leaves the vault (Spec: CL-34)."""
    return step.vault.contacts.get(contact).account == step.owner.account.account_id


def hears(step: Step, contact: ContactId) -> bool:
    """Tell whether what comes from a contact is taken at all (Spec: CL-31)."""
    return not step.vault.choices.is_blocked(contact)


def may_write(step: Step, contact: ContactId) -> None:
    """Raise `LocalError` where the person wants to tell a contact nothing (Spec: CL-31)."""
    if step.vault.choices.is_blocked(contact):
        raise LocalError("You have blocked this contact: unblock it first.")


def other_person(step: Step, contact: ContactId) -> Contact:
    """Return a contact who is not ourselves; raises `LocalError` for the note to oneself."""
    known = step.vault.contacts.get(contact)
    if known.account == step.owner.account.account_id:
        raise LocalError("This is your note to yourself: there is nobody else in it.")
    return known
