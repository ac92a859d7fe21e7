"""What a program may show: plain values read from the vault, without secrets.

Every text in here that a peer wrote (`text`, `name`, `alias` when taken from a link) is
hostile text: a program passes it through its display filter (Spec: ID-12, CL-9).
"""

from dataclasses import dataclass
from enum import StrEnum

from securemsg.identity.trust import Trust
from securemsg.instant import Instant

__all__ = [
    "AlarmView",
    "CheckView",
    "ConnectionView",
    "ConversationView",
    "Direction",
    "EpochCode",
    "LinkState",
    "MessageState",
    "MessageView",
    "ProfileView",
    "SessionView",
    "Trust",
    "VerificationView",
]


class Direction(StrEnum):
    """Who wrote a message."""

    IN = "in"
    OUT = "out"


class MessageState(StrEnum):
    """How far a message has come; `RECEIVED` for incoming ones (Spec: CL-6)."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    RECEIVED = "received"


class LinkState(StrEnum):
    """The state of the connection to our own relay."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class ProfileView:
    """Our own side: name, ids as text, contact link as text and as QR payload, relay address."""

    name: str
    account: str
    device: str
    link: str
    link_qr: str
    relay: str


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One contact with the head of its conversation.

    `contact` is the key that commands take; `account` the account id as text (64 hexadecimal digits).
    `last_text` is empty and `last_at` is None where nothing was said; `reduced` tells that the
    session in use began without a one-time prekey (Spec: HS-6).
    """

    contact: int
    alias: str
    name: str
    account: str
    trust: Trust
    last_text: str
    last_at: Instant | None
    unread: int
    reduced: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a conversation; `row` grows in the order of storing (Spec: CT-5).

    `id` is the message id as 32 hexadecimal digits. `reason` is a sentence for a failed or
    waiting message, else empty. `readable` is false for content of a newer version.
    """

    row: int
    id: str
    contact: int
    alias: str
    direction: Direction
    state: MessageState
    text: str
    reason: str
    sent_at: Instant
    stored_at: Instant
    readable: bool


@dataclass(frozen=True, slots=True)
class VerificationView:
    """What two people compare: 60 digits, the QR payload, and what is known now (Spec: ID-9, ID-10)."""

    contact: int
    alias: str
    safety_number: str
    qr: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class EpochCode:
    """The 60 digits of one epoch: the same on both sides, if nobody sits between them (Spec: KR-10)."""

    epoch: int
    digits: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """How the session in use with a contact stands (Spec: CL-20, KR-10).

    `confirmed` tells that the other side holds it; before, nothing heals and `healed_at` is None.
    `since_healing` and `since_epoch` count messages in both directions since the last step of
    the EC ratchet and of the KEM ratchet; `epoch` is the one in which we write. `codes` are of
    the newest two epochs, the newest first. `reduced` as in `ConversationView`.
    """

    opened_at: Instant
    confirmed: bool
    healed_at: Instant | None
    since_healing: int
    since_epoch: int
    epoch: int
    codes: tuple[EpochCode, ...]
    reduced: bool


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """The link to our own relay, what waits to be sent, and a sentence where something is wrong."""

    state: LinkState
    reason: str
    retry_at: Instant | None
    last_received: Instant | None
    waiting: int


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Something that the person should know (Spec: CL-17): `sentence` says what, and what to do.

    `kind` and `contact` (None where it concerns nobody) name it to `Profile.dismiss_alarm`.
    The alias in `sentence` may be hostile text.
    """

    kind: str
    contact: int | None
    sentence: str
    at: Instant


@dataclass(frozen=True, slots=True)
class CheckView:
    """One line of `doctor`: what was checked, whether it is well, and what to do if not.

    `mailbox` is set where the mailbox is what was checked: its number as 32 hexadecimal digits, by which
    the relay's administrator can tell what is kept of it (Spec: RL-46).
    """

    check: str
    ok: bool
    advice: str
    mailbox: str = ""
