"""The people of 04 and 06 as our types: a device, and the private halves of what it published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from securemsg.crypto import hpke, kdf, kem, x25519
from securemsg.crypto.signature import HybridSigningKey
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.identity.certificate import verify_certificate
from securemsg.identity.device import Device
from securemsg.instant import Instant
from securemsg.wire.codec import decode
from tests.vectors.reading import joined, load

MADE = Instant(0)


def device_of(shown: dict[str, Any]) -> Device:
    """Return the device of a person in `inputs`."""
    return Device(
        signing=HybridSigningKey(joined(shown["device_seeds"])),
        identity_key=x25519.PrivateKey(joined(shown["identity_private"])),
        certificate=verify_certificate(joined(shown["certificate"])),
    )


def manifest_hash(manifest: bytes) -> bytes:
    """Return H("manifest", body) of an encoded manifest."""
    body = decode(manifest, len(manifest))[0]
    assert isinstance(body, bytes)
    return kdf.digest(b"manifest", body)


@dataclass
class Privates:
    """What a device that published holds (HS-12).

    `marks` is the set of its last-resort key, `gone` the ids of leaves that were used up.
    """

    shown: dict[str, Any]
    marks: set[bytes] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)

    def manifest_hash(self, generation: int) -> bytes | None:
        """Return the hash of the one manifest."""
        return (
            manifest_hash(joined(self.shown["manifest"])) if generation == self.shown["generation"] else None
        )

    def signed_prekey(self, prekey_id: int) -> SignedPrekeyPrivate | None:
        """Return the one signed prekey."""
        if prekey_id != self.shown["signed_prekey_id"]:
            return None
        key = x25519.PrivateKey(joined(self.shown["signed_prekey_private"]))
        return SignedPrekeyPrivate(prekey_id, MADE, key)

    def leaf(self, leaf_id: int) -> LeafPrivate | None:
        """Return one of the leaves."""
        if leaf_id in self.gone or leaf_id not in self.shown["leaf_ids"]:
            return None
        position = self.shown["leaf_ids"].index(leaf_id)
        one_time = x25519.PrivateKey(joined(self.shown["leaf_x25519_private"][position]))
        return LeafPrivate(
            leaf_id, MADE, one_time, kem.DecapsulationKey(joined(self.shown["leaf_kem_seeds"][position]))
        )

    def last_resort(self, prekey_id: int) -> LastResortPrivate | None:
        """Return the one last-resort key."""
        if prekey_id != self.shown["last_resort_id"]:
            return None
        key = kem.DecapsulationKey(joined(self.shown["last_resort_seed"]))
        return LastResortPrivate(prekey_id, MADE, key)

    def was_seen(self, prekey_id: int, fingerprint: bytes) -> bool:
        """Look into the set."""
        return prekey_id == self.shown["last_resort_id"] and fingerprint in self.marks

    def seen_count(self, prekey_id: int) -> int:
        """Count the set."""
        return len(self.marks) if prekey_id == self.shown["last_resort_id"] else 0

    def sealing(self, hint: bytes) -> SealingPrivate | None:
        """Return the one sealing key if the hint is its own."""
        found = SealingPrivate(MADE, hpke.SealingKey(joined(self.shown["sealing_private"])))
        return found if found.hint == hint else None


def person(name: str, file: str = "04-handshake") -> tuple[Device, Privates]:
    """Return someone who is in the inputs of a file."""
    shown = load(file)["inputs"][name]
    return device_of(shown), Privates(shown.get("published", {}))
