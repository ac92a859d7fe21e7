"""What a profile has to keep ready at its own relay, one request at a time (Spec: CL-8).

Each `..._request` says what to ask next, or None; each `..._done` keeps the answer.
"""

from typing import Final

from securemsg.client.alarms import FAR_SHELF, raise_alarm
from securemsg.client.copies import notice_newer_copy, renew_sessions
from securemsg.client.step import Step
from securemsg.handshake.generation import LEAVES, Published, is_due, make_generation, pass_over
from securemsg.identity.access import SendToken
from securemsg.instant import DAY, SECOND, Instant
from securemsg.mailbox import tokens as wire_tokens
from securemsg.mailbox.answers import LowShelf
from securemsg.mailbox.requests import Create, PublishLeaves, PublishManifest, SetTokens
from securemsg.mailbox.tokens import Invitation, TokenHash
from securemsg.store.owner import Owner

SPARE_TOKENS: Final = 16
"""Send tokens kept registered for contacts to come (Spec: CL-8)."""

MOST_AHEAD: Final = 4_096
"""Generations that a newer copy of this vault may have published: four months of refills at the
highest rate, 78 years of weekly ones. A relay that names more lies: following it would use up the
numbers (Spec: HS-16)."""

REFILL_PAUSE: Final = 900 * SECOND
"""How long the leaves of a generation last at least: RL-6 hands out 30 at once and one a minute (ms)."""

REFILLS_AT_ONCE: Final = 2
"""Generations in so long a time that a relay's word makes us publish: the second is for the case that a
newer copy of us has published, too (Spec: HS-15)."""

REFILLS_A_DAY: Final = 40
"""Generations that a relay's word makes us publish in 24 hours: all that RL-6 can use up, with room
to spare. Each costs us 64 key pairs of both kinds, and numbers (Spec: HS-15)."""

_TOKENS_AT_ONCE: Final = 32
"""Hashes of new tokens in one frame (Spec: 08)."""

_REVOKED_AT_ONCE: Final = 27
"""Hashes of revoked tokens beside those: a frame has room for 59 (Spec: 08)."""


def create_request(step: Step, invitation: Invitation | None = None) -> Create | None:
    """Register our mailbox, if the relay has not confirmed it."""
    return None if step.vault.owner.registered() else creation(step.owner, invitation)


def creation(owner: Owner, invitation: Invitation | None = None) -> Create:
    """Register the mailbox of this owner with the token of the link; it may be repeated."""
    return Create(owner.link.mailbox, owner.mailbox_key.public(), (token_hash(owner.link.token),), invitation)


def tokens_request(step: Step) -> SetTokens | None:
    """Register send tokens, making new ones where fewer than sixteen are spare; revoke those taken back.

    Spec: CL-8, CL-31.
    """
    waiting = step.vault.tokens.unregistered()
    missing = SPARE_TOKENS - step.vault.tokens.spare_count() - len(waiting)
    if missing > 0:
        fresh = [SendToken.generate(step.entropy) for _ in range(missing)]
        step.vault.tokens.add(fresh, step.now)
        waiting += fresh
    added = tuple(token_hash(token) for token in waiting[:_TOKENS_AT_ONCE])
    revoked = tuple(token_hash(token) for token in step.vault.tokens.revoked()[:_REVOKED_AT_ONCE])
    return SetTokens(step.owner.link.mailbox, added, revoked) if added or revoked else None


def doubt_tokens(step: Step, shelf: LowShelf) -> bool:
    """Have our tokens registered again where the relay's word may come from a restored backup.

    Such a relay has no leaf of anybody (RL-11), and may never have heard of a token that a
    contact writes with. A shelf that others emptied looks the same: then it is told in vain.
    Returns whether there is something to tell.

    Spec: CL-15.
    """
    if shelf.remaining > 0 or step.vault.prekeys.published().generation == 0:
        return False
    step.vault.tokens.doubt()
    return True


