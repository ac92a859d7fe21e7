"""What contacts are called: by the person, or else after themselves."""

from typing import Final

from securemsg.client.step import Step
from securemsg.ids import AccountId
from securemsg.store.aliases import visible

_SHOWN_DIGITS: Final = 8
"""Of an account id, for somebody who has no name: enough to tell a few strangers apart."""


def unused_alias(step: Step, name: str, account: AccountId) -> str:
    """Return `name`, or for a nameless one the beginning of the account id, with a number where it is taken.

    Spec: CL-10.
    """
    wanted = visible(name) or account.hex()[:_SHOWN_DIGITS]
    alias, number = wanted, 1
    while step.vault.contacts.alias_taken(alias):
        number += 1
        alias = f"{wanted} {number}"
    return alias
