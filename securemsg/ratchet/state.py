"""What a side holds between messages.

    respond(...) -> Awaiting --open_message--> Active <--- initiate(...)
                                               |    ^
                                               +----+ seal_message, open_message

An `Awaiting` side cannot seal: it does not know the peer's ratchet key yet.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.errors import LocalError
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey

TRANSCRIPT_WIDTH: Final = 64
"""Bytes of the handshake's transcript hash (Spec: HS-8)."""

MAX_CHAIN: Final = 2**20
"""Messages in a chain: what its header key may seal under random nonces (Spec: RT-8, PR-12)."""

MAX_PAST_CHAINS: Final = 5
"""Past receiving chains kept for late messages: each is one more key to try on a header (Spec: RT-13)."""


class Role(IntEnum):
    """Who opened the session; the value is the direction byte of what it seals (Spec: RT-6)."""

    INITIATOR = 1
    RESPONDER = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """What all messages of a session in one direction are authenticated with: `t || u8 direction`."""

    role: Role
    sealing: bytes = field(repr=False)
    opening: bytes = field(repr=False)

    @classmethod
    def of(cls, transcript: bytes, role: Role) -> Self:
        """Bind one side to a handshake by its transcript hash, 64 bytes; raises `LocalError`.

        Spec: HS-9, SE-11.
        """
        if len(transcript) != TRANSCRIPT_WIDTH:
            raise LocalError(f"a transcript hash must be {TRANSCRIPT_WIDTH} bytes")
        peer = Role.RESPONDER if role is Role.INITIATOR else Role.INITIATOR
        return cls(role, transcript + bytes([role]), transcript + bytes([peer]))

    @property
    def transcript(self) -> bytes:
        """The transcript hash, 64 bytes."""
        return self.sealing[:TRANSCRIPT_WIDTH]


@dataclass(frozen=True, slots=True)
class RatchetPair:
    """Our ratchet key with its public half, which every header carries."""

    private: PrivateKey
    public: PublicKey


@dataclass(frozen=True, slots=True)
class SendingChain:
    """HKs, CKs and Ns (Spec: RT-1)."""

    header: HeaderKey
    key: ChainKey
    number: int
    """Messages sealed so far: the place of the next one."""


@dataclass(frozen=True, slots=True)
class ReceivingChain:
    """HKr, CKr and Nr of the chain that the peer seals now (Spec: RT-1)."""

    index: int
    """Which receiving chain of the session this is, counting from 0."""

    header: HeaderKey
    key: ChainKey
    number: int
    """Messages stepped over so far: the place of the next one."""


@dataclass(frozen=True, slots=True)
class PastChain:
    """A receiving chain that only opens messages whose keys were skipped (Spec: RT-1)."""

    index: int
    header: HeaderKey


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A responder that has heard nothing (Spec: RT-2)."""

    binding: Binding
    root: RootKey
    ours: RatchetPair
    next_sending: HeaderKey
    next_receiving: HeaderKey


@dataclass(frozen=True, slots=True)
class Active:
    """A side that can seal and open (Spec: RT-1)."""

    binding: Binding
    root: RootKey
    ours: RatchetPair
    next_sending: HeaderKey
    next_receiving: HeaderKey
    previous: int
    """PN: messages in our previous sending chain."""

    sending: SendingChain
    receiving: ReceivingChain | None
    """`None` for an initiator that has heard nothing."""

    past: tuple[PastChain, ...]
    """At most `MAX_PAST_CHAINS`, newest first."""

    @property
    def healed(self) -> bool:
        """Whether the chains in both directions come from a Diffie-Hellman of two fresh ratchet keys.

        Before, what protects them is only the handshake's keys (Spec: HS-6).
        """
        if self.receiving is None:
            return False
        return self.binding.role is Role.INITIATOR or self.receiving.index > 0
