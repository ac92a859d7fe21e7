"""Invitations: a contact link with what a newcomer needs to register at the same relay (Spec: ID-13)."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto.kdf import digest
from securemsg.errors import LocalError
from securemsg.identity.link import ContactLink, parse_link
from securemsg.wire.names import MAX_NAME

SEPARATOR: Final = "."
"""Stands in no contact link, and in the compact mode of QR codes."""

TOKEN_WIDTH: Final = 16

_CHECK_WIDTH: Final = 4

_MAX_TYPED: Final = 4_096
"""Characters looked at: an invitation takes 750, and wrapping it adds a few."""


@final
@dataclass(frozen=True, slots=True)
class InvitationLink:
    """A link of somebody who invites, the relay's token (16 bytes, or none) and what they are called."""

    link: ContactLink
    token: bytes = field(repr=False, default=b"")
    name: str = ""

    @property
    def text(self) -> str:
        """The invitation in lower case, to show and to send."""
        return self.qr_text.lower()

    @property
    def qr_text(self) -> str:
        """The invitation in upper case, which a QR code carries in its compact mode."""
        # link || "." || base32(u8 width of the token || token || name || check)
        tail = bytes([len(self.token)]) + self.token + self.name.encode()
        return self.link.qr_text + SEPARATOR + _base32(tail + _check(self.link, tail))


def parse_invitation(text: str) -> InvitationLink:
    """Return the invitation that a person was sent; a contact link alone is one without token and name.

    Raises `LocalError` with a sentence for the person.

    Spec: ID-13.
    """
    plain, separator, coded = "".join(text[:_MAX_TYPED].split()).partition(SEPARATOR)
    link = parse_link(plain)
    if len(text) > _MAX_TYPED:
        raise _damaged()
    if not separator:
        return InvitationLink(link)
    # Before the case is changed: some letters beyond ASCII become ASCII ones by that.
    if not coded.isascii():
        raise _damaged()
    tail = _decoded(coded.upper())
    body, check = tail[:-_CHECK_WIDTH], tail[-_CHECK_WIDTH:]
    if not body or _check(link, body) != check or body[0] not in {0, TOKEN_WIDTH}:
        raise _damaged()
    token, name = body[1 : 1 + body[0]], body[1 + body[0] :]
    if len(token) != body[0]:
        raise _damaged()
    return InvitationLink(link, token, _name(name))


def _name(raw: bytes) -> str:
    if not raw:
        return ""
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise _damaged() from None
    if len(raw) > MAX_NAME:
        raise _damaged()
    return name


def _decoded(coded: str) -> bytes:
    try:
        raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except (binascii.Error, ValueError):
        raise _damaged() from None
    # The last character carries unused bits: only one spelling is an invitation.
    if _base32(raw) != coded:
        raise _damaged()
    return raw


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).rstrip(b"=").decode()


def _check(link: ContactLink, tail: bytes) -> bytes:
    # check = first 4 bytes of H("invitation", link in upper case || tail)
    return digest(b"invitation", link.qr_text.encode() + tail)[:_CHECK_WIDTH]


def _damaged() -> LocalError:
    return LocalError("This invitation is damaged or incomplete. Copy all of it, or ask for it again.")
