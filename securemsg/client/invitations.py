"""Inviting somebody, being invited, and a passphrase for those who have none in mind (Spec: ID-13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.errors import LocalError
from securemsg.identity.invitation import InvitationLink, parse_invitation
from securemsg.identity.link import ContactLink
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.tokens import Invitation
from securemsg.store.owner import Owner
from securemsg.wire.names import check_name

PROPOSED_WORDS: Final = 6
"""Words of a proposed passphrase: 66 bits of a list of 2,048, out of reach of guessing with Argon2id."""


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What somebody was sent: the relay's address, its token ("" where none is needed), who invites.

    `link` is the contact link of whoever invites; `name` is what they call themselves: hostile text, or "";
    `account` is their account id as text (64 hexadecimal digits).
    """

    relay: str
    link: str = field(repr=False)
    token: str = field(repr=False, default="")
    name: str = ""
    account: str = ""


def read_invitation(text: str) -> InvitationView:
    """Return what an invitation, or a contact link alone, says; raises `LocalError`."""
    found = parse_invitation(text)
    token = Invitation(found.token).text if found.token else ""
    account = found.link.account_id.hex()
    return InvitationView(_address(found.link).text, found.link.text, token, found.name, account)


def write_invitation(owner: Owner, token: str) -> InvitationLink:
    """Return the invitation of `owner` to their relay; `token` is the relay's, or "" where it takes anybody.

    Raises `LocalError` for a text that is no token.
    """
    check_name(owner.name)
    raw = bytes(Invitation.parse(token)) if token else b""
    return InvitationLink(owner.link, raw, owner.name)


def propose_passphrase(words: Sequence[str], entropy: Entropy | None = None) -> str:
    """Return `PROPOSED_WORDS` words drawn from a list of which the length is a power of two."""
    draw = entropy or SystemEntropy()
    if len(words) & (len(words) - 1) or not words:
        raise LocalError("the words to draw from are a power of two")
    return " ".join(words[int.from_bytes(draw(4), "big") % len(words)] for _ in range(PROPOSED_WORDS))


def _address(link: ContactLink) -> RelayAddress:
    return RelayAddress(link.host, link.port, link.pin)
