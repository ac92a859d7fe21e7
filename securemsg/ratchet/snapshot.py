"""The record of an active state: versioned bytes for an encrypted store.

It is written after every message, so what every message changes has a fixed layout, and
what only a step of a ratchet changes is encoded once a step. There is no record of an
`Awaiting` state: it becomes active in the transaction that makes it.
"""

import struct
from typing import Final

from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.errors import AuthenticationError, FrameError
from securemsg.ratchet.chains import KEYS
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.keys import HeaderKey, RootKey
from securemsg.ratchet.machine_record import decode_machine, encode_machine
from securemsg.ratchet.role import Role
from securemsg.ratchet.state import (
    MAX_CHAIN,
    MAX_PAST_CHAINS,
    Active,
    Binding,
    EpochChain,
    PastChain,
    RatchetPair,
    ReceivingChain,
    SendingChain,
    Still,
    Turn,
)
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields
from securemsg.wire.padding import MAX_SLOTS

VERSION: Final = 2
"""Of the record. Version 1, which had no KEM ratchet, was never released (Spec: ST-8)."""

MAX_RECORD: Final = 16_384
"""Bytes: this version needs about 2,800, but must recognise the longer record of a newer one."""

_KEY: Final = 32
_MAX_TURN: Final = 1_024

# u8 version || CKs[224] || u32 Ns || C[224] || u32 n || u32 emitted            of the chains that we seal in
# || CKr[224] || u32 Nr || C[224] || u32 n                               of the chains that the peer seals in
# || transcript[64] || u8 role || HKs[32] || u32 epoch || u32 previous || u32 receiving chains || HKr[32]
# || u32 epoch || u16 width of the turn                                      then the turn, then the machine
_HOT: Final = struct.Struct(">B 224sI224sII 224sI224sI")
_COLD: Final = struct.Struct(">64sB 32sII I32sI H")


def encode_state(state: Active) -> bytes:
    """Return the record of `state`; it holds the secrets of the session in clear (Spec: ST-8)."""
    still, going, coming = state
    return _HOT.pack(VERSION, *going, *coming) + (still.memo.record or _encode_still(still))


def _encode_still(still: Still) -> bytes:
    turn, machine = still.turn.memo.record, still.machine.memo.record
    if turn is None:
        turn = still.turn.memo.record = _encode_turn(still.turn)
    if machine is None:
        machine = still.machine.memo.record = encode_machine(still.machine)
    binding, theirs = still.binding, still.peer_header
    # One more than the index: 0 says that there is no chain.
    peer = (0, b"") if theirs is None else (still.index + 1, theirs.expose())
    cold = _COLD.pack(
        binding.transcript, binding.role, still.header.expose(), still.epoch, still.epoch_previous,
        *peer, still.peer_epoch, len(turn),
    )  # fmt: skip
    still.memo.record = cold + turn + machine
    return still.memo.record


def decode_state(record: bytes) -> Active:
    """Return the state of a record.

    Raises `NewerRecord` for a version that this one does not know, and `FrameError` for a damaged record.

    Spec: ST-5, ST-8.
    """
    if not record or len(record) > MAX_RECORD:
        raise FrameError("not a record")
    if record[0] != VERSION:
        raise NewerRecord("a record of another version")
    try:
        _, *chains, emitted, peer_chain, peer_number, peer_kem, peer_kem_number = _HOT.unpack_from(record)
        transcript, role, header, epoch, previous, count, peer_header, peer_epoch, width = _COLD.unpack_from(
            record, _HOT.size
        )
    except struct.error:
        raise FrameError("a record ends too early") from None
    if role not in (Role.INITIATOR, Role.RESPONDER):
        raise FrameError("no role")
    turn = _HOT.size + _COLD.size
    chain, number, kem, kem_number = chains
    receiving = _receiving([count, peer_header, peer_chain, peer_number])
    return Active(
        binding=Binding.of(transcript, Role(role)),
        turn=_decode_turn(record[turn : turn + width], receiving.index if receiving else 0),
        sending=SendingChain(HeaderKey(header), _chain(chain, number), _number(number)),
        receiving=receiving,
        epoch_sending=EpochChain(epoch, _chain(kem, kem_number), _number(kem_number), _number(previous)),
        epoch_receiving=EpochChain(
            peer_epoch, _chain(peer_kem, peer_kem_number), _number(peer_kem_number), 0
        ),
        machine=decode_machine(record[turn + width :]),
        emitted=_emitted(emitted),
    )


def _emitted(count: int) -> int:
    """Return how many codewords of an object were sent, all of them in one chain (Spec: KR-6)."""
    if count > MAX_SLOTS * MAX_CHAIN:
        raise FrameError("more codewords than a chain carries")
    return count


def _chain(padded: bytes, number: int) -> bytes:
    """Return a chain key before message `number`, of the width that this place has (Spec: RT-4)."""
    width = _KEY * (1 + -number % KEYS)
    if any(padded[width:]):
        raise FrameError("a chain key of another width")
    return padded[:width]


def _number(number: int) -> int:
    if number > MAX_CHAIN:
        raise FrameError("a place beyond every chain")
    return number


def _receiving(values: list[int | bytes]) -> ReceivingChain | None:
    match values:
        case [0, bytes(header), bytes(key), number]:
            if any(header) or any(key) or number:
                raise FrameError("a chain that is not there")
            return None
        case [int(count), bytes(header), bytes(key), int(number)]:
            return ReceivingChain(count - 1, HeaderKey(header), _chain(key, number), _number(number))
        case _:
            raise FrameError("not a chain")


def _encode_turn(turn: Turn) -> bytes:
    return encode(
        (
            turn.root.expose(),
            turn.ours.private.expose(),
            turn.ours.public,
            turn.next_sending.expose(),
            turn.next_receiving.expose(),
            turn.previous,
            [chain.header.expose() for chain in turn.past],
        )
    )


def _decode_turn(record: bytes, index: int) -> Turn:
    fields = Fields.parse(record, _MAX_TURN)
    root, private = RootKey(fields.binary(_KEY)), PrivateKey(fields.binary(_KEY))
    try:
        ours = RatchetPair(private, PublicKey.parse(fields.binary(_KEY)))
    except AuthenticationError:
        raise FrameError("no public key") from None
    sending, receiving = HeaderKey(fields.binary(_KEY)), HeaderKey(fields.binary(_KEY))
    previous = fields.uint(MAX_CHAIN)
    headers = fields.binaries(MAX_PAST_CHAINS, _KEY)
    fields.end()
    if len(headers) > index:
        raise FrameError("more past chains than there were")
    # Chains follow each other, so that their places in the record tell their indices.
    past = tuple(PastChain(index - back, HeaderKey(key)) for back, key in enumerate(headers, 1))
    return Turn(root, ours, sending, receiving, previous, past)
