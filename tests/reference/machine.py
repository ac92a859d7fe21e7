"""05, sections 5 and 7: one side of the KEM ratchet, its chains and its machine of four states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tests.reference import epochs
from tests.reference.codewords import DIFFERENT, FILLER, FILLER_INDEX, WORDS, Point, codeword, join
from tests.reference.refusal import RefusedError
from tests.reference.rows import INITIATOR

if TYPE_CHECKING:
    from tests.reference.epochs import Exchanged

SEND_EK, WAIT_CT, WAIT_EK, SEND_CT = "SendEk", "WaitCt", "WaitEk", "SendCt"
FAILURES_THAT_MARK = 3


class Sending(NamedTuple):
    """The sending chain, and the length of the one before it."""

    epoch: int
    key: bytes
    number: int
    previous: int


class Receiving(NamedTuple):
    """The receiving chain."""

    epoch: int
    key: bytes
    number: int


class Draws(NamedTuple):
    """What a message that is opened may make a side draw, by role; each is used at most once."""

    ratchet_private: bytes
    kem_seed: bytes
    kem_message: bytes


@dataclass(frozen=True)
class Kem:
    """One side of the KEM ratchet (KR-1)."""

    sid: bytes
    role: int
    epoch: int  # the highest that is installed
    root: bytes
    authenticator: bytes
    sending: Sending
    receiving: Receiving
    state: str
    unused_sending: bytes = b""
    unused_receiving: bytes = b""
    seed: bytes = b""
    sends: bytes = b""  # the object
    sent: int = 0
    kept: tuple[Point, ...] = ()
    failures: int = 0
    codes: tuple[tuple[int, str], ...] = ()  # newest last
    shared: bytes = b""  # ss of the last encapsulation: for the vectors only, no side keeps it

    @property
    def e(self) -> int:
        """The epoch that the state is of (KR-8)."""
        return self.epoch + (self.state != SEND_CT)

    @property
    def marked(self) -> bool:
        """Whether the session is to be replaced (KR-9)."""
        return self.failures >= FAILURES_THAT_MARK


def begin(sid: bytes, role: int, secrets: tuple[bytes, bytes], seed: bytes = b"") -> Kem:
    """KR-1; `secrets` is (SK_pq, A_0), `seed` the initiator's draw."""
    roots = epochs.first_roots(secrets[0])
    ours, theirs = (roots.ab, roots.ba) if role == INITIATOR else (roots.ba, roots.ab)
    first = Kem(
        sid,
        role,
        0,
        roots.root,
        secrets[1],
        Sending(0, ours, 0, 0),
        Receiving(0, theirs, 0),
        WAIT_EK,
        codes=((0, epochs.digits(epochs.code(secrets[1], sid, 0))),),
    )
    return _generate(first, seed) if role == INITIATOR else first


def carried(kem: Kem, slots: int) -> tuple[Kem, list[bytes]]:
    """KR-6: the codewords of a message that is sealed now."""
    if kem.state == WAIT_EK:
        return kem, [FILLER] * slots
    words = [codeword(kem.sends, (kem.sent + slot) % DIFFERENT) for slot in range(slots)]
    return replace(kem, sent=kem.sent + slots), words


def step(kem: Kem, h: int, words: list[bytes], draws: Draws) -> Kem:
    """KR-8: what an authentic message with header epoch h does."""
    if kem.state == SEND_CT:
        if h != kem.epoch:
            return kem
        following = replace(_use(kem, kem.unused_sending), unused_sending=b"")
        return _generate(following, draws.kem_seed)
    if h + 1 != kem.e:
        return kem
    if kem.state == WAIT_EK and any(word[0] == FILLER_INDEX for word in words):
        return _failed(kem)
    return _collect(kem, [(word[0], word[1:]) for word in words if word[0] != FILLER_INDEX], draws)


def _collect(kem: Kem, points: list[Point], draws: Draws) -> Kem:
    if kem.state == SEND_EK and points:
        kem = replace(kem, state=WAIT_CT)
    for index, symbol in points:
        if index not in {known for known, _ in kem.kept}:
            kem = replace(kem, kept=(*kem.kept, (index, symbol)))
        if len(kem.kept) == WORDS:
            return _whole(kem, draws)
    return kem


def _generate(kem: Kem, seed: bytes) -> Kem:
    """Begin SendEk of the next epoch."""
    whole = epochs.make_ek(kem.authenticator, kem.sid, kem.epoch + 1, seed)
    return replace(kem, state=SEND_EK, seed=seed, sends=whole, sent=0)


def _use(kem: Kem, key: bytes) -> Kem:
    """Begin to send in the epoch that is installed."""
    return replace(kem, sending=Sending(kem.epoch, key, 0, kem.sending.number))


def _whole(kem: Kem, draws: Draws) -> Kem:
    whole, names = join(kem.kept), (kem.sid, kem.e)
    kem = replace(kem, kept=())
    try:
        if kem.state == WAIT_EK:
            made, sends, shared = epochs.answer(kem.root, kem.authenticator, names, whole, draws.kem_message)
            kem, ours = _install(kem, made)
            return replace(kem, state=SEND_CT, unused_sending=ours, sends=sends, shared=shared)
        made = epochs.finish(kem.root, kem.authenticator, names, kem.seed, whole)
    except RefusedError:
        return _failed(kem)
    kem, ours = _install(kem, made)
    return replace(_use(kem, ours), state=WAIT_EK, seed=b"", sends=b"", sent=0)


def _failed(kem: Kem) -> Kem:
    """KR-9."""
    return replace(kem, kept=(), failures=min(kem.failures + 1, FAILURES_THAT_MARK))


def _install(kem: Kem, made: Exchanged) -> tuple[Kem, bytes]:
    """KR-3; gives the chain key of our direction, and keeps that of theirs."""
    epoch = kem.epoch + 1
    ours, theirs = (made.ab, made.ba) if kem.role == INITIATOR else (made.ba, made.ab)
    shown = epochs.digits(epochs.code(made.authenticator, kem.sid, epoch))
    following = replace(
        kem,
        epoch=epoch,
        root=made.root,
        authenticator=made.authenticator,
        unused_receiving=theirs,
        codes=(*kem.codes[-1:], (epoch, shown)),
    )
    return following, ours
