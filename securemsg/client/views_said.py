"""What a program may show of a conversation's messages; import from `securemsg.client.views`."""

from dataclasses import dataclass
from enum import StrEnum

from securemsg.instant import Instant


class Direction(StrEnum):
    """Who wrote a message."""

    IN = "in"
    OUT = "out"


class MessageState(StrEnum):
    """How far a message has come; `RECEIVED` for incoming ones (Spec: CL-6)."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    RECEIVED = "received"


class MessageKind(StrEnum):
    """What a row of a conversation is.

    `TIMER`: somebody set how long messages stay (`lifetime` is the new time). `NAME`: the contact has
    another name now (`text`). `IDENTITY`: another account claimed to be the contact. `UNKNOWN`:
    content of a newer version.
    """

    TEXT = "text"
    FILE = "file"
    TIMER = "timer"
    NAME = "name"
    IDENTITY = "identity"
    UNKNOWN = "unknown"


class FileState(StrEnum):
    """How far a file has come: ours up to `SENT`, theirs from `OFFERED` to `SAVED`, the others for both."""

    PREPARING = "preparing"
    UPLOADING = "uploading"
    SENT = "sent"
    OFFERED = "offered"
    DOWNLOADING = "downloading"
    SAVED = "saved"
    PAUSED = "paused"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class QuotedView:
    """The message that another one answers, as it is now.

    `row` is None where it is not here (any more): then there are no words either. `text` is its
    beginning, empty for a file without words; `file_name` that of a file; `id` its message id.
    """

    row: int | None
    mine: bool
    text: str = ""
    file_name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class ReactionView:
    """A sign beside a message, and who of the two put it there."""

    emoji: str
    mine: bool
    theirs: bool


@dataclass(frozen=True, slots=True)
class EditView:
    """What a message said before, and since when."""

    text: str
    at: Instant


class ChangeKind(StrEnum):
    """What somebody did to a message after it came."""

    EDIT = "edit"
    DELETE = "delete"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file, as far as it is here.

    `name` and `type` are its sender's words. `size` and `done` are bytes. `path` is where a plain
    copy was saved last, or empty; `reason` a sentence where it failed or waits; `removed` says
    what was taken out of it before it was sent; `expires_at` is when its relay forgets it.
    """

    name: str
    type: str
    size: int
    state: FileState
    done: int = 0
    path: str = ""
    reason: str = ""
    removed: str = ""
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a conversation; `row` grows in the order of storing (Spec: CT-5).

    `id` is the message id as 32 hexadecimal digits. `reason` is a sentence for a failed or
    waiting message, else empty. `readable` is false for content of a newer version.

    `lifetime` is how long it stays, in seconds, once counting has begun; then `expires_at` says when
    it goes. Of a `deleted` message only the place is left. `text` is the newest
    one of an edited message: `Profile.history` has the others; of a file it is what was said beside it.
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
    kind: MessageKind = MessageKind.TEXT
    lifetime: int = 0
    expires_at: Instant | None = None
    edited_at: Instant | None = None
    deleted: bool = False
    quoted: QuotedView | None = None
    reactions: tuple[ReactionView, ...] = ()
    file: FileView | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A contact changed something about a message, which is here as it is since then."""

    number: int
    kind: ChangeKind
    message: MessageView
