"""From requests to operations of the store, and from results to answers."""

from relay.storage import operations
from relay.storage.operations import Operation, Refused, Result
from securemsg.mailbox import requests
from securemsg.mailbox.answers import Accepted, Answer, Done, ErrorCode, Failed, Prekeys, SealedLeaf
from securemsg.mailbox.blobs import CreateBlob, PutChunk, ReleaseBlob
from securemsg.mailbox.removal import Remove
from securemsg.mailbox.requests import (
    Acknowledge,
    Create,
    FetchPrekeys,
    PublishLeaves,
    PublishManifest,
    SetTokens,
    Submit,
)

Stored = Create | Submit | Acknowledge | SetTokens | PublishManifest | PublishLeaves | FetchPrekeys
"""Requests that are one operation of the store."""

Growing = Create | Submit | SetTokens | PublishManifest | PublishLeaves | CreateBlob | PutChunk
"""Requests that need room on the disk (Spec: RL-5)."""

OwnersOnly = (
    requests.Subscribe | Acknowledge | SetTokens | PublishManifest | PublishLeaves | ReleaseBlob | Remove
)
"""Requests that need a proof (Spec: MB-6)."""


def operation_of(request: Stored, owner: bytes = b"") -> Operation:  # noqa: PLR0911  # one table
    """The operation that a request asks for; `owner` is the key that was proven, for what needs a proof."""
    match request:
        case Submit(mailbox, token, submit_id, envelope):
            return operations.Append(mailbox, token.hash, submit_id, envelope)
        case Acknowledge(mailbox, sequence):
            return operations.Acknowledge(mailbox, sequence, owner)
        case FetchPrekeys(mailbox, token):
            return operations.TakePrekeys(mailbox, token.hash)
        case Create(mailbox, owner_key, tokens, invitation):
            return operations.Create(
                mailbox, owner_key, tokens, None if invitation is None else invitation.hash
            )
        case SetTokens(mailbox, added, revoked):
            return operations.ChangeTokens(mailbox, added, revoked, owner)
        case PublishManifest(mailbox, generation, manifest):
            return operations.PutManifest(mailbox, generation, manifest, owner)
        case PublishLeaves(mailbox, generation, first_position, leaves):
            return operations.PutLeaves(mailbox, generation, first_position, leaves, owner)


def answer_of(result: Result) -> Answer:
    """The answer that tells a result."""
    match result:
        case operations.Appended():
            return Accepted()
        case operations.Stored():
            return Done()
        case Refused(code, retry_seconds):
            return Failed(code, retry_seconds)
        case operations.Shelf(generation, manifest, leaf):
            return Prekeys(
                generation, manifest, None if leaf is None else SealedLeaf(leaf.position, leaf.sealed)
            )
        case _:
            return Failed(ErrorCode.UNAVAILABLE)
