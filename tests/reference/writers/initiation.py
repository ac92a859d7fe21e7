"""How A opens a session in the vectors, with every draw by name."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference import agreement, ratchet
from tests.reference.agreement import LAST_RESORT, ONE_TIME, Agreed, Inner, Offer
from tests.reference.case import Fields, pick
from tests.reference.curve25519 import x25519_public
from tests.reference.hybrid import encapsulate
from tests.reference.identity import account_id
from tests.reference.machine import Draws
from tests.reference.responder import Responder
from tests.reference.writers.cast import GENERATION, Person, person, published

NO_DRAWS = Draws(bytes(31) + b"\1", bytes(64), bytes(32))  # for openings whose answer nobody looks at


class Plan(NamedTuple):
    """Who opens towards whom, with which KEM key, and when."""

    name: str
    initiator: str
    responder: str
    position: int | None
    opened_ms: int
    card: bytes = b""
    list_version: int = 1


class Initiation(NamedTuple):
    """What A computed."""

    plan: Plan
    ephemeral: bytes
    kem_message: bytes
    shared: bytes
    offer: Offer
    dhs: list[bytes]
    agreed: Agreed
    state: ratchet.State
    first_private: bytes
    first_seed: bytes
    who: Person

    def inner(self, message: bytes) -> Inner:
        """Wrap a message in what an opening seals."""
        to = published(self.plan.responder)
        one_time = self.plan.position is not None
        kem_id = to.leaves[self.plan.position or 0].leaf_id if one_time else to.body.last_resort_id
        return Inner(
            self.who.certificate,
            GENERATION,
            to.body.signed_prekey_id,
            ONE_TIME if one_time else LAST_RESORT,
            kem_id,
            self.offer.ephemeral,
            self.offer.ciphertext,
            self.plan.opened_ms,
            self.plan.card,
            message,
        )

    def sealed(self, inner: Inner, draw: str) -> bytes:
        """Seal an opening to B."""
        return agreement.seal_opening(
            published(self.plan.responder).body.sealing_key, inner.encoded(), pick(draw, 64)
        )

    def shown(self) -> Fields:
        """Give every intermediate value."""
        kind = self.offer.kem_kind
        names = ("dh1", "dh2", "dh3", "dh4")
        return {
            "kem_kind": kind,
            "position": self.plan.position,
            "opened_ms": self.plan.opened_ms,
            "card": self.plan.card,
            "ephemeral_private": self.ephemeral,
            "ephemeral_public": self.offer.ephemeral,
            "kem_message": self.kem_message,
            "ciphertext": self.offer.ciphertext,
            "kem_shared": self.shared,
            "dhs": dict(zip(names, self.dhs, strict=False)),
            **self.agreed._asdict(),
            "session_id": self.agreed.t[:32],
            "initiator_ratchet_private": self.first_private,
            "initiator_kem_seed": self.first_seed,
        }


def initiate(plan: Plan) -> Initiation:
    """HS-7, HS-8 and RT-2 for A."""
    a, b, to = person(plan.initiator, plan.list_version), person(plan.responder), published(plan.responder)
    ephemeral, kem_message, first = (
        pick(f"{plan.name}/{what}", 32) for what in ("ephemeral", "kem", "first")
    )
    leaf = None if plan.position is None else to.leaves[plan.position]
    kem = to.body.last_resort if leaf is None else leaf.kem
    shared, ciphertext = encapsulate(kem, kem_message)
    offer = Offer(
        to.body.signed_prekey,
        LAST_RESORT if leaf is None else ONE_TIME,
        kem,
        None if leaf is None else leaf.x25519,
        x25519_public(ephemeral),
        ciphertext,
    )
    dhs = agreement.initiator_dhs(a.identity, ephemeral, x25519_public(b.identity), offer)
    parties = a.party(a.certificate), b.party(to.body.body())
    whole = agreement.transcript(*parties, offer, plan.opened_ms, plan.card)
    agreed = agreement.agree(whole, dhs, shared)
    secrets = ratchet.Secrets(*agreed[1:2], *agreed[3:])
    seed = pick(f"{plan.name}/kem seed", 64)
    state = ratchet.initiator(secrets, offer.signed_prekey, first, seed)
    return Initiation(plan, ephemeral, kem_message, shared, offer, dhs, agreed, state, first, seed, a)


def responder(name: str) -> Responder:
    """Give a person as one who answers openings."""
    who, to = person(name), published(name)
    return Responder(
        account=account_id(who.account.public),
        device=who.device_id,
        identity=who.identity,
        sealing=to.sealing,
        bodies={GENERATION: to.body.body()},
        prekeys={to.body.signed_prekey_id: to.signed_prekey},
        one_time={leaf.leaf_id: (to.one_time[i], to.kems[i]) for i, leaf in enumerate(to.leaves)},
        last_resort={to.body.last_resort_id: to.last_resort},
    )
