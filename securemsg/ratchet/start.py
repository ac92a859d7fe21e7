"""From what a handshake agreed on to the first state of either side."""

from dataclasses import dataclass, field

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.ratchet.chains import root_step
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.state import Active, Awaiting, Binding, RatchetPair, Role, SendingChain


@dataclass(frozen=True, slots=True)
class Seed:
    """What both sides of a handshake share (Spec: HS-8)."""

    transcript: bytes = field(repr=False)
    """Hash of the transcript, 64 bytes."""

    root: RootKey
    initiator_header: HeaderKey
    """HK_a: seals the headers of the initiator's first chain."""

    responder_header: HeaderKey
    """NHK_b: seals the headers of the responder's first chain."""


def initiate(seed: Seed, theirs: PublicKey, entropy: Entropy) -> Active:
    """Return the initiator's first state; `theirs` is the responder's signed prekey.

    Raises `AuthenticationError` for a prekey with which no agreement is possible.

    Spec: RT-2.
    """
    ours = fresh_pair(entropy)
    root, chain, next_sending = root_step(seed.root, ours.private.agree(theirs))
    return Active(
        binding=Binding.of(seed.transcript, Role.INITIATOR),
        root=root,
        ours=ours,
        next_sending=next_sending,
        next_receiving=seed.responder_header,
        previous=0,
        sending=SendingChain(seed.initiator_header, chain, 0),
        receiving=None,
        past=(),
    )


def respond(seed: Seed, ours: PrivateKey) -> Awaiting:
    """Return the responder's first state; `ours` is the private half of its signed prekey (Spec: RT-2)."""
    return Awaiting(
        binding=Binding.of(seed.transcript, Role.RESPONDER),
        root=seed.root,
        ours=RatchetPair(ours, ours.public()),
        next_sending=seed.responder_header,
        next_receiving=seed.initiator_header,
    )


def fresh_pair(entropy: Entropy) -> RatchetPair:
    """Return a new ratchet key pair."""
    private = PrivateKey.generate(entropy)
    return RatchetPair(private, private.public())
