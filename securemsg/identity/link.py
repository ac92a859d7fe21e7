"""Contact links: what a person shows, prints or sends to be written to."""

import base64
import binascii
import struct
from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto.kdf import digest
from securemsg.errors import LocalError
from securemsg.identity.access import LinkSecret, SendToken, ShelfKey
from securemsg.ids import AccountId, MailboxId
from securemsg.wire.names import MAX_HOST, check_relay

SCHEME: Final = "securemsg:"

_VERSION: Final = 1
_FIXED: Final = struct.Struct(">B 32s 32s 16s 32s H")
_CHECK_WIDTH: Final = 4

_MAX_TYPED: Final = 4_096
"""Characters looked at: a link takes 610, and wrapping it adds a few."""


class LinkVersionError(LocalError):
    """The link is of a version that this program does not know: updating may help."""


@final
@dataclass(frozen=True, slots=True)
class ContactLink:
    """An account and where strangers, holders of this link, may write to it.

    Raises `LocalError` for what cannot be a relay.

    Spec: ID-6, ID-7.
    """

    account_id: AccountId
    host: str = field(repr=False)
    port: int = field(repr=False)
    pin: bytes = field(repr=False)
    mailbox: MailboxId
    secret: LinkSecret

    def __post_init__(self) -> None:
        check_relay(self.host, self.port, self.pin)

    @property
    def token(self) -> SendToken:
        """The send token for the mailbox (Spec: ID-7)."""
        return self.secret.token()

    @property
    def shelf(self) -> ShelfKey:
        """The key of the shelf beside the mailbox (Spec: ID-7)."""
        return self.secret.shelf()

    @property
    def text(self) -> str:
        """The link in lower case, to show and to send."""
        return self.qr_text.lower()

    @property
    def qr_text(self) -> str:
        """The link in upper case, which a QR code carries in its compact mode."""
        # u8 version || account_id || pin || mailbox || secret || u16 port || host || check
        head = _FIXED.pack(_VERSION, self.account_id, self.pin, self.mailbox, self.secret.expose(), self.port)
        checked = head + self.host.encode()
        return SCHEME.upper() + _base32(checked + _check(checked))


def parse_link(text: str) -> ContactLink:
    """Return the link that a person typed, pasted or scanned.

    Raises `LinkVersionError` for a link of another version and `LocalError` for every
    other text, both with a sentence for the person.

    Spec: ID-6.
    """
    raw = _raw(text)
    if raw[0] != _VERSION:
        raise LinkVersionError(
            "This contact link is of another version, most likely of a newer version of the program."
            " Update, then try again."
        )
    checked, check = raw[:-_CHECK_WIDTH], raw[-_CHECK_WIDTH:]
    host = checked[_FIXED.size :]
    if _check(checked) != check or not 1 <= len(host) <= MAX_HOST or not host.isascii():
        raise _damaged()
    _, account, pin, mailbox, secret, port = _FIXED.unpack_from(checked)
    try:
        return ContactLink(
            AccountId(account), host.decode(), port, pin, MailboxId(mailbox), LinkSecret(secret)
        )
    except LocalError:
        raise _damaged() from None


def _raw(text: str) -> bytes:
    """Return the bytes that `text` stands for, at least one."""
    plain = "".join(text[:_MAX_TYPED].split())
    # Before the case is changed: some letters beyond ASCII become ASCII ones by that.
    if not plain.isascii() or not plain.lower().startswith(SCHEME):
        raise LocalError("This is not a contact link: one begins with securemsg: and is copied whole.")
    coded = plain[len(SCHEME) :].upper()
    try:
        raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except binascii.Error:
        raise _damaged() from None
    # The last character carries unused bits: only one spelling is a link.
    if not raw or len(text) > _MAX_TYPED or _base32(raw) != coded:
        raise _damaged()
    return raw


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).rstrip(b"=").decode()


def _check(checked: bytes) -> bytes:
    # check = first 4 bytes of H("link", all bytes before)
    return digest(b"link", checked)[:_CHECK_WIDTH]


def _damaged() -> LocalError:
    return LocalError("This contact link is damaged or incomplete. Copy all of it, or ask for it again.")
