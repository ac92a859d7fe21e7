"""What a program may show: plain values read from the vault, without secrets.

Every text in here that a peer wrote (`text`, `name`, `alias` when taken from a link) is
hostile text: a program passes it through its display filter (Spec: ID-12, CL-9).
"""

from dataclasses import dataclass
from enum import StrEnum

from securemsg.client.views_said import (
    ChangeKind,
    ChangeView,
    Direction,
    EditView,
    FileState,
    FileView,
    MessageKind,
    MessageState,
    MessageView,
    QuotedView,
    ReactionView,
)
from securemsg.identity.trust import Trust
from securemsg.instant import Instant

__all__ = [
    "AlarmView",
    "ChangeKind",
    "ChangeView",
    "CheckView",
    "ConnectionView",
    "ConversationView",
    "Direction",
    "DraftView",
    "EditView",
    "EpochCode",
    "FileState",
    "FileView",
    "LinkState",
    "MessageKind",
    "MessageState",
    "MessageView",
    "ProfileView",
    "QuotedView",
    "ReactionView",
    "ScannedCode",
    "SessionView",
    "SettingsView",
    "Trust",
    "VerificationView",
]


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

    `own` is the note to oneself; `request` a stranger whom the person has not accepted.
    `lifetime` is the timer in seconds, 0 for none. `muted_until` may lie far ahead. `read_up_to` is
    the row up to which everything was read, 0 for none. `last_kind` tells what came last.
    `was_verified` tells of a changed identity that the one before had been verified.
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
    own: bool = False
    request: bool = False
    lifetime: int = 0
    muted_until: Instant | None = None
    archived: bool = False
    blocked: bool = False
    marked_unread: bool = False
    draft: str = ""
    last_kind: MessageKind | None = None
    last_mine: bool = False
    read_up_to: int = 0
    was_verified: bool = False


@dataclass(frozen=True, slots=True)
class DraftView:
    """What was begun and not sent: an answer to `reply_to`, or other words for `editing` (rows)."""

    text: str
    reply_to: int | None = None
    editing: int | None = None


@dataclass(frozen=True, slots=True)
class SettingsView:
    """What the person chose for this vault."""

    read_receipts: bool = False
    typing: bool = False
    strip_metadata: bool = True
    lock_minutes: int = 10
    notify: str = "bell generic"


@dataclass(frozen=True, slots=True)
class VerificationView:
    """What two people compare: 60 digits, the QR payload, and what is known now (Spec: ID-9, ID-10)."""

    contact: int
    alias: str
    safety_number: str
    qr: str
    trust: Trust


class ScannedCode(StrEnum):
    """What a scanned code says beside the number that was shown; it decides nothing (Spec: ID-14)."""

    SAME = "same"
    DIFFERENT = "different"
    OWN_SCREEN = "own_screen"
    """It is what this account shows: it says nothing about the other side."""


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
