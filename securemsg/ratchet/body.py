"""The body of a message: padded, under a key of its own, committed to."""

from securemsg.crypto.aead import ZERO_NONCE, Gcm
from securemsg.crypto.kdf import same
from securemsg.errors import AuthenticationError, FrameError
from securemsg.ratchet.chains import sealing_key
from securemsg.ratchet.keys import MessageKey
from securemsg.wire.envelope import Message
from securemsg.wire.padding import pad, unpad


def seal_body(key: MessageKey, sealed_header: bytes, salt: bytes, content: bytes, binding: bytes) -> Message:
    """Return the message with `content` (1 to 16,381 bytes); raises `LocalError` (Spec: RT-7)."""
    once, commitment = sealing_key(key, salt)
    # AES-256-GCM(key, 0, pad(content), ad = t || u8 direction || sealed_header || salt || commitment)
    associated = b"".join((binding, sealed_header, salt, commitment))
    return Message(sealed_header, salt, commitment, Gcm(once).seal(ZERO_NONCE, pad(content), associated))


def open_body(key: MessageKey, message: Message, binding: bytes) -> bytes:
    """Return the content; raises `AuthenticationError` whatever is wrong (Spec: RT-12)."""
    once, commitment = sealing_key(key, message.salt)
    if not same(commitment, message.commitment):
        raise AuthenticationError("refused")
    associated = b"".join((binding, message.sealed_header, message.salt, commitment))
    block = Gcm(once).open(ZERO_NONCE, message.body, associated)
    try:
        return unpad(block)
    except FrameError:
        raise AuthenticationError("refused") from None
