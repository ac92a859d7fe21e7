"""Records that a store keeps: a damaged disk, or whoever wrote to it, is outside too (specs/10)."""

from collections.abc import Callable
from typing import Any, Final, Protocol, Self

from securemsg.crypto.argon2 import Cost
from securemsg.errors import FrameError
from securemsg.handshake.material import OpeningMaterial
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.instant import Instant
from securemsg.ratchet.snapshot import decode_state, encode_state
from securemsg.session.book import Held, wear_out
from securemsg.session.records import decode_session, encode_session
from securemsg.session.states import Unanswered
from securemsg.store import slots
from securemsg.store.errors import WrongPassphrase
from tests.fuzz.target import Target, taken
from tests.session.people import friends, pair
from tests.support.entropy import SeededEntropy
from tests.vectors.people import person


class _Record(Protocol):
    """What a store keeps as one value."""

    def encode(self) -> bytes:
        """Return its bytes."""
        ...

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` gave."""
        ...


_ROLES: Final[tuple[type[_Record], ...]] = (
    LeafPrivate,
    SignedPrekeyPrivate,
    LastResortPrivate,
    SealingPrivate,
    OpeningMaterial,
    Account,
    Device,
)


def _returned(decode: Callable[[bytes], Any], encode: Callable[[Any], bytes]) -> Callable[[bytes], None]:
    """Return the check that whatever is taken is written back as it was."""

    def check(data: bytes) -> None:
        found = taken(decode, data)
        assert found is None or encode(found) == data

    return check


def _records(data: bytes) -> None:
    """Take the first byte as the kind of record."""
    role, record = _ROLES[data[0] % len(_ROLES) if data else 0], data[1:]
    found = taken(role.decode, record)
    assert found is None or found.encode() == record


def _slots(data: bytes) -> None:
    try:
        found = tuple(slots._decode_slots(data))
    except FrameError:
        found = ()
    if found:
        assert slots.encode_slots(found) == data
        return
    # Whatever is wrong is one error, before anything is derived.
    try:
        slots.open_slots(data, "x")
    except WrongPassphrase:
        return
    raise AssertionError("a file without a slot was opened")


def _sessions() -> list[Held]:
    alice, bob = pair()
    alice.begin(bob)
    first, second = friends()
    return [
        alice.book(bob).entries[0],
        first.book(second).entries[0],
        second.book(first).entries[0],
        wear_out(first.book(second)).entries[0],
    ]


def _states() -> list[bytes]:
    return [encode_state(held.session.ratchet) for held in _sessions()]


def _kept() -> list[bytes]:
    entropy, now = SeededEntropy(), Instant(5)
    alice, _ = person("alice")
    materials = [held.session.material for held in _sessions() if isinstance(held.session, Unanswered)]
    records: list[_Record] = [
        LeafPrivate.generate(2**40, now, entropy),
        SignedPrekeyPrivate.generate(7, now, entropy),
        LastResortPrivate.generate(8, now, entropy),
        SealingPrivate.generate(now, entropy),
        *materials,
        Account.generate(entropy),
        alice,
    ]
    return [bytes((_ROLES.index(type(record)),)) + record.encode() for record in records]


def _slot_files() -> list[bytes]:
    cheap = Cost(memory_kib=32 * 1024, passes=3)
    slot = slots.Slot(cheap, bytes(16), bytes(72))
    return [slots.encode_slots((slot,) * count) for count in (1, slots.MAX_SLOTS)] + [b"\x92\x01\x90"]


TARGETS: Final = (
    Target("ratchet_state", _returned(decode_state, encode_state), _states, longest=16_384),
    Target(
        "session_record",
        _returned(decode_session, encode_session),
        lambda: [encode_session(held) for held in _sessions()],
        longest=20_000,
        tries=1_000,
    ),
    Target("records", _records, _kept, longest=16_384, tries=500),
    Target("slots", _slots, _slot_files, longest=2_048),
)