def tokens_done(step: Step, request: SetTokens) -> None:
    """Note which tokens the relay knows now."""
    waiting, revoked = step.vault.tokens.unregistered(), step.vault.tokens.revoked()
    step.vault.tokens.mark_registered([token for token in waiting if token_hash(token) in request.added])
    step.vault.tokens.forget([token for token in revoked if token_hash(token) in request.revoked])


def renew_prekeys(step: Step, shelf: LowShelf | None) -> bool:
    """Make a new generation of prekeys if one is due, given what the relay said that it still has.

    Without its word (`None`) only the age of the weekly keys counts. A relay that has a
    later generation than we know talked to a newer copy of this vault; one with an
    earlier one has lost what it confirmed: both get a new generation. Returns false where
    the relay's word asks for one sooner than is allowed: try again later.

    Spec: HS-14..16, CL-15.
    """
    published = step.vault.prekeys.published()
    left = LEAVES if shelf is None else _left(step, shelf, published)
    if not is_due(published, left, step.now):
        return True
    # By their age alone keys are replaced once a week, whatever the relay says.
    if left < LEAVES and published.generation > 0 and not _may_refill(step):
        return False
    if shelf is not None and shelf.generation - published.generation <= MOST_AHEAD:
        published = pass_over(published, shelf.generation)
    link = step.owner.link
    following = make_generation(step.owner.device, link.shelf, published, step.now, step.entropy)
    step.vault.prekeys.supersede(step.now)
    step.vault.prekeys.store(following)
    return True


def _left(step: Step, shelf: LowShelf, published: Published) -> int:
    """Return for how many leaves the relay's word counts, noting a newer copy of this vault by the way."""
    ahead = shelf.generation - published.generation
    if ahead > MOST_AHEAD:
        raise_alarm(step, FAR_SHELF)
        return LEAVES
    if ahead > 0:
        notice_newer_copy(step)
        return 0
    if _is_pending(step):
        return LEAVES
    return shelf.remaining if ahead == 0 else 0


def _may_refill(step: Step) -> bool:
    replaced = step.vault.prekeys.replaced_between
    today, lately = (replaced(Instant(step.now - span), step.now) for span in (DAY, REFILL_PAUSE))
    return today < REFILLS_A_DAY and lately < REFILLS_AT_ONCE


def _is_pending(step: Step) -> bool:
    return step.vault.unconfirmed.manifest() is not None or step.vault.unconfirmed.leaves() is not None


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


def publish_refused(step: Step, request: PublishManifest | PublishLeaves) -> LowShelf:
    """Note that the relay has another shelf than ours in this generation; return what that amounts to.

    A manifest is refused where another copy of this vault has published under its number:
    what is opened to that one must not be taken for ours.

    Spec: HS-16, CL-15.
    """
    if isinstance(request, PublishManifest):
        step.vault.prekeys.withdraw(request.generation, step.now)
        notice_newer_copy(step)
    step.vault.unconfirmed.give_up()
    return LowShelf(request.mailbox, request.generation, 0)


def is_published(step: Step) -> bool:
    """Tell whether those who may can write to us: prekeys and tokens are at the relay, no revoked one."""
    if step.vault.prekeys.published().generation == 0 or _is_pending(step):
        return False
    return step.vault.tokens.spare_count() > 0 and not step.vault.tokens.revoked()


def purge(step: Step) -> None:
    """Forget what is over its time (Spec: CL-8)."""
    step.vault.prekeys.purge(step.now)
    step.vault.received.purge(step.now)
    step.vault.skipped.purge(step.now)
    step.vault.sessions.purge(step.now)
    step.vault.outbox.purge(step.now)
    step.vault.early.purge(step.now)
    step.vault.messages.purge_erased(step.now)
    step.vault.alarms.purge(step.now)
    renew_sessions(step)
    step.vault.erased()


def token_hash(token: SendToken) -> TokenHash:
    """Return what the relay keeps of one of our tokens."""
    return wire_tokens.SendToken(token.expose()).hash
