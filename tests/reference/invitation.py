"""03: invitations (ID-13)."""

import base64
from typing import NamedTuple

from tests.reference.identity import MAX_TYPED, Link, link_text, read_link
from tests.reference.primitives import h
from tests.reference.refusal import RefusedError, require


class Invitation(NamedTuple):
    """What an invitation carries: the inviter's link, the relay's token and the inviter's name."""

    link: Link
    token: bytes
    name: str


def invitation_text(invitation: Invitation) -> str:
    """Write an invitation in lower case."""
    tail = bytes([len(invitation.token)]) + invitation.token + invitation.name.encode()
    return link_text(invitation.link) + "." + tail_text(invitation.link, tail)


def tail_text(link: Link, tail: bytes) -> str:
    """Write what follows the point, with a right check."""
    check = h(b"invitation", link_text(link).upper().encode() + tail)[:4]
    return base64.b32encode(tail + check).decode().rstrip("=").lower()


def read_invitation(written: str) -> Invitation:
    """Read an invitation; the refusals are those of a link."""
    require("damaged", len(written) <= MAX_TYPED)
    parts = "".join(written.split()).split(".", 1)
    link = read_link(parts[0])
    if len(parts) == 1:
        return Invitation(link, b"", "")
    coded = parts[1].upper()
    require("damaged", parts[1].isascii())
    try:
        raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
        name = raw[1 + raw[0] : -4].decode() if raw else ""
    except ValueError:
        raise RefusedError("damaged") from None
    require("damaged", base64.b32encode(raw).decode().rstrip("=") == coded, len(raw) > 4)
    require("damaged", raw[0] in (0, 16), len(raw) >= 1 + raw[0] + 4, len(name.encode()) <= 64)
    require("damaged", tail_text(link, raw[:-4]).upper() == coded)
    return Invitation(link, raw[1 : 1 + raw[0]], name)
