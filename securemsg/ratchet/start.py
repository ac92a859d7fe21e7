"""From what a handshake agreed on to the first state of either side."""

from dataclasses import dataclass, field

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.ratchet.chains import root_step
from securemsg.ratchet.epochs import epoch_code, first_epoch
from securemsg.ratchet.kem_states import Epochs, WaitEk
from securemsg.ratchet.kem_steps import offer
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.role import Role
from securemsg.ratchet.state import Active, Awaiting, Binding, EpochChain, RatchetPair, SendingChain, Turn


@dataclass(frozen=True, slots=True)
class Seed:
    """What both sides of a handshake share (Spec: HS-8)."""

    transcript: bytes = field(repr=False)
    """Hash of the transcript, 64 bytes."""

    root: RootKey
    epoch_seed: EpochSeed
    authenticator: Authenticator
    initiator_header: HeaderKey
    """HK_a: seals the headers of the initiator's first chain."""

    responder_header: HeaderKey
    """NHK_b: seals the headers of the responder's first chain."""


def initiate(seed: Seed, theirs: PublicKey, entropy: Entropy) -> Active:
    """Return the initiator's first state; `theirs` is the responder's signed prekey.

    Raises `AuthenticationError` for a prekey with which no agreement is possible.

    Spec: RT-2, KR-1.
    """
    binding = Binding.of(seed.transcript, Role.INITIATOR)
    ours = fresh_pair(entropy)
    root, chain, next_sending = root_step(seed.root, ours.private.agree(theirs))
    epochs, epoch_sending, epoch_receiving = _epoch_zero(seed, binding)
    return Active(
        binding=binding,
        turn=Turn(root, ours, next_sending, seed.responder_header, 0, ()),
        sending=SendingChain(seed.initiator_header, chain.expose(), 0),
        receiving=None,
        epoch_sending=epoch_sending,
        epoch_receiving=epoch_receiving,
        machine=offer(epochs, binding, entropy),
        emitted=0,
    )


def respond(seed: Seed, ours: PrivateKey) -> Awaiting:
    """Return the responder's first state; `ours` is the private half of its signed prekey.

    Spec: RT-2, KR-1.
    """
    binding = Binding.of(seed.transcript, Role.RESPONDER)
    epochs, epoch_sending, epoch_receiving = _epoch_zero(seed, binding)
    pair = RatchetPair(ours, ours.public())
    return Awaiting(
        binding=binding,
        turn=Turn(seed.root, pair, seed.responder_header, seed.initiator_header, 0, ()),
        epoch_sending=epoch_sending,
        epoch_receiving=epoch_receiving,
        machine=WaitEk(epochs, ()),
    )


def fresh_pair(entropy: Entropy) -> RatchetPair:
    """Return a new ratchet key pair."""
    private = PrivateKey.generate(entropy)
    return RatchetPair(private, private.public())


def _epoch_zero(seed: Seed, binding: Binding) -> tuple[Epochs, EpochChain, EpochChain]:
    root, chains = first_epoch(seed.epoch_seed)
    code = epoch_code(seed.authenticator, binding.session_id, 0)
    epochs = Epochs(0, root, seed.authenticator, arriving=None, codes=(code,), failures=0)
    ours, theirs = chains.sealed_by(binding.role), chains.sealed_by(binding.role.peer)
    return epochs, EpochChain(0, ours.expose(), 0, 0), EpochChain(0, theirs.expose(), 0, 0)
