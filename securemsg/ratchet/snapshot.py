"""The record of an active state: versioned bytes for an encrypted store.

It is written after every message, so what every message changes has a fixed layout, and
what only a step of a ratchet changes is encoded once a step. There is no record of an
`Awaiting` state: it becomes active in the transaction that makes it.
"""

import struct
from typing import Final

from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.errors import AuthenticationError, FrameError
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
    Turn,
)
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields

VERSION: Final = 2
"""Of the record. Version 1, which had no KEM ratchet, was never released (Spec: ST-8)."""

MAX_RECORD: Final = 16_384
"""Bytes: this version needs about 2,800, but must recognise the longer record of a newer one."""

_KEY: Final = 32
_MAX_TURN: Final = 1_024

# u8 version || transcript[64] || u8 role
# || HKs[32] || CKs[96] || u32 Ns || u32 receiving chains || HKr[32] || CKr[96] || u32 Nr
# || u32 epoch || C[96] || u32 n || u32 previous          of the KEM sending chain
# || u32 epoch || C[96] || u32 n                          of the KEM receiving chain
# || u32 emitted || u16 width of the turn                 then the turn, then the machine
_HOT: Final = struct.Struct(">B64sB 32s96sI I32s96sI I96sII I96sI IH")


def encode_state(state: Active) -> bytes:
    """Return the record of `state`; it holds the secrets of the session in clear (Spec: ST-8)."""
    sending, receiving, binding = state.sending, state.receiving, state.binding
    ours, theirs = state.epoch_sending, state.epoch_receiving
    turn, machine = state.turn.memo.record, state.machine.memo.record
    if turn is None:
        turn = state.turn.memo.record = _encode_turn(state.turn)
    if machine is None:
        machine = state.machine.memo.record = encode_machine(state.machine)
    peers: tuple[int, bytes, bytes, int] = (0, b"", b"", 0)
    if receiving is not None:
        # One more than the index: 0 says that there is no chain.
        peers = (receiving.index + 1, receiving.header.expose(), receiving.key, receiving.number)
    hot = _HOT.pack(
        VERSION, binding.transcript, binding.role,
        sending.header.expose(), sending.key, sending.number, *peers,
        ours.epoch, ours.key, ours.number, ours.previous,
        theirs.epoch, theirs.key, theirs.number,
        state.emitted, len(turn),
    )  # fmt: skip
    return hot + turn + machine


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
        hot = _HOT.unpack_from(record)
    except struct.error:
        raise FrameError("a record ends too early") from None
    _, transcript, role, *chains, emitted, width = hot
    if role not in (Role.INITIATOR, Role.RESPONDER):
        raise FrameError("no role")
    end = _HOT.size + width
    receiving = _receiving(chains[3:7])
    return Active(
        Binding.of(transcript, Role(role)),
        _decode_turn(record[_HOT.size : end], receiving.index if receiving else 0),
        SendingChain(HeaderKey(chains[0]), _chain(chains[1], chains[2]), _number(chains[2])),
        receiving,
        EpochChain(chains[7], _chain(chains[8], chains[9]), _number(chains[9]), _number(chains[10])),
        EpochChain(chains[11], _chain(chains[12], chains[13]), _number(chains[13]), 0),
        decode_machine(record[end:]),
        emitted,
    )


def _chain(padded: bytes, number: int) -> bytes:
    """Return a chain key before message `number`, of the width that this place has (Spec: RT-4)."""
    width = (_KEY, 3 * _KEY, 2 * _KEY)[number % 3]
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
