"""The people of the vectors, and everything that B publishes. Made once, used by several files."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from tests.reference import hpke, merkle
from tests.reference.agreement import Party
from tests.reference.case import Fields, pick
from tests.reference.curve25519 import x25519_public
from tests.reference.hybrid import SigningKey, kem_public, signing_key
from tests.reference.identity import Certificate, account_id, certify
from tests.reference.prekeys import DAY, Manifest, publish

NOW = 1_790_000_000_000
GENERATION = 3
FIRST_LEAF = 129
LEAVES = 5


class Person(NamedTuple):
    """An account with one device."""

    account: SigningKey
    device: SigningKey
    device_id: bytes
    identity: bytes
    certificate: bytes

    def shown(self) -> Fields:
        """Give what a reader of the vectors needs."""
        return {
            "account_seeds": self.account.seeds,
            "account_id": account_id(self.account.public),
            "device": self.device_id,
            "device_seeds": self.device.seeds,
            "identity_private": self.identity,
            "identity_public": x25519_public(self.identity),
            "certificate": self.certificate,
        }

    def party(self, signed: bytes) -> Party:
        """Give the person as a transcript names it."""
        return Party(account_id(self.account.public), self.device_id, signed)


@lru_cache
def person(name: str, list_version: int = 1) -> Person:
    """Make a person from the name."""
    account, device = signing_key(pick(f"{name}/account", 64)), signing_key(pick(f"{name}/device", 64))
    device_id, identity = pick(f"{name}/device id", 16), pick(f"{name}/identity", 32)
    keys = (account.public, device_id, device.public, x25519_public(identity))
    certificate = Certificate(*keys, f"{name}'s laptop", NOW - 90 * DAY, list_version)
    return Person(account, device, device_id, identity, certify(account, certificate))


class Published(NamedTuple):
    """The private halves of a generation, and what was made public."""

    signed_prekey: bytes
    last_resort: bytes
    sealing: bytes
    one_time: list[bytes]
    kems: list[bytes]
    leaves: list[merkle.Leaf]
    shelf: bytes
    body: Manifest
    manifest: bytes

    def nodes(self) -> list[bytes]:
        """Give the hashes of the leaves."""
        return [leaf.node() for leaf in self.leaves]

    def shown(self) -> Fields:
        """Give what a reader of the vectors needs."""
        return {
            "generation": GENERATION,
            "signed_prekey_id": self.body.signed_prekey_id,
            "signed_prekey_private": self.signed_prekey,
            "last_resort_id": self.body.last_resort_id,
            "last_resort_seed": self.last_resort,
            "sealing_private": self.sealing,
            "leaf_ids": [leaf.leaf_id for leaf in self.leaves],
            "leaf_x25519_private": self.one_time,
            "leaf_kem_seeds": self.kems,
            "shelf": self.shelf,
            "manifest": self.manifest,
        }


@lru_cache
def published(name: str) -> Published:
    """Publish a generation of five leaves."""
    owner = person(name)
    prekey, last, sealing = (
        pick(f"{name}/{what}", n) for what, n in (("spk", 32), ("last", 64), ("sealing", 96))
    )
    one_time = [pick(f"{name}/opk/{i}", 32) for i in range(LEAVES)]
    kems = [pick(f"{name}/kem/{i}", 64) for i in range(LEAVES)]
    leaves = [
        merkle.Leaf(FIRST_LEAF + i, x25519_public(one_time[i]), kem_public(kems[i])) for i in range(LEAVES)
    ]
    body = Manifest(
        suite=1,
        certificate=owner.certificate,
        generation=GENERATION,
        created_ms=NOW - DAY,
        expires_ms=NOW + 29 * DAY,
        signed_prekey_id=7,
        signed_prekey=x25519_public(prekey),
        last_resort_id=4,
        last_resort=kem_public(last),
        sealing_key=hpke.public_key(sealing),
        leaf_count=LEAVES,
        leaf_root=merkle.root([leaf.node() for leaf in leaves]),
    )
    manifest = publish(owner.device, body)
    return Published(prekey, last, sealing, one_time, kems, leaves, pick(f"{name}/shelf", 32), body, manifest)
