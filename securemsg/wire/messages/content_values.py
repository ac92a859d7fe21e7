"""What people say to each other, and what their programs confirm: one class for each kind."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias, final

from securemsg.ids import AccountId, MessageId, SubmitId
from securemsg.instant import Instant
from securemsg.wire.messages.content_files import StoredFile

MAX_TEXT: Final = 16_000
"""Bytes of a text in UTF-8: with its other fields it fits the largest block (Spec: CT-6)."""

MAX_CAPTION: Final = 4_000
"""Bytes of the words beside a file: with the longest name, type and place they fit a block (Spec: CT-15)."""

MAX_NAMED: Final = 48
"""Ids in one receipt, report or deletion: what a value's 64 elements leave room for (Spec: CT-4)."""

MAX_EMOJI: Final = 32
"""Bytes of a reaction: the flags and families of Unicode fit, a sentence does not (Spec: CT-10)."""

LEAST_LIFETIME: Final = 5
"""Seconds: a shorter one would be over before it is read (Spec: CT-7)."""

MAX_LIFETIME: Final = 366 * 24 * 3_600
"""Seconds in the longest year: what should stay for longer stays (Spec: CT-7)."""


class Kind(IntEnum):
    """The kinds of content (Spec: CT-2)."""

    TEXT = 1
    RECEIPT = 2
    REPORT = 3
    EDIT = 4
    DELETE = 5
    REACTION = 6
    TYPING = 7
    TIMER = 8
    FILE = 9
    NAME = 10


class ReceiptState(IntEnum):
    """How far the named messages have come (Spec: CT-4)."""

    DELIVERED = 1
    READ = 2


class TypingState(IntEnum):
    """Whether somebody is writing (Spec: CT-12)."""

    STOPPED = 0
    TYPING = 1


@final
@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that is answered, by its author and its id: never its words (Spec: CT-8)."""

    author: AccountId
    message_id: MessageId


@final
@dataclass(frozen=True, slots=True)
class Text:
    """Something a person wrote; `lifetime` in seconds, 0 for what stays (Spec: CT-6..8)."""

    message_id: MessageId
    sent_at: Instant
    text: str = field(repr=False)
    lifetime: int = 0
    quoted: Quoted | None = None


@final
@dataclass(frozen=True, slots=True)
class Receipt:
    """The named contents arrived and are stored, or were read (Spec: CT-4, CT-13)."""

    message_id: MessageId
    sent_at: Instant
    named: tuple[MessageId, ...]
    state: ReceiptState = ReceiptState.DELIVERED


@final
@dataclass(frozen=True, slots=True)
class Report:
    """The named envelopes arrived but could not be opened: please seal again (Spec: SE-8)."""

    message_id: MessageId
    sent_at: Instant
    submits: tuple[SubmitId, ...]


@final
@dataclass(frozen=True, slots=True)
class Edit:
    """Other words for a message of the same sender (Spec: CT-9)."""

    message_id: MessageId
    sent_at: Instant
    target: MessageId
    text: str = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Delete:
    """The sender takes messages of his back (Spec: CT-11)."""

    message_id: MessageId
    sent_at: Instant
    targets: tuple[MessageId, ...]


@final
@dataclass(frozen=True, slots=True)
class Reaction:
    """A sign beside the message `target` of `author`; an empty one takes it back (Spec: CT-10)."""

    message_id: MessageId
    sent_at: Instant
    author: AccountId
    target: MessageId
    emoji: str = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Typing:
    """The sender is writing just now, or has stopped (Spec: CT-12)."""

    message_id: MessageId
    sent_at: Instant
    state: TypingState


@final
@dataclass(frozen=True, slots=True)
class Timer:
    """From now on messages of this conversation live so many seconds, 0 for ever (Spec: CT-14)."""

    message_id: MessageId
    sent_at: Instant
    lifetime: int
    version: int


@final
@dataclass(frozen=True, slots=True)
class File:
    """A file, where it lies and how it is opened, with words beside it (Spec: CT-15)."""

    message_id: MessageId
    sent_at: Instant
    file: StoredFile
    caption: str = field(default="", repr=False)
    lifetime: int = 0
    quoted: Quoted | None = None


@final
@dataclass(frozen=True, slots=True)
class Name:
    """What the sender is called from now on (Spec: CT-16)."""

    message_id: MessageId
    sent_at: Instant
    name: str = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Unknown:
    """Content of a kind that a newer version knows; `raw` is all of it (Spec: CT-3)."""

    kind: int
    message_id: MessageId
    sent_at: Instant
    raw: bytes = field(repr=False)


Known: TypeAlias = Text | Receipt | Report | Edit | Delete | Reaction | Typing | Timer | File | Name
"""What this version can say."""

Content: TypeAlias = Known | Unknown
"""Everything that can be said."""
