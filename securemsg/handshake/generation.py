"""Publishing: a new generation of prekeys, and when one is due."""

from dataclasses import dataclass, field, replace
from typing import Final, final

from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError
from securemsg.handshake.manifest import MANIFEST_LIFE, Offer, sign_manifest
from securemsg.handshake.merkle import root_of
from securemsg.handshake.prekeys import (
    LastResortPrivate,
    Leaf,
    LeafPrivate,
    SealingPrivate,
    SignedPrekeyPrivate,
)
from securemsg.handshake.shelf import seal_leaves, seal_manifest
from securemsg.identity.access import ShelfKey
from securemsg.identity.device import Device
from securemsg.instant import DAY, Instant
from securemsg.wire.messages.counting import LAST_NUMBER
from securemsg.wire.messages.opening import LAST_LEAF_ID

LEAVES: Final = 64
"""Leaves in a generation: as many strangers may write before the owner is back (Spec: HS-14)."""

WEEKLY_IDS: Final = 2
"""Prekey ids that a generation uses up at most: one for each kind of weekly key (Spec: HS-3)."""

REFILL_BELOW: Final = 20
"""With fewer leaves left on the relay a new generation is due (Spec: HS-14)."""

WEEK: Final = 7 * DAY
"""How long one signed prekey, last-resort key and sealing key are offered (Spec: HS-14)."""

PRIVATE_LIFE: Final = MANIFEST_LIFE + 7 * DAY
"""How long private halves live after their generation was replaced: the relay's retention
and a week (Spec: HS-14)."""


@final
@dataclass(frozen=True, slots=True)
class WeeklyKeys:
    """The private halves that several generations in one week share (Spec: HS-14)."""

    signed_prekey: SignedPrekeyPrivate
    last_resort: LastResortPrivate
    sealing: SealingPrivate

    def are_fresh(self, now: Instant) -> bool:
        """Tell whether they may be offered once more; keys from the future may not."""
        return self.signed_prekey.created_at <= now < self.signed_prekey.created_at + WEEK


@final
@dataclass(frozen=True, slots=True)
class Published:
    """What a device remembers of its publications: the last number of each kind, and the weekly keys.

    Keep it with the private halves, in the transaction that stores them: a number that
    was once given out must never be given again.

    Spec: HS-1, HS-3.
    """

    generation: int = 0
    prekey_id: int = 0
    leaf_id: int = 0
    weekly: WeeklyKeys | None = None


@final
@dataclass(frozen=True, slots=True)
class Publication:
    """A generation to store, then to send to the relay."""

    sealed_manifest: bytes = field(repr=False)
    sealed_leaves: tuple[bytes, ...] = field(repr=False)
    manifest_body_hash: bytes = field(repr=False)
    weekly: WeeklyKeys
    leaves: tuple[LeafPrivate, ...] = field(repr=False)
    published: Published

    @property
    def generation(self) -> int:
        """The number of this generation."""
        return self.published.generation


def pass_over(published: Published, generation: int) -> Published:
    """Return what to go on from where another copy of this device has published up to `generation`.

    The ids of its keys are passed over, as many as there can be: none of them is given again.

    Spec: HS-1, HS-3, HS-16.
    """
    missed = max(generation - published.generation, 0)
    return replace(
        published,
        generation=published.generation + missed,
        prekey_id=published.prekey_id + missed * WEEKLY_IDS,
        leaf_id=published.leaf_id + missed * LEAVES,
    )


def is_due(published: Published, leaves_left: int, now: Instant) -> bool:
    """Tell whether a new generation is due, with `leaves_left` on the relay (Spec: HS-14)."""
    weekly = published.weekly
    return weekly is None or leaves_left < REFILL_BELOW or not weekly.are_fresh(now)


def make_generation(
    device: Device, shelf: ShelfKey, published: Published, now: Instant, entropy: Entropy
) -> Publication:
    """Return the next generation: new leaves, and new weekly keys if the old are a week old.

    Raises `LocalError` when the numbers are used up.

    Spec: HS-1, HS-3, HS-14.
    """
    weekly = _weekly(published, now, entropy)
    following = Published(
        generation=published.generation + 1,
        prekey_id=max(published.prekey_id, weekly.last_resort.prekey_id),
        leaf_id=published.leaf_id + LEAVES,
        weekly=weekly,
    )
    if max(following.generation, following.prekey_id) > LAST_NUMBER or following.leaf_id > LAST_LEAF_ID:
        raise LocalError("this device has published as often as it can")
    leaves = tuple(
        LeafPrivate.generate(published.leaf_id + 1 + place, now, entropy) for place in range(LEAVES)
    )
    public = tuple(leaf.public() for leaf in leaves)
    manifest = sign_manifest(device, _offer(following.generation, weekly, public, now))
    sealed_leaves = seal_leaves(shelf, following.generation, public, entropy)
    sealed_manifest = seal_manifest(shelf, manifest, entropy)
    return Publication(sealed_manifest, sealed_leaves, manifest.body_hash, weekly, leaves, following)


def _offer(generation: int, weekly: WeeklyKeys, leaves: tuple[Leaf, ...], now: Instant) -> Offer:
    return Offer(
        generation=generation,
        created_at=now,
        signed_prekey_id=weekly.signed_prekey.prekey_id,
        signed_prekey=weekly.signed_prekey.key.public(),
        last_resort_id=weekly.last_resort.prekey_id,
        last_resort=weekly.last_resort.key.public(),
        sealing_key=weekly.sealing.key.public(),
        leaf_count=len(leaves),
        leaf_root=root_of([leaf.node for leaf in leaves]),
    )


def _weekly(published: Published, now: Instant, entropy: Entropy) -> WeeklyKeys:
    if published.weekly is not None and published.weekly.are_fresh(now):
        return published.weekly
    # One counter for both kinds, so that no id ever means two keys.
    first, second = published.prekey_id + 1, published.prekey_id + 2
    return WeeklyKeys(
        SignedPrekeyPrivate.generate(first, now, entropy),
        LastResortPrivate.generate(second, now, entropy),
        SealingPrivate.generate(now, entropy),
    )
