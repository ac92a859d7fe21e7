"""The KEM ratchet's machine: how two sides agree on the next epoch inside their messages.

                 first codeword of CT_e              CT_e whole, tag good: install e
    SendEk(e) -----------------------> WaitCt(e) -----------------------------------+
       ^                                                                            |
       | h = e: the peer uses it                                                    v
    SendCt(e) <--------------------------------------------------------------- WaitEk(e + 1)
                 EK whole, tag good: install it

Each side goes round this circle; where one is on the left, the other is on the right.
`kem_steps` takes the steps (Spec: KR-8).
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeAlias

from securemsg.crypto.kem import DecapsulationKey
from securemsg.crypto.secret import guarded
from securemsg.ratchet.codewords import Coded, Symbols
from securemsg.ratchet.keys import Authenticator, ChainKey, EpochRoot

MAX_EPOCH: Final = 2**32 - 1
"""The header has four bytes for it; an epoch takes three messages at least."""

MAX_FAILURES: Final = 3
"""Bad tags and withheld keys until a session is replaced: no honest peer causes one (Spec: KR-9)."""


@guarded
class Memo:
    """The record of a value that many states share, once it has been made (see `snapshot`)."""

    __slots__ = ("record",)

    def __init__(self) -> None:
        self.record: bytes | None = None


@dataclass(frozen=True, slots=True)
class Epochs:
    """What every state holds (Spec: KR-1)."""

    installed: int
    """The highest epoch installed."""

    root: EpochRoot
    authenticator: Authenticator
    arriving: ChainKey | None
    """The peer's chain of the installed epoch, until the peer uses it."""

    codes: tuple[bytes, ...] = field(repr=False)
    """Epoch codes of the installed epoch and of the one before it (Spec: KR-10)."""

    failures: int
    """Bad tags and withheld keys so far, up to `MAX_FAILURES` (Spec: KR-9)."""


@dataclass(frozen=True, slots=True)
class SendEk:
    """The generator offers a key for the epoch after the installed one."""

    epochs: Epochs
    private: DecapsulationKey
    coded: Coded
    """EK_e."""
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class WaitCt:
    """The generator collects the ciphertext, and still offers its key: it may have heard a forgery."""

    epochs: Epochs
    private: DecapsulationKey
    coded: Coded
    """EK_e."""

    symbols: Symbols
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class WaitEk:
    """The encapsulator collects the key for the epoch after the installed one."""

    epochs: Epochs
    symbols: Symbols
    coded: ClassVar[None] = None
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SendCt:
    """The encapsulator has installed an epoch, and sends its ciphertext until the peer uses the epoch."""

    epochs: Epochs
    departing: ChainKey
    """Our chain of the installed epoch."""

    coded: Coded
    """CT_e."""
    memo: Memo = field(default_factory=Memo, init=False, repr=False, compare=False)


Machine: TypeAlias = SendEk | WaitCt | WaitEk | SendCt
