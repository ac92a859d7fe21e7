"""What a side holds between messages.

    respond(...) -> Awaiting --open_message--> Active <--- initiate(...)
                                               |    ^
                                               +----+ seal_message, open_message

An `Awaiting` side cannot seal: it does not know the peer's ratchet key yet.

What every message makes anew are named tuples: a frozen dataclass takes four times as
long to make. For the same reason chains hold their keys as plain bytes, and guard them whole.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final, NamedTuple, Self, TypeAlias

from securemsg.crypto.secret import guarded
from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.errors import LocalError
from securemsg.ids import SessionId
from securemsg.ratchet.kem_states import Machine, Memo
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.role import Role

TRANSCRIPT_WIDTH: Final = 64
"""Bytes of the handshake's transcript hash (Spec: HS-8)."""

MAX_CHAIN: Final = 2**20
"""Messages in a chain: what its header key may seal under random nonces (Spec: RT-8, PR-12)."""

MAX_PAST_CHAINS: Final = 5
"""Past receiving chains kept for late messages: each is one more key to try on a header (Spec: RT-13)."""


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
        return cls(role, transcript + bytes([role]), transcript + bytes([role.peer]))

    @property
    def transcript(self) -> bytes:
        """The transcript hash, 64 bytes."""
        return self.sealing[:TRANSCRIPT_WIDTH]

    @property
    def session_id(self) -> SessionId:
        """The session's id, 32 bytes (Spec: HS-9)."""
        return SessionId(self.sealing[: SessionId.WIDTH])


class RatchetPair(NamedTuple):
    """Our ratchet key with its public half, which every header carries."""

    private: PrivateKey
    public: PublicKey


class PastChain(NamedTuple):
    """A receiving chain that only opens messages whose keys were skipped (Spec: RT-1)."""

    index: int  # type: ignore[assignment]  # as in `ReceivingChain`
    header: HeaderKey


@dataclass(slots=True)
class Turn:
    """What of the EC ratchet changes with the direction only (Spec: RT-1)."""

    root: Final[RootKey]
    ours: Final[RatchetPair]
    next_sending: Final[HeaderKey]
    next_receiving: Final[HeaderKey]
    previous: Final[int]
    """PN: messages in our previous sending chain."""

    past: Final[tuple[PastChain, ...]]
    """At most `MAX_PAST_CHAINS`, newest first."""

    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)


@guarded
class SendingChain(NamedTuple):
    """HKs, CKs and Ns (Spec: RT-1)."""

    header: HeaderKey
    key: bytes
    """32, 96 or 64 bytes: with what is left of a block (Spec: RT-4)."""

    number: int
    """Messages sealed so far: the place of the next one."""


@guarded
class ReceivingChain(NamedTuple):
    """HKr, CKr and Nr of the chain that the peer seals now (Spec: RT-1)."""

    index: int  # type: ignore[assignment]  # the method of tuples with this name is not missed
    """Which receiving chain of the session this is, counting from 0."""

    header: HeaderKey
    key: bytes
    number: int
    """Messages stepped over so far: the place of the next one."""


@guarded
class EpochChain(NamedTuple):
    """A chain of the KEM ratchet in one direction (Spec: KR-1)."""

    epoch: int
    key: bytes
    number: int
    """Messages sealed or stepped over so far: the place of the next one."""

    previous: int
    """Length of the sending chain before it; 0 for a receiving chain."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A responder that has heard nothing (Spec: RT-2)."""

    binding: Binding
    turn: Turn
    epoch_sending: EpochChain
    epoch_receiving: EpochChain
    machine: Machine
    sending: ClassVar[None] = None
    receiving: ClassVar[None] = None
    emitted: ClassVar[int] = 0


