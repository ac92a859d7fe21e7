"""What a link says of the person whom it adds, before they are added (catalogue T23)."""

from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_line, safe_name
from securemsg.client.invitations import read_invitation

ACCOUNT_SHOWN = 16
"""Digits of an account id where people look at it: enough to be given back as CONTACT."""


def introduction(link: str) -> list[SafeText]:
    """Return sentences about a contact link or an invitation; raises `LocalError` for what is none."""
    found = read_invitation(link)
    relay, _mark, _pin = found.relay.rpartition("#")
    words = _("The link is of the account {account} at the relay {relay}.")
    sentences = [words.format(account=safe_line(found.account[:ACCOUNT_SHOWN]), relay=safe_line(relay, 300))]
    if found.name:
        words = _("Who made it calls themselves {name}; nobody has checked that.")
        sentences.append(words.format(name=safe_name(found.name)))
    return [SafeText(sentence) for sentence in sentences]
