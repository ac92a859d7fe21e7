"""What a relay says: answers to requests, and events that nobody asked for (Spec: 08, section 2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from securemsg.errors import FrameError
from securemsg.ids import MailboxId, SubmitId
from securemsg.mailbox.blobs import MAX_CHUNK, BlobState, Chunk
from securemsg.mailbox.error_codes import ErrorCode as ErrorCode  # noqa: PLC0414  # a part of the answers
from securemsg.mailbox.requests import LAST_GENERATION, LAST_POSITION, MAX_LEAF, MAX_MANIFEST
from securemsg.wire.codec import MAX_INTEGER, Encodable
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME

MAX_RETRY_SECONDS: Final = 7 * 24 * 3_600
"""A relay cannot send a client away for longer than a week."""

LAST_NUMBER: Final = 2**32 - 1
"""The greatest request number."""


@dataclass(frozen=True, slots=True)
class Done:
    """The request was carried out and is on disk."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The envelope is on durable storage (Spec: MB-7)."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Deliveries follow; the highest sequence numbers ever acknowledged and ever given, 0 for none.

    Spec: MB-14
    """

    acknowledged: int
    newest: int


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """A one-time prekey as its owner sealed it, and its position on the shelf."""

    position: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prekeys:
    """What lay on a shelf; no leaf if it was empty (Spec: MB-9)."""

    generation: int
    manifest: bytes = field(repr=False)
    leaf: SealedLeaf | None


@dataclass(frozen=True, slots=True)
class Failed:
    """The request changed nothing; seconds to wait before the next try, 0 for no advice."""

    code: ErrorCode
    retry_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Deliver:
    """An envelope of a mailbox that we are subscribed to (Spec: MB-8)."""

    mailbox: MailboxId
    sequence: int
    submit_id: SubmitId
    envelope: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LowShelf:
    """How many leaves our shelf still has; generation 0 means nothing was published (Spec: MB-9)."""

    mailbox: MailboxId
    generation: int
    remaining: int


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Everything that is stored in a mailbox of ours was delivered; told once a subscription (Spec: MB-8)."""

    mailbox: MailboxId


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The relay closes the connection; come back after so many seconds."""

    retry_seconds: int


Answer: TypeAlias = Done | Accepted | Subscribed | Prekeys | BlobState | Chunk | Failed
Event: TypeAlias = Deliver | LowShelf | CaughtUp | Goodbye

_DONE: Final = 129
_ACCEPTED: Final = 130
_DELIVER: Final = 131
_PREKEYS: Final = 132
_LOW_SHELF: Final = 133
_FAILED: Final = 134
_GOODBYE: Final = 135
_CAUGHT_UP: Final = 136
_SUBSCRIBED: Final = 137
_BLOB_STATE: Final = 138
_CHUNK: Final = 139


def answer_values(number: int, answer: Answer) -> tuple[Encodable, ...]:  # noqa: PLR0911  # one table
    """The array of an answer's frame."""
    match answer:
        case Accepted():
            return _ACCEPTED, number
        case Done():
            return _DONE, number
        case Subscribed(acknowledged, newest):
            return _SUBSCRIBED, number, acknowledged, newest
        case Prekeys(generation, manifest, leaf):
            return (
                _PREKEYS,
                number,
                generation,
                manifest,
                () if leaf is None else (leaf.position, leaf.sealed),
            )
        case BlobState(durable, size):
            return _BLOB_STATE, number, durable, size
        case Chunk(content):
            return _CHUNK, number, content
        case Failed(code, retry_seconds):
            return _FAILED, number, int(code), retry_seconds


def event_values(event: Event) -> tuple[Encodable, ...]:
    """The array of an event's frame."""
    match event:
        case Deliver(mailbox, sequence, submit_id, envelope):
            return _DELIVER, mailbox, sequence, submit_id, envelope
        case LowShelf(mailbox, generation, remaining):
            return _LOW_SHELF, mailbox, generation, remaining
        case CaughtUp(mailbox):
            return _CAUGHT_UP, mailbox
        case Goodbye(retry_seconds):
            return _GOODBYE, retry_seconds


def read(kind: int, fields: Fields) -> tuple[int, Answer] | Event:
    """Take what follows the type: an answer with its request number, or an event; raises `FrameError`."""
    reader = _READERS.get(kind)
    if reader is None:
        raise FrameError("no answer or event has this type")
    said = reader(fields)
    fields.end()
    return said


def _read_prekeys(fields: Fields) -> tuple[int, Answer]:
    number, generation = fields.uint(LAST_NUMBER), fields.uint(LAST_GENERATION)
    manifest, pair = fields.binary_up_to(MAX_MANIFEST, 1), fields.array(2)
    leaf = None
    if pair:
        leaf = SealedLeaf(pair.uint(LAST_POSITION), pair.binary_up_to(MAX_LEAF))
        pair.end()
    return number, Prekeys(generation, manifest, leaf)


def _read_subscribed(fields: Fields) -> tuple[int, Answer]:
    number, acknowledged = fields.uint(LAST_NUMBER), fields.uint(MAX_INTEGER)
    newest = fields.uint(MAX_INTEGER)
    if newest < acknowledged:
        raise FrameError("acknowledged what was never given out")
    return number, Subscribed(acknowledged, newest)


def _read_failed(fields: Fields) -> tuple[int, Answer]:
    number, code, retry = (
        fields.uint(LAST_NUMBER),
        fields.uint(max(ErrorCode)),
        fields.uint(MAX_RETRY_SECONDS),
    )
    if code < min(ErrorCode):
        raise FrameError("no error has this code")
    return number, Failed(ErrorCode(code), retry)


def _read_deliver(fields: Fields) -> Deliver:
    return Deliver(
        fields.identifier(MailboxId),
        fields.uint(MAX_INTEGER),
        fields.identifier(SubmitId),
        fields.binary_up_to(MAX_FRAME, 1),
    )


_READERS: Final[dict[int, Callable[[Fields], tuple[int, Answer] | Event]]] = {
    _DONE: lambda fields: (fields.uint(LAST_NUMBER), Done()),
    _ACCEPTED: lambda fields: (fields.uint(LAST_NUMBER), Accepted()),
    _DELIVER: _read_deliver,
    _PREKEYS: _read_prekeys,
    _LOW_SHELF: lambda fields: LowShelf(
        fields.identifier(MailboxId), fields.uint(LAST_GENERATION), fields.uint(LAST_POSITION + 1)
    ),
    _CAUGHT_UP: lambda fields: CaughtUp(fields.identifier(MailboxId)),
    _SUBSCRIBED: _read_subscribed,
    _BLOB_STATE: lambda fields: (fields.uint(LAST_NUMBER), BlobState.read(fields)),
    _CHUNK: lambda fields: (fields.uint(LAST_NUMBER), Chunk(fields.binary_up_to(MAX_CHUNK, 1))),
    _FAILED: _read_failed,
    _GOODBYE: lambda fields: Goodbye(fields.uint(MAX_RETRY_SECONDS)),
}