@dataclass(slots=True)
class Still:
    """What of an active side stays as it is from one step of a ratchet to the next."""

    binding: Final[Binding]
    turn: Final[Turn]
    machine: Final[Machine]
    header: Final[HeaderKey]
    """HKs: of the chain that we seal in."""

    epoch: Final[int]
    epoch_previous: Final[int]
    """Epoch of our KEM chain, and length of the one before it."""

    index: Final[int]
    peer_header: Final[HeaderKey | None]
    """Index and HKr of the chain that the peer seals in now; `None` where we have heard nothing."""

    peer_epoch: Final[int]
    """Epoch of the peer's KEM chain."""

    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)


Going: TypeAlias = tuple[bytes, int, bytes, int, int]
"""CKs, Ns and their like of the KEM chain, then codewords sealed of what the machine sends (Spec: KR-6)."""

Coming: TypeAlias = tuple[bytes, int, bytes, int]
"""CKr, Nr and their like of the KEM chain."""


@guarded
class Active(tuple[Still, Going, Coming]):
    """A side that can seal and open (Spec: RT-1, KR-1).

    What every message replaces lies apart from the rest, in as few tuples as can be.
    """

    __slots__ = ()

    def __new__(  # noqa: PLR0913  # the parts of a state
        cls,
        *,
        binding: Binding,
        turn: Turn,
        sending: SendingChain,
        receiving: ReceivingChain | None,
        epoch_sending: EpochChain,
        epoch_receiving: EpochChain,
        machine: Machine,
        emitted: int,
    ) -> Self:
        """Put a state together; `receiving` is `None` for an initiator that has heard nothing."""
        index, peer_header, peer_chain, peer_number = receiving or (0, None, b"", 0)
        epoch, epoch_chain, epoch_number, previous = epoch_sending
        peer_epoch, peer_epoch_chain, peer_epoch_number, _ = epoch_receiving
        still = Still(
            *(binding, turn, machine, sending.header, epoch, previous),
            *(index, peer_header, peer_epoch),
        )
        going = (sending.key, sending.number, epoch_chain, epoch_number, emitted)
        return tuple.__new__(
            cls, (still, going, (peer_chain, peer_number, peer_epoch_chain, peer_epoch_number))
        )

    @property
    def binding(self) -> Binding:
        """What all messages of the session are authenticated with."""
        return self[0].binding

    @property
    def turn(self) -> Turn:
        """What changes with the direction only."""
        return self[0].turn

    @property
    def machine(self) -> Machine:
        """The KEM ratchet's machine."""
        return self[0].machine

    @property
    def sending(self) -> SendingChain:
        """The chain that we seal in."""
        return SendingChain(self[0].header, *self[1][:2])

    @property
    def epoch_sending(self) -> EpochChain:
        """The KEM ratchet's chain that we seal in."""
        return EpochChain(self[0].epoch, *self[1][2:4], self[0].epoch_previous)

    @property
    def emitted(self) -> int:
        """Codewords sealed of the object that the machine sends now (Spec: KR-6)."""
        return self[1][4]

    @property
    def receiving(self) -> ReceivingChain | None:
        """The chain that the peer seals in now, `None` for an initiator that has heard nothing."""
        header = self[0].peer_header
        return None if header is None else ReceivingChain(self[0].index, header, *self[2][:2])

    @property
    def epoch_receiving(self) -> EpochChain:
        """The KEM ratchet's chain that the peer seals in now."""
        return EpochChain(self[0].peer_epoch, *self[2][2:], 0)

    @property
    def healed(self) -> bool:
        """Whether the chains in both directions come from a Diffie-Hellman of two fresh ratchet keys.

        Before, what protects them is only the handshake's keys (Spec: HS-6).
        """
        if self.receiving is None:
            return False
        return self.binding.role is Role.INITIATOR or self.receiving.index > 0

    @property
    def messages_since_turn(self) -> int:
        """Messages sealed and stepped over since the last step of the EC ratchet (Spec: KR-10)."""
        return self.sending.number + (self.receiving.number if self.receiving else 0)

    @property
    def messages_since_epoch(self) -> int:
        """Messages sealed and stepped over since the last step of the KEM ratchet (Spec: KR-10)."""
        return self.epoch_sending.number + self.epoch_receiving.number
