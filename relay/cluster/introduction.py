"""How two nodes prove to each other that they are of one relay (Spec: RL-51)."""

from typing import Final

from relay.stream import ConnectionLostError, TlsStream
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import kdf, prf_bytes, same

NODE_ALPN: Final = "securemsg-node/1"

_WIDTH: Final = 32
_ACCEPTS: Final = b"node-accepts"
_DIALS: Final = b"node-dials"


class NotANodeError(ConnectionLostError):
    """The other side has not our identity key, or somebody stands in between."""


class Introduction:
    """Both sides' proofs; bound to the certificate that the accepting side shows (SHA-256 of its key)."""

    def __init__(self, identity: SigningKey, entropy: Entropy) -> None:
        # key = KDF("", identity seed, "relay-nodes", 32)
        self._key = kdf(b"", identity.expose(), b"relay-nodes", _WIDTH)
        self._entropy = entropy

    async def accept(self, stream: TlsStream, shown: bytes) -> None:
        """Introduce the side that was dialled; raises `NotANodeError`, `ConnectionLostError`."""
        nonce = await _exactly(stream, _WIDTH)
        own = self._entropy(_WIDTH)
        # nonce_a || tag_accepts
        await stream.send(own + self._tag(_ACCEPTS, nonce + own + shown))
        if not same(await _exactly(stream, _WIDTH), self._tag(_DIALS, nonce + own + shown)):
            raise NotANodeError

    async def dial(self, stream: TlsStream, shown: bytes) -> None:
        """Introduce the side that dialled; raises `NotANodeError`, `ConnectionLostError`."""
        own = self._entropy(_WIDTH)
        await stream.send(own)
        said = await _exactly(stream, 2 * _WIDTH)
        nonce, tag = said[:_WIDTH], said[_WIDTH:]
        if not same(tag, self._tag(_ACCEPTS, own + nonce + shown)):
            raise NotANodeError
        await stream.send(self._tag(_DIALS, own + nonce + shown))

    def _tag(self, role: bytes, transcript: bytes) -> bytes:
        # tag_x = PRF(key, x, nonce_d || nonce_a || spki, 32)
        return prf_bytes(self._key, role, transcript, _WIDTH)


async def _exactly(stream: TlsStream, width: int) -> bytes:
    """So many bytes; more are none of an introduction's, which waits for each answer."""
    data = b""
    while len(data) < width:
        more = await stream.receive()
        if not more:
            raise NotANodeError
        data += more
    if len(data) > width:
        raise NotANodeError
    return data
