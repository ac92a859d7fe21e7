"""The ratchet's secrets, one type for each role."""

from typing import final

from securemsg.crypto.aead import Gcm
from securemsg.crypto.secret import Secret


@final
class RootKey(Secret):
    """RK: mixes each new Diffie-Hellman result in (Spec: RT-1)."""

    WIDTH = 32
    __slots__ = ()


@final
class ChainKey(Secret):
    """CK: steps once a message (Spec: RT-1)."""

    WIDTH = 32
    __slots__ = ()


@final
class MessageKey(Secret):
    """Of one message; with its salt it gives the key that seals (Spec: RT-4)."""

    WIDTH = 32
    __slots__ = ()


@final
class HeaderKey(Secret):
    """Seals the headers of one chain, each under a fresh nonce (Spec: RT-6)."""

    WIDTH = 32
    __slots__ = ("_cipher",)

    _cipher: Gcm | None

    def __init__(self, value: bytes) -> None:
        """Hold `value`; raises `LocalError` for another width."""
        super().__init__(value)
        self._cipher = None

    def cipher(self) -> Gcm:
        """Return the cipher under this key, made once: states of one chain share the key object."""
        if self._cipher is None:
            self._cipher = Gcm(self._value)
        return self._cipher
