"""What a client may ask: one type per request, and their frames (Spec: 08, section 2)."""

from dataclasses import dataclass, field
from typing import ClassVar, Final, Self, TypeAlias

from securemsg.crypto.ed25519 import PUBLIC_WIDTH, SIGNATURE_WIDTH
from securemsg.errors import FrameError
from securemsg.ids import MailboxId, SubmitId
from securemsg.mailbox import blobs
from securemsg.mailbox.removal import Remove
from securemsg.mailbox.tokens import Invitation, SendToken, TokenHash
from securemsg.wire.codec import MAX_INTEGER, Encodable
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME

MAX_TOKENS: Final = 32
"""Token hashes in one list of a request."""

MAX_LEAVES: Final = 16
"""Leaves in one request: a page of them fits a frame."""

MAX_LEAF: Final = 2_400
"""Bytes of a sealed leaf."""

MAX_MANIFEST: Final = 24_576
"""Bytes of a sealed manifest."""

LAST_GENERATION: Final = 2**32 - 1
"""Generations of a shelf count up to this (Spec: HS-3)."""

LAST_POSITION: Final = 255
"""Positions of leaves in one generation: 256 leaves (Spec: MB-9)."""


@dataclass(frozen=True, slots=True)
class Create:
    """Register a mailbox of ours (Spec: MB-4)."""

    KIND: ClassVar = 2
    mailbox: MailboxId
    owner_key: bytes = field(repr=False)
    tokens: tuple[TokenHash, ...] = field(repr=False, default=())
    invitation: Invitation | None = field(repr=False, default=None)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        invitation = () if self.invitation is None else (self.invitation,)
        return self.mailbox, self.owner_key, self.tokens, invitation

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        mailbox, owner_key = fields.identifier(MailboxId), fields.binary(PUBLIC_WIDTH)
        tokens, invitation = _read_tokens(fields), fields.optional()
        return cls(
            mailbox, owner_key, tokens, None if invitation is None else invitation.identifier(Invitation)
        )


@dataclass(frozen=True, slots=True)
class Prove:
    """Show that we own a mailbox, for the rest of this connection (Spec: MB-5)."""

    KIND: ClassVar = 3
    mailbox: MailboxId
    signature: bytes = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.signature

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId), fields.binary(SIGNATURE_WIDTH))


@dataclass(frozen=True, slots=True)
class Submit:
    """Leave an envelope in somebody's mailbox (Spec: MB-7)."""

    KIND: ClassVar = 4
    mailbox: MailboxId
    token: SendToken = field(repr=False)
    submit_id: SubmitId
    envelope: bytes = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.token, self.submit_id, self.envelope

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(
            fields.identifier(MailboxId),
            fields.identifier(SendToken),
            fields.identifier(SubmitId),
            fields.binary_up_to(MAX_FRAME, 1),
        )


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Have the envelopes of our mailbox delivered (Spec: MB-8)."""

    KIND: ClassVar = 5
    mailbox: MailboxId

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return (self.mailbox,)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId))


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Have everything up to and including a sequence number deleted (Spec: MB-8)."""

    KIND: ClassVar = 6
    mailbox: MailboxId
    sequence: int

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.sequence

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId), fields.uint(MAX_INTEGER))


@dataclass(frozen=True, slots=True)
class SetTokens:
    """Add and revoke hashes of send tokens; both lists together have at most 59 (Spec: MB-3, WI-3)."""

    KIND: ClassVar = 7
    mailbox: MailboxId
    added: tuple[TokenHash, ...] = field(repr=False, default=())
    revoked: tuple[TokenHash, ...] = field(repr=False, default=())

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.added, self.revoked

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId), _read_tokens(fields), _read_tokens(fields))


@dataclass(frozen=True, slots=True)
class PublishManifest:
    """Begin a new generation of our shelf (Spec: MB-9)."""

    KIND: ClassVar = 8
    mailbox: MailboxId
    generation: int
    manifest: bytes = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.generation, self.manifest

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        mailbox, generation = fields.identifier(MailboxId), fields.uint(LAST_GENERATION)
        return cls(mailbox, generation, fields.binary_up_to(MAX_MANIFEST, 1))


@dataclass(frozen=True, slots=True)
class PublishLeaves:
    """Lay sealed leaves on our shelf, at consecutive positions (Spec: MB-9)."""

    KIND: ClassVar = 9
    mailbox: MailboxId
    generation: int
    first_position: int
    leaves: tuple[bytes, ...] = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.generation, self.first_position, self.leaves

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        mailbox, generation = fields.identifier(MailboxId), fields.uint(LAST_GENERATION)
        position, leaves = fields.uint(LAST_POSITION), fields.array(MAX_LEAVES)
        if not leaves:
            raise FrameError("a page of leaves is empty")
        sealed = tuple(leaves.binary_up_to(MAX_LEAF, 1) for _ in range(len(leaves)))
        return cls(mailbox, generation, position, sealed)


@dataclass(frozen=True, slots=True)
class FetchPrekeys:
    """Take a manifest and a leaf from somebody's shelf (Spec: MB-9)."""

    KIND: ClassVar = 10
    mailbox: MailboxId
    token: SendToken = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.token

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId), fields.identifier(SendToken))


@dataclass(frozen=True, slots=True)
class Ping:
    """Show that we are here (Spec: MB-12)."""

    KIND: ClassVar = 11

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number: nothing."""
        return ()

    @classmethod
    def read(cls, _fields: Fields) -> Self:
        """Take the content."""
        return cls()


Request: TypeAlias = (
    Create
    | Prove
    | Submit
    | Subscribe
    | Acknowledge
    | SetTokens
    | PublishManifest
    | PublishLeaves
    | FetchPrekeys
    | Ping
    | blobs.BlobRequest
    | Remove
)

_KINDS: Final[dict[int, type[Request]]] = {
    kind.KIND: kind
    for kind in (
        Create,
        Prove,
        Submit,
        Subscribe,
        Acknowledge,
        SetTokens,
        PublishManifest,
        PublishLeaves,
        FetchPrekeys,
        Ping,
        blobs.CreateBlob,
        blobs.PutChunk,
        blobs.LookAtBlob,
        blobs.GetRange,
        blobs.DeleteBlob,
        blobs.ReleaseBlob,
        Remove,
    )
}


def values(number: int, request: Request) -> tuple[Encodable, ...]:
    """The array of a request's frame."""
    return (request.KIND, number, *request.content())


def read(kind: int, fields: Fields) -> Request:
    """Take what follows the request number; raises `FrameError`."""
    role = _KINDS.get(kind)
    if role is None:
        raise FrameError("no request has this type")
    request = role.read(fields)
    fields.end()
    return request


def _read_tokens(fields: Fields) -> tuple[TokenHash, ...]:
    return tuple(TokenHash(value) for value in fields.binaries(MAX_TOKENS, TokenHash.WIDTH))
