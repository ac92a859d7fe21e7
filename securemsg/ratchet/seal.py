"""Sealing: one step of the sending chain for each message."""

from securemsg.crypto.aead import NONCE_WIDTH
from securemsg.crypto.entropy import Entropy
from securemsg.ratchet.body import seal_body
from securemsg.ratchet.chains import chain_step
from securemsg.ratchet.errors import SessionExhausted
from securemsg.ratchet.header import Header, seal_header
from securemsg.ratchet.state import MAX_CHAIN, Active, SendingChain
from securemsg.wire.envelope import SALT_WIDTH, Message


def seal_message(state: Active, content: bytes, entropy: Entropy) -> tuple[Active, Message]:
    """Seal `content`, 1 to 16,381 bytes; store the new state before the message leaves.

    Raises `SessionExhausted` at the end of the chain, and `LocalError` for another length.

    Spec: RT-6, RT-7, RT-8.
    """
    sending = state.sending
    number = sending.number
    if number >= MAX_CHAIN:
        raise SessionExhausted("this session cannot seal any more")
    binding = state.binding.sealing
    # One read for both: it costs as much as a chain step.
    fresh = entropy(NONCE_WIDTH + SALT_WIDTH)
    header = Header(state.ours.public, state.previous, number)
    sealed_header = seal_header(sending.header, header, fresh[:NONCE_WIDTH], binding)
    following, key = chain_step(sending.key)
    message = seal_body(key, sealed_header, fresh[NONCE_WIDTH:], content, binding)
    # Field by field: `dataclasses.replace` would cost more than the encryption.
    after = Active(
        state.binding,
        state.root,
        state.ours,
        state.next_sending,
        state.next_receiving,
        state.previous,
        SendingChain(sending.header, following, number + 1),
        state.receiving,
        state.past,
    )
    return after, message
