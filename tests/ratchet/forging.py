"""Messages that a peer could seal who holds the session and keeps no rule."""

from securemsg.crypto.aead import ZERO_NONCE, Gcm
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.header import LAYOUT, Header
from securemsg.ratchet.kem_steps import codewords
from securemsg.ratchet.keys import HeaderKey
from securemsg.ratchet.state import Active
from securemsg.wire.envelope import Message
from securemsg.wire.padding import CODEWORD_WIDTH, pad, slots_for
from tests.ratchet.parties import SIZES, Party

NONCE = bytes(12)
SALT = bytes(16)


def seal_header(key: HeaderKey, header: Header, nonce: bytes, associated: bytes) -> bytes:
    """RT-6, as it is written."""
    return nonce + key.cipher.seal(nonce, LAYOUT.pack(*header), associated)


def header_of(state: Active) -> Header:
    """Return the header of the message that `state` would seal next."""
    turn, sending, epoch = state.turn, state.sending, state.epoch_sending
    return Header(turn.ours.public, turn.previous, sending.number, epoch.epoch, epoch.previous, epoch.number)


def block_of(state: Active, content: bytes) -> bytes:
    """Return the block that `state` would seal next around `content`."""
    return pad(content, codewords(state.machine, state.emitted, slots_for(len(content))))


def sealed(state: Active, header: Header) -> bytes:
    """Return `header` sealed as of the present chain."""
    return seal_header(state.sending.header, header, NONCE, state.binding.sealing)


def forge(state: Active, header: Header, block: bytes) -> Message:
    """Return a whole message under the next keys of `state`, with any header and any block."""
    sealed_header, binding = sealed(state, header), state.binding.sealing
    once, commitment = sealing_key(
        chain_step(state.sending.key)[1], epoch_step(state.epoch_sending.key)[1], SALT
    )
    body = Gcm(once).seal(ZERO_NONCE, block, binding + sealed_header + SALT + commitment)
    return Message(sealed_header, SALT, commitment, body)


def hand_over(sender: Party, receiver: Party, carried: bytes) -> bytes:
    """Let `sender` say something with codewords of our choice; return what is opened."""
    state, content = sender.active, b"." * SIZES[len(carried) // CODEWORD_WIDTH]
    message = forge(state, header_of(state), pad(content, carried))
    sender.seal(content)
    return receiver.open(message)
