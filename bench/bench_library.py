"""Messages sealed and opened: in one chain and in ping-pong, next to the bare AEAD.

`python -m bench.bench_library`. Everything that a message passes is on: padding, header
encryption, salt and commitment, envelope encoding and decoding. The limit is AES-256-GCM
sealing and opening of one padded block of the same size under one ready key.
"""

from typing import Final

from bench.figures import Figure, compare, show
from securemsg.crypto.aead import ZERO_NONCE, Gcm
from securemsg.crypto.entropy import SystemEntropy
from securemsg.crypto.x25519 import PrivateKey
from securemsg.instant import Instant
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.opening import open_message
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.skipped import Place, SkippedKey
from securemsg.ratchet.start import Seed, initiate, respond
from securemsg.ratchet.state import Active
from securemsg.wire.envelope import Message, decode, encode
from securemsg.wire.padding import pad

MESSAGES: Final = 400
CONTENT: Final = b"m" * 1_000
NOW: Final = Instant(0)
entropy = SystemEntropy()


class NothingSkipped:
    """No message is late here."""

    def find(self, _place: Place, /) -> SkippedKey | None:
        """Return None."""
        return None


def hand_over(sender: Active, receiver: Active) -> tuple[Active, Active]:
    """Seal one message and open it on the other side."""
    sender, message = seal_message(sender, CONTENT, entropy)
    arrived = decode(encode(message))
    if not isinstance(arrived, Message):
        raise TypeError
    return sender, open_message(receiver, arrived, NothingSkipped(), NOW, entropy).state


def pair() -> tuple[Active, Active]:
    """Return both sides of a fresh session after the first message."""
    prekey = PrivateKey.generate(entropy)
    seed = Seed(entropy(64), RootKey(entropy(32)), HeaderKey(entropy(32)), HeaderKey(entropy(32)))
    ann, message = seal_message(initiate(seed, prekey.public(), entropy), CONTENT, entropy)
    return ann, open_message(respond(seed, prekey), message, NothingSkipped(), NOW, entropy).state


def one_chain() -> None:
    """Send everything one way."""
    ann, ben = pair()
    for _ in range(MESSAGES):
        ann, ben = hand_over(ann, ben)


def ping_pong() -> None:
    """Change the direction with every message, so that each takes a DH step."""
    ann, ben = pair()
    for _ in range(MESSAGES // 2):
        ben, ann = hand_over(ben, ann)
        ann, ben = hand_over(ann, ben)


def bare_aead() -> None:
    """Seal and open as many padded blocks with one ready AES-256-GCM key."""
    cipher, block, associated = Gcm(entropy(32)), pad(CONTENT), entropy(193)
    for _ in range(MESSAGES):
        cipher.open(ZERO_NONCE, cipher.seal(ZERO_NONCE, block, associated), associated)


def main() -> None:
    """Print the figures."""
    show(Figure("library_one_chain_1KiB", compare(one_chain, bare_aead), "aes-256-gcm-alone"))
    show(Figure("library_ping_pong_1KiB", compare(ping_pong, bare_aead), "aes-256-gcm-alone"))


if __name__ == "__main__":
    main()
