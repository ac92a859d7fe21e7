"""What a profile has to keep ready at its own relay, one request at a time (Spec: CL-8).

Each `..._request` says what to ask next, or None; each `..._done` keeps the answer.
"""

from typing import Final

from securemsg.client.step import Step
from securemsg.handshake.generation import LEAVES, is_due, make_generation
from securemsg.identity.access import SendToken
from securemsg.mailbox import tokens as wire_tokens
from securemsg.mailbox.answers import LowShelf
from securemsg.mailbox.requests import Create, PublishLeaves, PublishManifest, SetTokens
from securemsg.mailbox.tokens import Invitation, TokenHash

SPARE_TOKENS: Final = 16
"""Send tokens kept registered for contacts to come (Spec: CL-8)."""

MOST_AHEAD: Final = 100_000
"""Generations that a newer copy of this vault may have published. A relay that names more lies:
following it would use up the numbers (Spec: HS-3)."""

_TOKENS_AT_ONCE: Final = 32
"""Hashes in one frame (Spec: 08)."""


def create_request(step: Step, invitation: Invitation | None = None) -> Create | None:
    """Register our mailbox, if the relay has not confirmed it."""
    if step.vault.owner.registered():
        return None
    owner = step.owner
    return Create(owner.link.mailbox, owner.mailbox_key.public(), (token_hash(owner.link.token),), invitation)


def tokens_request(step: Step) -> SetTokens | None:
    """Register send tokens, making new ones where fewer than sixteen are spare."""
    waiting = step.vault.tokens.unregistered()
    missing = SPARE_TOKENS - step.vault.tokens.spare_count() - len(waiting)
    if missing > 0:
        fresh = [SendToken.generate(step.entropy) for _ in range(missing)]
        step.vault.tokens.add(fresh, step.now)
        waiting += fresh
    if not waiting:
        return None
    return SetTokens(step.owner.link.mailbox, tuple(token_hash(token) for token in waiting[:_TOKENS_AT_ONCE]))


def tokens_done(step: Step, request: SetTokens) -> None:
    """Note which tokens the relay knows now."""
    waiting = step.vault.tokens.unregistered()
    step.vault.tokens.mark_registered([token for token in waiting if token_hash(token) in request.added])


def renew_prekeys(step: Step, shelf: LowShelf | None) -> None:
    """Make a new generation of prekeys if one is due, given what the relay said that it still has.

    Without its word (`None`) only the age of the weekly keys counts. A relay that has a
    later generation than we know talked to a newer copy of this vault; one with an
    earlier one has lost what it confirmed: both get a new generation.

    Spec: HS-14.
    """
    published = step.vault.prekeys.published()
    pending = step.vault.unconfirmed.manifest() is not None or step.vault.unconfirmed.leaves() is not None
    if shelf is None:
        left = LEAVES
    elif shelf.generation > published.generation:
        if shelf.generation - published.generation > MOST_AHEAD:
            return
        step.vault.prekeys.raise_generation(shelf.generation)
        published, left = step.vault.prekeys.published(), 0
    elif pending:
        left = LEAVES
    else:
        left = shelf.remaining if shelf.generation == published.generation else 0
    if is_due(published, left, step.now):
        link = step.owner.link
        following = make_generation(step.owner.device, link.shelf, published, step.now, step.entropy)
        step.vault.prekeys.store(following)


def publish_request(step: Step) -> PublishManifest | PublishLeaves | None:
    """Publish what the relay has not confirmed of the newest generation."""
    mailbox = step.owner.link.mailbox
    manifest = step.vault.unconfirmed.manifest()
    if manifest is not None:
        return PublishManifest(mailbox, manifest.generation, manifest.sealed)
    leaves = step.vault.unconfirmed.leaves()
    if leaves is not None:
        return PublishLeaves(mailbox, leaves.generation, leaves.first_position, leaves.sealed)
    return None


def publish_done(step: Step, request: PublishManifest | PublishLeaves) -> None:
    """Note what the relay confirmed."""
    if isinstance(request, PublishManifest):
        step.vault.unconfirmed.confirm_manifest(request.generation, step.now)
        return
    leaves = step.vault.unconfirmed.leaves()
    asked = (request.generation, request.first_position)
    if leaves is not None and (leaves.generation, leaves.first_position) == asked:
        step.vault.unconfirmed.confirm_leaves(leaves)


def is_published(step: Step) -> bool:
    """Tell whether others can write to us: prekeys and spare tokens are at the relay."""
    unconfirmed = step.vault.unconfirmed
    prekeys = step.vault.prekeys.published().generation > 0
    waiting = unconfirmed.manifest() is not None or unconfirmed.leaves() is not None
    return prekeys and not waiting and step.vault.tokens.spare_count() > 0


def purge(step: Step) -> None:
    """Forget what is over its time (Spec: CL-8)."""
    step.vault.prekeys.purge(step.now)
    step.vault.received.purge(step.now)
    step.vault.skipped.purge(step.now)
    step.vault.sessions.purge(step.now)
    step.vault.outbox.purge(step.now)
    step.vault.erased()


def token_hash(token: SendToken) -> TokenHash:
    """Return what the relay keeps of one of our tokens."""
    return wire_tokens.SendToken(token.expose()).hash
