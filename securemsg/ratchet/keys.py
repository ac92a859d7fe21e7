"""The secrets of both ratchets, one type for each role."""

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
    """CK, and C of the KEM ratchet: steps once a message (Spec: RT-4, KR-4)."""

    WIDTH = 32
    __slots__ = ()


@final
class MessageKey(Secret):
    """What one ratchet gives for one message, kept while the message is late (Spec: RT-4, KR-4)."""

    WIDTH = 32
    __slots__ = ()


@final
class EpochSeed(Secret):
    """SK_pq: from which the KEM ratchet starts (Spec: HS-8, KR-1)."""

    WIDTH = 32
    __slots__ = ()


@final
class EpochRoot(Secret):
    """P: mixes each new epoch's secret in (Spec: KR-2)."""

    WIDTH = 32
    __slots__ = ()


@final
class Authenticator(Secret):
    """A: tags the next key of the KEM ratchet, and is what an epoch code shows (Spec: KR-2, KR-10)."""

    WIDTH = 32
    __slots__ = ()


@final
class HeaderKey(Secret):
    """Seals the headers of one chain, each under a fresh nonce (Spec: RT-6)."""

    WIDTH = 32
    __slots__ = ("cipher",)

    cipher: Gcm
    """The cipher under this key, made at its first use: states of one chain share the key object."""

    def __getattr__(self, name: str) -> Gcm:
        # Called only while the slot is empty, so that what every message does costs no call.
        if name != "cipher":
            raise AttributeError(name)
        self.cipher = Gcm(self._value)
        return self.cipher
