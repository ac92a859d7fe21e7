"""One who copied a whole state and listens: the worst that a broken X25519 leaves to hope for."""

from securemsg.crypto.aead import open_once
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.x25519 import WIDTH
from securemsg.errors import RemoteError
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.header import Header, open_header
from securemsg.ratchet.kem_states import SendEk, WaitCt
from securemsg.wire.envelope import Message
from securemsg.wire.padding import unpad
from tests.ratchet.changed import changed
from tests.ratchet.parties import Party
from tests.support.entropy import SeededEntropy


class Watched:
    """An `Entropy` that remembers the X25519 keys drawn from it."""

    def __init__(self, source: Entropy) -> None:
        """Draw from `source`."""
        self._source = source
        self.privates: list[bytes] = []

    def __call__(self, count: int, /) -> bytes:
        """Return the next `count` bytes."""
        drawn = self._source(count)
        if count == WIDTH:
            self.privates.append(drawn)
        return drawn


class Broken:
    """An `Entropy` that gives the X25519 keys of another one, and nothing else of it."""

    def __init__(self, watched: Watched) -> None:
        """Begin with the keys drawn from now on."""
        self._watched = watched
        self._own = SeededEntropy(2**50)

    def __call__(self, count: int, /) -> bytes:
        """Return the newest key, or bytes of our own."""
        return self._watched.privates[-1] if count == WIDTH else self._own(count)


class Thief:
    """Holds what a side held, hears everything after it, and computes every Diffie-Hellman of that side."""

    def __init__(self, victim: Party, entropy: Watched) -> None:
        """Copy `victim`, which draws from `entropy`."""
        self._party = victim.copy(Broken(entropy))
        self.lost = False
        """Whether something was not opened: from there on it has no state of the EC ratchet."""
        epochs = victim.active.machine.epochs
        own = isinstance(victim.active.machine, (SendEk, WaitCt))
        self.last_epoch = epochs.installed + own
        """The newest epoch whose keys follow from what was copied: the pending one, if it is ours."""

    def hears(self, message: Message) -> bool:
        """Follow a message to the victim, which has just opened it; return whether it could be read."""
        try:
            self._party.open(message)
        except RemoteError:
            self.lost = True
            return False
        return True

    def overhears(self, message: Message) -> bool:
        """Follow a message that the victim has sealed, in order; return whether it could be read."""
        state = self._party.active
        sending, epoch, binding = state.sending, state.epoch_sending, state.binding.sealing
        fields = open_header(sending.header, message.sealed_header, binding)
        if fields is None:
            return False
        header = Header.of(fields)
        if (header.number, header.epoch, header.epoch_number) != (sending.number, epoch.epoch, epoch.number):
            return False
        ec_chain, ec_key = chain_step(sending.key)
        epoch_chain, kem_key = epoch_step(epoch.key)
        if read(message, ec_key, kem_key, binding) is None:
            return False
        self._party.state = changed(
            state,
            sending=sending._replace(key=ec_chain, number=sending.number + 1),
            epoch_sending=epoch._replace(key=epoch_chain, number=epoch.number + 1),
        )
        return True


def read(message: Message, ec_key: bytes, kem_key: bytes, binding: bytes) -> bytes | None:
    """Return what a message says, by its two keys alone."""
    key, _ = sealing_key(ec_key, kem_key, message.salt)
    associated = binding + message.sealed_header + message.salt + message.commitment
    try:
        return unpad(open_once(key, message.body, associated))[0]
    except RemoteError:
        return None
