"""The steps of the KEM ratchet's machine (see `kem_states`)."""

from dataclasses import dataclass, replace
from typing import Final

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import same
from securemsg.crypto.kem import CIPHERTEXT_WIDTH, PUBLIC_WIDTH, DecapsulationKey, EncapsulationKey
from securemsg.errors import AuthenticationError
from securemsg.ratchet.codewords import FILLER, FILLER_INDEX, WORDS, Coded, Symbols, join
from securemsg.ratchet.epochs import Exchange, Mixed, epoch_code, key_tag, next_epoch
from securemsg.ratchet.kem_states import MAX_FAILURES, Epochs, Machine, SendCt, SendEk, WaitCt, WaitEk
from securemsg.ratchet.keys import ChainKey
from securemsg.ratchet.state import Binding
from securemsg.wire.padding import CODEWORD_WIDTH, MAX_SLOTS

FILLERS: Final = tuple(FILLER * slots for slots in range(MAX_SLOTS + 1))
"""What an idle side sends, by the number of slots (Spec: KR-6)."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a message makes of the machine."""

    machine: Machine
    departing: ChainKey | None = None
    """The chain that seals from now on, where a new epoch does (Spec: KR-8)."""


def codewords(machine: Machine, emitted: int, slots: int) -> bytes:
    """Return the next `slots` codewords of a side that has sent `emitted` of its object (Spec: KR-6)."""
    return FILLERS[slots] if machine.coded is None else machine.coded.codewords(emitted, slots)


def offer(epochs: Epochs, binding: Binding, entropy: Entropy) -> SendEk:
    """Return the generator's first state of the epoch after the installed one (Spec: KR-2)."""
    private = DecapsulationKey.generate(entropy)
    key = private.public().encoded
    tag = key_tag(epochs.authenticator, binding.session_id, epochs.installed + 1, key)
    return SendEk(epochs, private, Coded(key + tag))


def receive(machine: Machine, epoch: int, carried: bytes, binding: Binding, entropy: Entropy) -> Step | None:
    """Return what an authentic message of header epoch `epoch` with these codewords changes, if anything.

    Spec: KR-7, KR-8, KR-9.
    """
    if epoch != machine.epochs.installed:
        return None
    if isinstance(machine, SendCt):
        return Step(offer(machine.epochs, binding, entropy), machine.departing)
    if isinstance(machine, WaitEk) and FILLER_INDEX in carried[::CODEWORD_WIDTH]:
        # A generator has a key to offer in every state in which its messages name this epoch.
        return _failed(machine)
    if isinstance(machine, SendEk):
        return _take(WaitCt(machine.epochs, machine.private, machine.coded, ()), carried, binding)
    return _take(machine, carried, binding)


def _take(waiting: WaitCt | WaitEk, carried: bytes, binding: Binding) -> Step | None:
    """Collect what a message carries, and go on where it is enough; `None` where it brings nothing."""
    collected = _collect(waiting.symbols, carried)
    if collected is waiting.symbols:
        return None
    if len(collected) < WORDS:
        return Step(replace(waiting, symbols=collected))
    whole = join(collected)
    try:
        if isinstance(waiting, WaitCt):
            return _finish(waiting, whole, binding)
        return _answer(waiting, whole, binding)
    except AuthenticationError:
        return _failed(waiting)


def _failed(waiting: WaitCt | WaitEk) -> Step:
    """Drop what was collected and count it, no further than it matters: a record holds a small number."""
    failures = min(waiting.epochs.failures + 1, MAX_FAILURES)
    return Step(replace(waiting, epochs=replace(waiting.epochs, failures=failures), symbols=()))


def use(machine: Machine) -> Machine:
    """Return the state of a side whose peer has begun to use the installed epoch (Spec: KR-5)."""
    return replace(machine, epochs=replace(machine.epochs, arriving=None))


def has_true_fillers(carried: bytes) -> bool:
    """Whether every codeword that names itself a filler is one (Spec: WI-7)."""
    return FILLER_INDEX not in carried[::CODEWORD_WIDTH] or all(
        carried[at] != FILLER_INDEX or carried[at : at + CODEWORD_WIDTH] == FILLER
        for at in range(0, len(carried), CODEWORD_WIDTH)
    )


def _collect(symbols: Symbols, carried: bytes) -> Symbols:
    """Add the symbols that are new, up to as many as are needed."""
    for at in range(0, len(carried), CODEWORD_WIDTH):
        index = carried[at]
        if index == FILLER_INDEX or len(symbols) == WORDS or any(index == held for held, _ in symbols):
            continue
        symbols = (*symbols, (index, carried[at + 1 : at + CODEWORD_WIDTH]))
    return symbols


def _answer(machine: WaitEk, whole: bytes, binding: Binding) -> Step:
    """Encapsulate to the generator's key; raises `AuthenticationError` for a bad one."""
    epochs, epoch = machine.epochs, machine.epochs.installed + 1
    encoded, tag = whole[:PUBLIC_WIDTH], whole[PUBLIC_WIDTH:]
    if not same(tag, key_tag(epochs.authenticator, binding.session_id, epoch, encoded)):
        raise AuthenticationError("refused")
    shared, ciphertext = EncapsulationKey.parse(encoded).encapsulate()
    mixed = Exchange(binding.session_id, epoch, encoded, ciphertext).mix(epochs.authenticator, shared)
    following, departing = _install(epochs, mixed, binding)
    return Step(SendCt(following, departing, Coded(ciphertext + mixed.tag)))


def _finish(machine: WaitCt, whole: bytes, binding: Binding) -> Step:
    """Decapsulate the encapsulator's answer; raises `AuthenticationError` for a bad one."""
    epochs = machine.epochs
    ciphertext, tag = whole[:CIPHERTEXT_WIDTH], whole[CIPHERTEXT_WIDTH:]
    key = machine.private.public().encoded
    exchange = Exchange(binding.session_id, epochs.installed + 1, key, ciphertext)
    mixed = exchange.mix(epochs.authenticator, machine.private.decapsulate(ciphertext))
    if not mixed.confirms(tag):
        raise AuthenticationError("refused")
    following, departing = _install(epochs, mixed, binding)
    return Step(WaitEk(following, ()), departing)


def _install(epochs: Epochs, mixed: Mixed, binding: Binding) -> tuple[Epochs, ChainKey]:
    """Install the next epoch; return it with the chain in our direction (Spec: KR-3)."""
    epoch = epochs.installed + 1
    root, chains = next_epoch(epochs.root, mixed.secret, epoch)
    following = Epochs(
        installed=epoch,
        root=root,
        authenticator=mixed.authenticator,
        arriving=chains.sealed_by(binding.role.peer),
        codes=(epoch_code(mixed.authenticator, binding.session_id, epoch), epochs.codes[0]),
        failures=epochs.failures,
    )
    return following, chains.sealed_by(binding.role)
